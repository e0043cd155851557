//! Where something new goes in the text of `events.toml`.
//!
//! The text around it is left to the letter: nothing is parsed and printed
//! again, a few lines are put in between.

use toml_edit::{Document, Item, Table};

/// The text with a table of its own after the last event.
///
/// None where the events are not written as tables.
pub(super) fn with_event(text: &str, tables: &str) -> Option<String> {
    with_last(text, "events", tables)
}

/// The text with a table of its own after the last enum.
///
/// None where the enums are not written as tables.
pub(super) fn with_enum(text: &str, tables: &str) -> Option<String> {
    with_last(text, "enums", tables)
}

/// The text with more tables after the last of their kind, or at its end.
fn with_last(text: &str, kind: &str, tables: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let at = match document.get(kind) {
        None => text.len(),
        Some(known) => end(known.as_table()?)?,
    };
    Some(with_table(text, at, tables))
}

/// The text with a line more in the fields of an event.
///
/// None where they are not written as lines of a table.
pub(super) fn with_field(text: &str, event: &str, line: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let event_table = document.get("events")?.as_table()?.get(event)?.as_table()?;
    match event_table.get("fields") {
        None => {
            let table = format!("[events.{}.fields]\n{line}", super::draft::key(event));
            Some(with_table(text, end(event_table)?, &table))
        }
        Some(fields) => {
            let fields = fields.as_table()?;
            let lines = fields.iter().filter(|(_, field)| field.is_value());
            let last = lines.filter_map(|(_, field)| field.span()).last();
            let at = last.or_else(|| fields.span())?.end;
            Some(with_lines(text, at, line))
        }
    }
}

/// The end of the last thing in a table.
fn end(table: &Table) -> Option<usize> {
    let within = table.iter().filter_map(|(_, item)| match item {
        Item::Table(table) => end(table),
        other => other.span().map(|span| span.end),
    });
    within.chain(table.span().map(|span| span.end)).max()
}

/// Lines after the line in which something ends.
fn with_lines(text: &str, at: usize, lines: &str) -> String {
    let (before, after) = after_line(text, at);
    format!("{before}{}{after}", as_in(text, lines))
}

/// The same, with an empty line before and after.
fn with_table(text: &str, at: usize, table: &str) -> String {
    let (before, after) = after_line(text, at);
    let next = after.lines().next().unwrap_or_default();
    let apart = if next.trim().is_empty() { "" } else { "\n" };
    let table = as_in(text, &format!("\n{table}{apart}"));
    format!("{before}{table}{after}")
}

/// The text up to the end of a line, which is ended if it is not, and what
/// follows.
fn after_line(text: &str, at: usize) -> (String, &str) {
    let rest = text.get(at..).unwrap_or_default();
    let Some(length) = rest.find('\n') else {
        let ended = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return (format!("{text}{}", as_in(text, ended)), "");
    };
    let (before, after) = text.split_at(at + length + 1);
    (before.to_owned(), after)
}

/// Lines that end as those of the text do.
fn as_in(text: &str, lines: &str) -> String {
    if text.contains("\r\n") {
        lines.replace('\n', "\r\n")
    } else {
        lines.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Head.\nschema = 1\n\n[events.one] # First.\ndoc = \"x\"\n\n\
        [events.one.fields]\na = { type = \"bool\" } # Last.\n# Of the enums.\n[enums.b.values]\nc = \"d\"";

    #[test]
    fn an_event_goes_after_the_last_one() {
        let text = with_event(TEXT, "[events.two]\ndoc = \"y\"\n");
        let expected = TEXT.replace("# Last.\n", "# Last.\n\n[events.two]\ndoc = \"y\"\n\n");
        assert_eq!(text.as_deref(), Some(expected.as_str()));
        // And into the fields of one that has none.
        let text = with_field(&expected, "two", "b = 1\n");
        let with = expected.replace("\"y\"\n", "\"y\"\n\n[events.two.fields]\nb = 1\n");
        assert_eq!(text, Some(with));
    }

    #[test]
    fn an_enum_goes_after_the_last_one() {
        let text = TEXT.replace("# Of the enums.\n", "") + "\n\n[events.two]\ndoc = \"y\"\n";
        let enums = with_enum(&text, "[enums.d]\ndoc = \"z\"\n");
        let expected = text.replace("c = \"d\"\n", "c = \"d\"\n\n[enums.d]\ndoc = \"z\"\n");
        assert_eq!(enums, Some(expected));
        assert_eq!(with_enum("enums = { a = 1 }", "[enums.b]\n"), None);
    }

    #[test]
    fn without_events_it_goes_to_the_end() {
        assert_eq!(
            with_event("schema = 1", "[events.two]\n").as_deref(),
            Some("schema = 1\n\n[events.two]\n")
        );
        assert_eq!(
            with_event("", "[events.two]\n").as_deref(),
            Some("\n[events.two]\n")
        );
    }

    #[test]
    fn a_field_goes_after_the_last_one() {
        let text = with_field(TEXT, "one", "b = 1\n");
        let expected = TEXT.replace("# Last.\n", "# Last.\nb = 1\n");
        assert_eq!(text, Some(expected));
        let empty = "[events.one.fields]\n\n[enums.b]\n";
        assert_eq!(
            with_field(empty, "one", "b = 1\n").as_deref(),
            Some("[events.one.fields]\nb = 1\n\n[enums.b]\n")
        );
    }

    #[test]
    fn lines_end_as_they_did() {
        let text = TEXT.replace('\n', "\r\n");
        let added = with_field(&text, "one", "b = 1\n");
        let expected = TEXT.replace("# Last.\n", "# Last.\nb = 1\n");
        assert_eq!(added, Some(expected.replace('\n', "\r\n")));
    }

    #[test]
    fn what_is_written_otherwise_is_left_alone() {
        assert_eq!(with_event("events = { a = 1 }", "[events.b]\n"), None);
        let inline = "[events.a]\nfields = { b = 1 }\n";
        assert_eq!(with_field(inline, "a", "c = 1\n"), None);
        assert_eq!(with_field(inline, "none", "c = 1\n"), None);
        assert_eq!(with_event("[broken", "[events.b]\n"), None);
    }
}
