//! An `events.toml` as it is written, for whoever tells of its items by their
//! paths.

use crate::diagnostic::File;
use crate::text::{self, locate};
use toml::de::{DeTable, DeValue};

/// What an `events.toml` says beside what it means: the lines of its items, and
/// what is allowed on them.
pub struct Written<'a> {
    text: &'a str,
    tree: DeTable<'a>,
}

impl<'a> Written<'a> {
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

    /// What is allowed on the event, field or enum at a path: the name of each
    /// rule, with the reason.
    pub fn allowed(&self, path: &str) -> Vec<(&str, &str)> {
        let mut table = Some(&self.tree);
        for part in path.split('.').chain(["allow"]) {
            let value = table.and_then(|table| table.get(part));
            table = value.and_then(|value| match value.get_ref() {
                DeValue::Table(table) => Some(table),
                _ => None,
            });
        }
        let reasons = table.into_iter().flatten();
        reasons
            .filter_map(|(rule, reason)| match reason.get_ref() {
                DeValue::String(reason) => Some((rule.get_ref().as_ref(), reason.as_ref())),
                _ => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Written;

    #[test]
    fn the_item_or_what_it_would_be_in() {
        let text = "schema = 1\n\n[policy]\nretention_days = 90\n\n[events.build]\ndoc = \"It.\"\n\n[events.build.fields]\ncached = { type = \"bool\" }\n";
        let written = Written::of(text);
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
            assert_eq!(written.line(path), line, "{path}");
        }
        assert_eq!(written.allowed("events.build"), []);
        let allowed = "[events.build]\nallow = { similar-name = \"It is.\" }\n";
        assert_eq!(
            Written::of(allowed).allowed("events.build"),
            [("similar-name", "It is.")]
        );
        assert_eq!(Written::of("= [").line("a"), None);
    }
}
