//! Tables for people. They are Markdown, so that they can be pasted.

use crate::emitting::Emitting;
use crate::machine::Machine;
use crate::peers::Name;
use crate::ready::{Cost, Ready};
use crate::standing::{Finding, hundredths};
use crate::survivors::{Ending, Survivors};
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Serialize;

/// A run of `emit`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Where.
    pub machine: Machine,
    /// Getting ready.
    pub ready: Vec<Ready>,
    /// Emitting.
    pub emitting: Vec<Emitting>,
    /// What is left after a sudden end.
    pub survivors: Vec<Survivors>,
    /// The standing numbers.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The whole report.
    pub fn to_text(&self) -> String {
        let Machine {
            os,
            arch,
            cores,
            filesystem,
        } = &self.machine;
        let note =
            crate::standing::not_measured().map_or(String::new(), |why| format!("\n\n{why}"));
        format!(
            "Measured on {os}, {arch}, {cores} cores, {filesystem}.{note}\n\n\
             Ready to emit\n\n{}\n\n\
             Emit\n\n{}\n\n\
             Events left of 100 when the host ends right after the last\n\n{}\n\n\
             Standing numbers\n\n{}\n",
            ready(&self.ready),
            emitting(&self.emitting),
            survivors(&self.survivors),
            findings(&self.findings),
        )
    }
}

fn ready(rows: &[Ready]) -> Table {
    let mut table = table(&[
        "",
        "first run, us p50",
        "later runs, us p50",
        "first run, instructions",
        "later runs, instructions",
    ]);
    let instructions = |cost: Cost| or_dash(cost.count.map(|count| grouped(count.instructions)));
    for row in rows {
        table.add_row([
            row.peer.title().to_owned(),
            microseconds(row.first.p50_ns),
            microseconds(row.later.p50_ns),
            instructions(row.first),
            instructions(row.later),
        ]);
    }
    table
}

fn emitting(rows: &[Emitting]) -> Table {
    let mut table = table(&[
        "",
        "ns p50",
        "p99",
        "p99.9",
        "p50 by bare write",
        "allocations",
        "instructions before the system call",
        "in all",
    ]);
    for row in rows {
        let time =
            |part: fn(&crate::emitting::Timed) -> String| or_dash(row.timed.as_ref().map(part));
        table.add_row([
            row.peer.title().to_owned(),
            time(|timed| grouped(timed.p50_ns)),
            time(|timed| grouped(timed.p99_ns)),
            time(|timed| grouped(timed.p999_ns)),
            time(|timed| format!("{:.2}", hundredths(timed.ratio))),
            time(|timed| format!("{:.1}", timed.allocations)),
            or_dash(row.most(|count| count.before_call).map(grouped)),
            or_dash(row.most(|count| count.instructions).map(grouped)),
        ]);
    }
    table
}

fn survivors(rows: &[Survivors]) -> Table {
    let titles = Ending::ALL.map(Ending::title);
    let mut table = table(&["", titles[0], titles[1], titles[2], titles[3]]);
    for peer in Name::ALL {
        let kept: Vec<String> = rows
            .iter()
            .filter(|row| row.peer == peer)
            .map(|row| range(row.fewest, row.most))
            .collect();
        if !kept.is_empty() {
            table.add_row([vec![peer.title().to_owned()], kept].concat());
        }
    }
    table
}

/// The standing numbers as a table.
pub fn findings(rows: &[Finding]) -> Table {
    let mut table = table(&["", "limit", "measured", "holds"]);
    for row in rows {
        let verdict = match (&row.measured, row.holds) {
            (None, _) => "not measured",
            (Some(_), true) => "yes",
            (Some(_), false) => "NO",
        };
        table.add_row([
            row.what.clone(),
            row.limit.clone(),
            or_dash(row.measured.clone()),
            verdict.to_owned(),
        ]);
    }
    table
}

/// A table whose first column names what the others are about.
fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".into())
}

fn range(least: u64, most: u64) -> String {
    if least == most {
        least.to_string()
    } else {
        format!("{least} to {most}")
    }
}

/// With one digit after the point.
fn microseconds(nanoseconds: u64) -> String {
    let tenths = (nanoseconds + 50) / 100;
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

/// With a comma between groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&groups.join(&b',')).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
        assert_eq!(microseconds(12_349), "12.3");
        assert_eq!(microseconds(12_350), "12.4");
        assert_eq!(microseconds(2_998_000), "2,998.0");
        assert_eq!(range(0, 0), "0");
        assert_eq!(range(0, 3), "0 to 3");
    }

    #[test]
    fn a_finding_is_a_row() {
        let table = findings(&[
            Finding::at_most("events", 3_u64, Some(4)),
            Finding::at_most("calls", 3_u64, None),
        ]);
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[2], "| events | at most 3 |        4 |           NO |");
        assert_eq!(lines[3], "| calls  | at most 3 |        - | not measured |");
    }
}
