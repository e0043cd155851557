use super::given;
use crate::regions::{HostFormat, apply};

/// The errors of a page, one a line.
fn errors(host: HostFormat, page: &str) -> String {
    let errors = apply(page, host, &given("text")).unwrap_err();
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn markdown(page: &str) -> String {
    errors(HostFormat::Markdown, page)
}

const LIST: &str = "<!-- telemetry:section collected list -->";
const END: &str = "<!-- /telemetry:section -->";

#[test]
fn all_errors_come_together_in_order() {
    insta::assert_snapshot!(markdown(
        "<!-- telemetry:secton collected list -->\n\
         <!-- /telemetry:section -->\n\
         <!-- telemetry:section colected list -->\n\
         <!-- /telemetry:section -->\n\
         <!-- telemetry:section collected graph -->\n\
         <!-- /telemetry:section -->\n\
         <!-- telemetry:section something list -->\n\
         <!-- /telemetry:section -->\n\
         \u{e4}\u{f6} <!-- telemetry:value retention_day -->90<!-- /telemetry:value -->\n\
         <!-- telemetry:value -->90<!-- /telemetry:value -->\n\
         <!-- telemetry:value title"
    ), @"
    1:1: `telemetry:secton` is not a marker; write `telemetry:section`
    3:1: there is no section `colected`; write `collected`
    5:1: section `collected` has no format `graph`; there are: list, table
    7:1: there is no section `something`; there are: collected, retention
    9:4: there is no value `retention_day`; write `retention_days`
    10:1: this marker has too few or too many words; write `telemetry:value NAME`
    11:1: this marker has no end; end it with `-->` on the same line
    ");
}

#[test]
fn misspelt_markers_are_recognised() {
    for wrong in [
        "<!-- telemtry:section collected list -->",
        "<!-- telemetry:sections collected list -->",
        "<!-- Telemetry:section collected list -->",
        "<!--telemetry:selection collected list-->",
    ] {
        let found = markdown(wrong);
        assert!(
            found.contains("write `telemetry:section`"),
            "{wrong}: {found}"
        );
    }
    assert!(markdown("<!-- telemetry:end -->").contains("the markers are"));
}

#[test]
fn a_region_without_an_end() {
    insta::assert_snapshot!(markdown(LIST), @"1:1: this region has no end; put `<!-- /telemetry:section -->` where it ends");
    // What begins after it is not to blame.
    insta::assert_snapshot!(markdown(&format!("{LIST}\n\n{LIST}\n{END}")), @"1:1: this region has no end; put `<!-- /telemetry:section -->` where it ends");
}

#[test]
fn an_end_without_a_region() {
    insta::assert_snapshot!(markdown(&format!("text\n{END}")), @"2:1: this ends a region that did not begin; remove it, or put a `telemetry:section` marker where the region begins");
}

#[test]
fn regions_do_not_nest() {
    insta::assert_snapshot!(markdown(&format!("{LIST}\n{LIST}\n{END}\n{END}")), @"2:1: this region begins within the one of line 1; end the region of line 1 before this one begins");
    insta::assert_snapshot!(markdown(&format!(
        "{LIST}\n<!-- telemetry:value title --><!-- /telemetry:value -->\n{END}"
    )), @"2:1: this region begins within the one of line 1; end the region of line 1 before this one begins");
}

#[test]
fn regions_do_not_overlap() {
    insta::assert_snapshot!(markdown(&format!(
        "{LIST}\n<!-- telemetry:value title -->\n{END}\n<!-- /telemetry:value -->"
    )), @"
    2:1: this region has no end; put `<!-- /telemetry:value -->` where it ends
    4:1: this ends a region that did not begin; remove it, or put a `telemetry:value` marker where the region begins
    ");
}

#[test]
fn a_section_stands_alone() {
    insta::assert_snapshot!(markdown(&format!("{LIST} {END}")), @"
    1:1: a section's marker shares its line with other text; put the marker on a line of its own
    1:43: a section's marker shares its line with other text; put the marker on a line of its own
    ");
}

#[test]
fn each_page_has_its_own_comments() {
    insta::assert_snapshot!(errors(HostFormat::Mdx, "<!-- telemetry:value title -->"), @"1:1: this is not how MDX writes a comment; write `{/* telemetry:value title */}`");
    insta::assert_snapshot!(errors(HostFormat::Html, "{/* telemetry:value title */}"), @"1:1: this is not how HTML writes a comment; write `<!-- telemetry:value title -->`");
    insta::assert_snapshot!(errors(HostFormat::Text, "<!-- /telemetry:value -->"), @"1:1: this is not how plain text writes a comment; write `[[/telemetry:value]]`");
}
