//! The rules: one file each, all of them in one table.
//!
//! A rule is a static with a code, a name, a doc comment that is its
//! documentation, and a function. To add one, copy a file, take the next
//! free code, and add the static to [`ALL`]; a test holds the table to be
//! complete and in order.

use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Schema;
use crate::moment::Moment;

/// One thing that must hold.
pub struct Rule {
    /// Never reused, like `T012`.
    pub code: &'static str,
    /// A few words with hyphens, like `unknown-enum`.
    pub name: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// What it asks for, why, what it finds and how that is mended; Markdown.
    pub docs: &'static str,
    pub(crate) check: Check,
}

impl Rule {
    /// Whether a finding can be let through on one item, for a reason: an
    /// error cannot, and neither can what is found about allowances.
    pub fn can_be_allowed(&self) -> bool {
        self.severity == Severity::Warning && !matches!(self.check, Check::Allowances)
    }

    /// Whether it is about a page of `[docs]`, and not about the two files.
    pub fn is_of_pages(&self) -> bool {
        matches!(self.check, Check::Page)
    }

    /// Whether it is about a program's own code.
    pub fn is_of_sources(&self) -> bool {
        matches!(self.check, Check::Source)
    }
}

/// When a rule is checked, and by what.
pub(crate) enum Check {
    /// While a file is read, by the code that reads it.
    Reading,
    /// On the declarations as written.
    Declared(fn(&Declarations, &mut Vec<Diagnostic>)),
    /// On the schema as meant, which has no errors so far.
    Meant(fn(&Meant<'_>, &mut Vec<Diagnostic>)),
    /// On the declarations as written, on a day and for a release; only for
    /// who asks with a [`Moment`].
    Moment(fn(&Declarations, &Moment, &mut Vec<Diagnostic>)),
    /// When all that was found is held against what is allowed.
    Allowances,
    /// When the lock is read and held against the schema.
    Lock,
    /// On a page of `[docs]`, by whoever fills its regions.
    Page,
    /// On a program's own code, by whoever reads it.
    Source,
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

pub(crate) mod allowance;
mod api_key;
mod app_name;
mod budget;
mod ceiling;
mod choice_source;
mod common_prefix;
mod consent_word;
mod constant_field;
mod doc_line;
mod doc_repeats_name;
mod docs;
mod endpoint;
mod enum_size;
mod expired;
pub(crate) mod expiry;
mod far_expiry;
pub(crate) mod field_type;
mod integer_range;
pub(crate) mod level;
pub(crate) mod lock;
mod name_collision;
mod name_form;
mod no_other;
pub mod page;
mod page_path;
pub(crate) mod policy_range;
mod precision;
pub(crate) mod reading;
mod record_size;
mod review_link;
mod schema_version;
mod set_size;
mod similar_name;
mod sink;
pub mod source;
mod time_precision;
pub(crate) mod unit;
mod unit_in_name;
mod unknown_enum;
mod unused_enum;
mod version_releases;

pub use docs::{by_code, by_name, markdown};

/// Every rule of `events.toml`, `events.lock`, the pages and a program's own
/// code, by code.
pub static ALL: [&Rule; 53] = [
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
    &page::REGION,
    &page::NO_REGION,
    &allowance::RULE,
    &allowance::UNNEEDED,
    &similar_name::RULE,
    &unit_in_name::RULE,
    &expired::RULE,
    &far_expiry::RULE,
    &no_other::RULE,
    &doc_repeats_name::RULE,
    &constant_field::RULE,
    &common_prefix::RULE,
    &review_link::RULE,
    &sink::RULE,
    &api_key::RULE,
    &source::EVENT,
    &source::VALUE,
    &source::FIELD,
    &source::PRIVATE,
];

/// Runs the rules that need only what is written.
pub(crate) fn check_declared(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for rule in ALL {
        if let Check::Declared(check) = rule.check {
            check(declared, findings);
        }
    }
}

/// Runs the rules that ask what day it is and which release is built.
pub(crate) fn check_moment(
    declared: &Declarations,
    moment: &Moment,
    findings: &mut Vec<Diagnostic>,
) {
    for rule in ALL {
        if let Check::Moment(check) = rule.check {
            check(declared, moment, findings);
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
        for (index, rule) in ALL.iter().enumerate() {
            assert_eq!(rule.code, format!("T{:03}", index + 1), "{}", rule.name);
            assert!(
                rule.docs.len() > 80,
                "{} has too short a documentation",
                rule.name
            );
        }
        let mut names: Vec<_> = ALL.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
