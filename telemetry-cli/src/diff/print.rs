//! A diff for people, for a pull request, and for programs.

use serde_json::{Value, json};
use std::fmt::Write as _;
use telemetry_schema::Written;
use telemetry_schema::diff::{Bump, Change, Diff, EventBits, Kind};

// Writing to a String does not fail, which is why no result is looked at.

/// A diff, with what it was made from.
pub(super) struct Told<'a> {
    pub(super) diff: &'a Diff,
    /// What the declarations are called.
    pub(super) name: &'a str,
    /// Where they are.
    pub(super) written: &'a Written<'a>,
    /// What they were compared with.
    pub(super) base: &'a str,
    /// Whether there was nothing to compare with.
    pub(super) all_new: bool,
}

impl Told<'_> {
    pub(super) fn text(&self) -> String {
        let Self {
            diff, name, base, ..
        } = self;
        let Some(bump) = diff.bump() else {
            return format!("{name} says what {base} says\n");
        };
        let mut text = format!("{name}, compared with {}\n", self.base());
        for kind in Kind::ALL {
            let mut changes = diff.of(kind).peekable();
            if changes.peek().is_some() {
                let _ = writeln!(text, "\n{}: {}", kind.name(), kind.meaning());
                for change in changes {
                    let _ = writeln!(text, "  {}{}", self.place(change), change.what);
                }
            }
        }
        if !diff.bits.is_empty() {
            let names = diff.bits.iter().map(|sums| sums.event.chars().count());
            let width = names.max().unwrap_or_default();
            text.push_str("\nbits that an event can tell at most\n");
            for sums in &diff.bits {
                let (before, after) = (bits(sums.before), bits(sums.after));
                let _ = writeln!(
                    text,
                    "  {:width$}  {before:>5} -> {after:>5}{}",
                    sums.event,
                    grown(sums)
                );
            }
        }
        let _ = writeln!(text, "\nsuggested version: {}", advice(bump));
        text
    }

    /// What it was compared with, and that this is nothing.
    fn base(&self) -> String {
        if self.all_new {
            format!("{}, which is not there: all is new", self.base)
        } else {
            self.base.to_owned()
        }
    }

    /// Where a change is, before what it says: `events.toml:12: `.
    fn place(&self, change: &Change) -> String {
        match self.written.line(&change.path) {
            Some(line) => format!("{}:{line}: ", self.name),
            None => String::new(),
        }
    }

    pub(super) fn markdown(&self) -> String {
        let Self { diff, base, .. } = self;
        let mut text = "### What this changes in telemetry\n\n".to_owned();
        let Some(bump) = diff.bump() else {
            let _ = writeln!(text, "Nothing, compared with `{base}`.");
            return text;
        };
        let counts: Vec<String> = Kind::ALL
            .iter()
            .map(|kind| (diff.of(*kind).count(), kind.name()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let _ = writeln!(
            text,
            "Compared with `{base}`{}: {}. Suggested version: **{}**.",
            if self.all_new {
                ", which is not there"
            } else {
                ""
            },
            counts.join(", "),
            bump.name()
        );
        for kind in Kind::ALL {
            let mut changes = diff.of(kind).peekable();
            if changes.peek().is_some() {
                let _ = writeln!(text, "\n**{}** ({})\n", kind.name(), kind.meaning());
                for change in changes {
                    let _ = writeln!(text, "- {}", escaped(&change.what));
                }
            }
        }
        if !diff.bits.is_empty() {
            text.push_str("\n| event | bits before | bits after |\n|---|---:|---:|\n");
            for sums in &diff.bits {
                let (before, after) = (bits(sums.before), bits(sums.after));
                let _ = writeln!(text, "| `{}` | {before} | {after} |", sums.event);
            }
        }
        text
    }

    /// The lines are those of the declarations that are told of; null where a
    /// change has none.
    pub(super) fn document(&self) -> Value {
        let Self {
            diff, name, base, ..
        } = self;
        let changes = diff.changes.iter().map(|change| {
            json!({
                "kind": change.kind.name(),
                "path": change.path,
                "line": self.written.line(&change.path),
                "what": change.what,
            })
        });
        let bits = diff.bits.iter().map(|sums| {
            json!({
                "event": sums.event,
                "before": sums.before,
                "after": sums.after,
            })
        });
        json!({
            "file": name,
            "base": base,
            "all_new": self.all_new,
            "bump": diff.bump().map(Bump::name),
            "changes": changes.collect::<Value>(),
            "bits": bits.collect::<Value>(),
        })
    }
}

fn advice(bump: Bump) -> String {
    let why = match bump {
        Bump::Major => "readers of the data have to change something",
        Bump::Minor => "what is collected changed",
        Bump::Patch => "what is collected is the same",
    };
    format!("{} ({why})", bump.name())
}

fn bits(sum: Option<f64>) -> String {
    sum.map_or_else(|| "none".to_owned(), telemetry_schema::bits::shown)
}

fn grown(sums: &EventBits) -> String {
    match (sums.before, sums.after) {
        (Some(before), Some(after)) => format!("  ({:+.1})", after - before),
        _ => String::new(),
    }
}

/// A sentence in Markdown. What stands in backticks is code already; the
/// doc lines that are quoted are not Markdown.
fn escaped(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut code = false;
    for c in sentence.chars() {
        match c {
            '`' => code = !code,
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~' | '|' | '&' if !code => {
                out.push('\\');
            }
            _ => {}
        }
        out.push(c);
    }
    out
}
