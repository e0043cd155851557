//! The lines that the items of a file stand in.

use crate::diagnostic::File;
use crate::text::{self, locate};
use toml::de::DeTable;

/// The lines of the items of an `events.toml`, for whoever tells of a change
/// by its path.
pub struct Lines<'a> {
    text: &'a str,
    tree: DeTable<'a>,
}

impl<'a> Lines<'a> {
    /// Reads a file; of one that is no TOML, as far as it can be read.
    pub fn of(events: &'a str) -> Self {
        let (tree, _) = text::parse(events, File::Events);
        Self { text: events, tree }
    }

    /// The line, from 1, of the item at a dotted path such as
    /// `events.build.fields.cached`; of something that is not there, the line
    /// of what it would be in, unless that is the whole file.
    pub fn line(&self, path: &str) -> Option<usize> {
        let path: Vec<&str> = path.split('.').collect();
        let place = locate(&self.tree, &path);
        // `[events]` has no line of its own where each event is a table.
        if !place.exact && place.depth < 2 {
            return None;
        }
        let before = self.text.get(..place.span.start)?;
        Some(before.matches('\n').count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn the_item_or_what_it_would_be_in() {
        let text = "schema = 1\n\n[policy]\nretention_days = 90\n\n[events.build]\ndoc = \"It.\"\n\n[events.build.fields]\ncached = { type = \"bool\" }\n";
        let lines = Lines::of(text);
        for (path, line) in [
            ("schema", Some(1)),
            ("policy.retention_days", Some(4)),
            ("events.build", Some(6)),
            ("events.build.doc", Some(7)),
            ("events.build.fields.cached", Some(10)),
            ("events.build.fields.gone", Some(9)),
            ("policy.consent.beta", None),
            ("events.gone", None),
            ("enums.gone", None),
            ("", None),
        ] {
            assert_eq!(lines.line(path), line, "{path}");
        }
        assert_eq!(Lines::of("= [").line("a"), None);
    }
}
