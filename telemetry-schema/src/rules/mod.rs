//! The rules: one file each, all of them in one table.
//!
//! A rule is a static with a code, a name, a doc comment that is its
//! documentation, and a function. To add one, copy a file, take the next
//! free code, and add the static to [`ALL`]; a test holds the table to be
//! complete and in order.

use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Schema;

/// One thing that must hold.
pub struct Rule {
    /// Never reused, like `T012`.
    pub code: &'static str,
    /// A few words with hyphens, like `unknown-enum`.
    pub name: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// What it asks for, why, and an example; Markdown.
    pub docs: &'static str,
    pub(crate) check: Check,
}

/// When a rule is checked, and by what.
pub(crate) enum Check {
    /// While a file is read, by the code that reads it.
    Reading,
    /// On the declarations as written.
    Declared(fn(&Declarations, &mut Vec<Diagnostic>)),
    /// On the schema as meant, which has no errors so far.
    Meant(fn(&Meant<'_>, &mut Vec<Diagnostic>)),
    /// When the lock is read and held against the schema.
    Lock,
    /// On a page of `[docs]`, by whoever fills its regions.
    Page,
}

/// The schema as meant, with the declarations for the places. Events and
/// fields stand in the same order in both.
pub(crate) struct Meant<'a> {
    pub(crate) declared: &'a Declarations,
    pub(crate) schema: &'a Schema,
}

macro_rules! rule {
    ($(#[doc = $doc:literal])+ $id:ident, $code:literal, $name:literal, $severity:ident, $check:expr) => {
        $(#[doc = $doc])+
        pub(crate) static $id: $crate::rules::Rule = $crate::rules::Rule {
            code: $code,
            name: $name,
            severity: $crate::diagnostic::Severity::$severity,
            docs: concat!($($doc, "\n"),+),
            check: $check,
        };
    };
}

mod app_name;
mod budget;
mod ceiling;
mod choice_source;
mod consent_word;
mod doc_line;
mod docs;
mod endpoint;
mod enum_size;
pub(crate) mod expiry;
pub(crate) mod field_type;
mod integer_range;
pub(crate) mod level;
pub(crate) mod lock;
mod name_collision;
mod name_form;
pub mod page;
mod page_path;
pub(crate) mod policy_range;
mod precision;
pub(crate) mod reading;
mod record_size;
mod schema_version;
mod set_size;
mod time_precision;
pub(crate) mod unit;
mod unknown_enum;
mod unused_enum;
mod version_releases;

pub use docs::{by_code, by_name, every, markdown};

/// Every rule of `events.toml` and `events.lock`, by code.
pub static ALL: [&Rule; 34] = [
    &reading::SYNTAX,
    &reading::UNKNOWN_KEY,
    &reading::WRONG_TYPE,
    &reading::MISSING_KEY,
    &field_type::UNKNOWN_TYPE,
    &field_type::FOREIGN_KEY,
    &schema_version::RULE,
    &name_form::RULE,
    &name_collision::RULE,
    &doc_line::RULE,
    &app_name::RULE,
    &endpoint::RULE,
    &policy_range::RULE,
    &time_precision::RULE,
    &consent_word::RULE,
    &level::RULE,
    &expiry::RULE,
    &enum_size::RULE,
    &unused_enum::RULE,
    &unknown_enum::RULE,
    &choice_source::RULE,
    &set_size::RULE,
    &integer_range::RULE,
    &unit::RULE,
    &precision::RULE,
    &version_releases::RULE,
    &ceiling::RULE,
    &record_size::RULE,
    &budget::EVENT,
    &budget::LINKABLE,
    &lock::MISSING,
    &lock::DAMAGED,
    &lock::STALE,
    &page_path::RULE,
];

/// The rules of the pages that `[docs]` lists, by code; they follow those of
/// [`ALL`].
pub static PAGES: [&Rule; 2] = [&page::REGION, &page::NO_REGION];

/// Runs the rules that need only what is written.
pub(crate) fn check_declared(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for rule in ALL {
        if let Check::Declared(check) = rule.check {
            check(declared, findings);
        }
    }
}

/// Runs the rules that need to know what is meant.
pub(crate) fn check_meant(meant: &Meant<'_>, findings: &mut Vec<Diagnostic>) {
    for rule in ALL {
        if let Check::Meant(check) = rule.check {
            check(meant, findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_in_order() {
        for (index, rule) in every().enumerate() {
            assert_eq!(rule.code, format!("T{:03}", index + 1), "{}", rule.name);
            assert!(
                rule.docs.len() > 80,
                "{} has too short a documentation",
                rule.name
            );
        }
        let mut names: Vec<_> = every().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), every().count());
    }
}
