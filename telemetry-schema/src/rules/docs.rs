//! The rules' documentation, from their doc comments.

use super::{ALL, Check, Rule};
use crate::Severity;
use std::fmt::Write;

impl Rule {
    /// Its code and name as a heading, how much it weighs, what it asks for
    /// and why, an example, and how that is mended; Markdown, with the
    /// heading of this depth.
    pub fn page(&self, depth: usize) -> String {
        let Self {
            code,
            name,
            severity,
            docs,
            ..
        } = self;
        let lines = docs.lines();
        let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
        let docs = labelled(&lines.collect::<Vec<_>>());
        format!(
            "{} {code} {name}\n\n*{}.* {}\n",
            "#".repeat(depth),
            match severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
            },
            docs.trim()
        )
    }

    /// The blocks of code of its documentation, each with its language: first
    /// one that it finds something in, last one that it does not.
    pub fn blocks(&self) -> Vec<(String, String)> {
        let lines = self.docs.lines();
        let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
        let docs = lines.collect::<Vec<_>>().join("\n");
        let parts = docs.split("```").skip(1).step_by(2);
        parts
            .filter_map(|part| part.split_once('\n'))
            .map(|(language, code)| (language.to_owned(), code.to_owned()))
            .collect()
    }

    /// The first sentence or paragraph of its documentation, in one line.
    pub fn summary(&self) -> String {
        let first = self.docs.split("\n\n").next().unwrap_or_default();
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A documentation with its parts named: the first block is an example, with
/// the sentence that leads to it if there is one, and what comes after it says
/// how to mend that.
fn labelled(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    let Some(fence) = text.find("```") else {
        return text;
    };
    if let Some(end) = text[fence + 3..].find("```\n\n") {
        text.insert_str(fence + 3 + end + "```\n\n".len(), "*How to mend it.* ");
    }
    let before = text[..fence].trim_end();
    if before.ends_with(':') {
        let paragraph = before.rfind("\n\n").map_or(0, |at| at + 2);
        text.insert_str(paragraph, "*Example.* ");
    } else {
        text.insert_str(fence, "*Example.*\n\n");
    }
    text
}

/// The rule of this code, in capitals or not.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    ALL.into_iter()
        .find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// The rule of this name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    ALL.into_iter().find(|rule| rule.name == name)
}

/// Who finds what is against a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finder {
    /// The build, `check`, and whatever else reads the declarations.
    Build,
    Check,
    Coverage,
    Pages,
}

impl Finder {
    fn of(rule: &Rule) -> Self {
        match (&rule.check, rule.severity) {
            (Check::Moment(_), _) | (Check::Source, Severity::Error) => Self::Check,
            (Check::Source, Severity::Warning) => Self::Coverage,
            (Check::Page, _) => Self::Pages,
            _ => Self::Build,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Build => "by the build",
            Self::Check => "by `check` alone, which knows the day, the release and the code",
            Self::Coverage => "by `coverage` alone",
            Self::Pages => "by what fills pages: `docs`, `generate` and `update`",
        }
    }
}

/// One Markdown page with all rules.
pub fn markdown() -> String {
    let mut page = String::from(
        "<!-- Made from the doc comments of telemetry-schema/src/rules by\n     \
         `BLESS=1 cargo test -p telemetry-schema --test rules`. Do not edit it. -->\n\n\
         # The rules of `events.toml`\n\n\
         Each finding names its rule by a code that never changes; `cargo telemetry explain CODE` prints \
         what stands here.\n\n\
         An error in the declarations or their lock stops the build as well as `cargo telemetry check`. \
         A warning stops no build; `check` or `coverage`, whichever finds it, fails on it, \
         and it can be allowed on one event, field or enum, with the reason: \
         `allow = { similar-name = \"Both are names of products.\" }`. \
         An allowance that is of no use is found in turn.\n\n\
         No build finds what is found:\n\n",
    );
    let alone = [Finder::Check, Finder::Coverage, Finder::Pages];
    for finder in alone {
        let found = ALL.into_iter().filter(|rule| Finder::of(rule) == finder);
        let codes: Vec<&str> = found.map(|rule| rule.code).collect();
        // Writing to a String does not fail.
        let _ = writeln!(page, "- {}: {}", finder.words(), codes.join(", "));
    }
    page.push_str("\n| code | name | what must hold |\n|---|---|---|\n");
    for rule in ALL {
        let _ = writeln!(
            page,
            "| [{code}](#{anchor}) | {name} | {summary} |",
            code = rule.code,
            anchor = format!("{}-{}", rule.code, rule.name).to_lowercase(),
            name = rule.name,
            summary = rule.summary().replace('|', "\\|"),
        );
    }
    for rule in ALL {
        page.push('\n');
        page.push_str(&rule.page(2));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page says of each rule which commands find it, before the table.
    #[test]
    fn the_page_says_what_finds_what() {
        let page = markdown();
        let (preamble, _) = page.split_once("| code |").unwrap();
        for rule in ALL {
            let line = match &rule.check {
                Check::Moment(_) => "by `check` alone",
                Check::Source if rule.severity == Severity::Error => "by `check` alone",
                Check::Source => "by `coverage` alone",
                Check::Page => "by what fills pages",
                _ => {
                    assert!(!preamble.contains(rule.code), "{}", rule.code);
                    continue;
                }
            };
            let mut lines = preamble.lines().filter(|line| line.contains(rule.code));
            let found = lines.next().unwrap_or_default();
            assert!(found.contains(line), "{}: {found}", rule.code);
            assert_eq!(lines.next(), None, "{}", rule.code);
        }
    }
}
