//! Diagnostics for other programs.

use super::render::within;
use super::{Diagnostic, Label};
use crate::Sources;
use serde_json::{Value, json};
use std::fmt::Write;

/// A place as editors count: lines and columns from 1, columns in characters.
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

fn place(label: &Label, text: &str) -> Place {
    let span = within(&label.span, text);
    let at = |offset: usize| {
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    };
    let (line, column) = at(span.start);
    let (end_line, end_column) = at(span.end);
    Place {
        line,
        column,
        end_line,
        end_column,
    }
}

/// Diagnostics as a JSON array; places have lines and columns from 1.
pub fn to_json(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> Value {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let labels: Vec<Value> = diagnostic
                .labels
                .iter()
                .enumerate()
                .map(|(index, label)| {
                    let (file, text) = sources.file(label.file);
                    let place = place(label, text);
                    json!({
                        "file": file,
                        "line": place.line,
                        "column": place.column,
                        "end_line": place.end_line,
                        "end_column": place.end_column,
                        "text": label.text,
                        "primary": index == 0,
                    })
                })
                .collect();
            json!({
                "code": diagnostic.code,
                "name": diagnostic.name,
                "severity": diagnostic.severity.name(),
                "message": diagnostic.message,
                "labels": labels,
                "notes": diagnostic.notes,
                "helps": diagnostic.helps,
            })
        })
        .collect()
}

/// Diagnostics as GitHub workflow commands, one a line.
///
/// The format is that of GitHub's "Workflow commands for GitHub Actions".
pub fn to_github(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str("::");
        out.push_str(diagnostic.severity.name());
        out.push(' ');
        if let Some(label) = diagnostic.labels.first() {
            let (file, text) = sources.file(label.file);
            let place = place(label, text);
            let end_column = if place.line == place.end_line {
                // GitHub's columns are both inside.
                format!(",endColumn={}", place.end_column.max(place.column + 1) - 1)
            } else {
                String::new()
            };
            // Writing to a String does not fail.
            let _ = write!(
                out,
                "file={},line={},endLine={},col={}{end_column},",
                property(file),
                place.line,
                place.end_line,
                place.column,
            );
        }
        let title = format!("{} {}", diagnostic.code, diagnostic.name);
        let _ = write!(out, "title={}::", property(&title));
        let mut lines = vec![diagnostic.message.clone()];
        lines.extend(diagnostic.labels.first().map(|label| label.text.clone()));
        lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
        lines.extend(diagnostic.helps.iter().map(|help| format!("help: {help}")));
        lines.retain(|line| !line.is_empty());
        out.push_str(&data(&lines.join("\n")));
        out.push('\n');
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, read};

    const EVENTS: &str = "schema = 1\napp = \"größe: 100 %\"\n[policies]\n";

    fn found() -> (Vec<Diagnostic>, Sources<'static>) {
        let Err(Failure { diagnostics, .. }) = read("a,b.toml", EVENTS) else {
            unreachable!("there is no policy");
        };
        let sources = Sources {
            events_name: "a,b.toml",
            events: EVENTS,
            lock_name: "events.lock",
            lock: None,
        };
        (diagnostics, sources)
    }

    #[test]
    fn github() {
        let (diagnostics, sources) = found();
        insta::assert_snapshot!(to_github(&diagnostics, &sources), @"
        ::error file=a%2Cb.toml,line=1,endLine=1,col=1,endColumn=1,title=T004 missing-key::`events.toml` has no `policy`%0A`policy` is missing here%0Anote: nothing is assumed: what people are told and what the program does is all written down%0Ahelp: write `[policy]`
        ::error file=a%2Cb.toml,line=2,endLine=2,col=7,endColumn=20,title=T003 wrong-type::`app` must be a table%0Athis is a text%0Anote: nothing is converted, so that what is written is what is meant%0Ahelp: write it like `app = { ... }`
        ::error file=a%2Cb.toml,line=3,endLine=3,col=2,endColumn=9,title=T002 unknown-key::`events.toml` has no key `policies`%0Anot a key here%0Anote: its keys are `schema`, `app`, `policy`, `transport`, `docs`, `enums` and `events`%0Ahelp: remove it
        ");
    }

    #[test]
    fn json() {
        let (diagnostics, sources) = found();
        let json = to_json(&diagnostics[1..2], &sources);
        insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap(), @r#"
        [
          {
            "code": "T003",
            "name": "wrong-type",
            "severity": "error",
            "message": "`app` must be a table",
            "labels": [
              {
                "file": "a,b.toml",
                "line": 2,
                "column": 7,
                "end_line": 2,
                "end_column": 21,
                "text": "this is a text",
                "primary": true
              }
            ],
            "notes": [
              "nothing is converted, so that what is written is what is meant"
            ],
            "helps": [
              "write it like `app = { ... }`"
            ]
          }
        ]
        "#);
    }
}
