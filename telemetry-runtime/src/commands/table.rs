//! Tables: with lines on a terminal, plain aligned columns elsewhere.

use super::console::Console;
use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table as Lined, TableStyle};
use std::fmt::Write as _;
use std::io::{self, Write};

/// A line below the headings and no other.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// So many columns of a terminal are room for words.
const ROOM: usize = 20;

/// Nothing is won by breaking what is no longer.
const SHORT: usize = 12;

/// Rows below a line of headings.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    headings: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(headings: [&'static str; N]) -> Self {
        Self {
            headings,
            rows: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    pub(super) fn write(&self, console: &mut Console<'_>) -> io::Result<()> {
        if console.is_terminal {
            self.write_lined(console.out, console.columns)
        } else {
            self.write_plain(console.out)
        }
    }

    fn write_lined(&self, out: &mut dyn Write, columns: Option<u16>) -> io::Result<()> {
        let mut table = Lined::new();
        table
            .load_style(STYLE)
            .set_header(self.headings)
            .add_rows(&self.rows);
        if let Some(columns) = columns {
            table
                .set_width(columns)
                .set_content_arrangement(ContentArrangement::Dynamic);
            for (at, column) in (0..).zip(table.column_iter_mut()) {
                if self.keeps_its_width(at, columns) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        writeln!(out, "{}", table.trim_fmt())
    }

    /// All columns do but the last, which gives way. Where that would leave it
    /// no room for words, only the first and those of short words do.
    fn keeps_its_width(&self, at: usize, columns: u16) -> bool {
        let widths = self.widths();
        let before = N.saturating_sub(1);
        // A space on each side of a cell.
        let taken: usize = widths.iter().take(before).map(|width| width + 2).sum();
        if usize::from(columns) >= taken + ROOM {
            at < before
        } else {
            at == 0 || widths.get(at).is_some_and(|width| *width <= SHORT)
        }
    }

    fn widths(&self) -> [usize; N] {
        let mut widths = self.headings.map(str::len);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        widths
    }

    fn write_plain(&self, out: &mut dyn Write) -> io::Result<()> {
        let widths = self.widths();
        write_row(out, self.headings, widths)?;
        for row in &self.rows {
            write_row(out, row.each_ref().map(String::as_str), widths)?;
        }
        Ok(())
    }
}

fn write_row<const N: usize>(
    out: &mut dyn Write,
    cells: [&str; N],
    widths: [usize; N],
) -> io::Result<()> {
    let mut line = String::new();
    for (cell, width) in cells.into_iter().zip(widths) {
        // Writing to a String does not fail.
        let _ = write!(line, "{cell:width$}  ");
    }
    writeln!(out, "{}", line.trim_end())
}
