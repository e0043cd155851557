use super::given;
use crate::regions::{HostFormat, apply};
use proptest::prelude::*;

/// A section and a value as each kind of page writes them.
fn markers(host: HostFormat) -> [[&'static str; 2]; 2] {
    match host {
        HostFormat::Markdown | HostFormat::Html => [
            [
                "<!-- telemetry:section collected list -->",
                "<!-- /telemetry:section -->",
            ],
            [
                "<!-- telemetry:value title -->",
                "<!-- /telemetry:value -->",
            ],
        ],
        HostFormat::Mdx | HostFormat::Astro => [
            [
                "{/* telemetry:section collected list */}",
                "{/* /telemetry:section */}",
            ],
            ["{/* telemetry:value title */}", "{/* /telemetry:value */}"],
        ],
        HostFormat::Text => [
            [
                "[[telemetry:section collected list]]",
                "[[/telemetry:section]]",
            ],
            ["[[telemetry:value title]]", "[[/telemetry:value]]"],
        ],
    }
}

fn fill(host: HostFormat, page: &str, text: &str) -> String {
    apply(page, host, &given(text)).unwrap().text
}

#[test]
fn sections_take_the_indent_and_the_line_ends_of_their_marker() {
    let page = "a\r\n  <!-- telemetry:section collected list -->\r\nold\r\n\
                  <!-- /telemetry:section -->\r\nb\r\n";
    assert_eq!(
        fill(HostFormat::Html, page, "<pre>1\n2</pre>\n\n3\n"),
        "a\r\n  <!-- telemetry:section collected list -->\r\n  <pre>1\r\n2</pre>\r\n\r\n  3\r\n\
         <!-- /telemetry:section -->\r\nb\r\n"
    );
}

#[test]
fn values_stay_in_their_sentence() {
    let page = "Kept for `x` <!-- telemetry:value title -->`30`<!-- /telemetry:value -->days.";
    assert_eq!(
        fill(HostFormat::Markdown, page, "`90` "),
        "Kept for `x` <!-- telemetry:value title -->`90` <!-- /telemetry:value -->days."
    );
}

#[test]
fn markers_that_are_only_shown_are_left_alone() {
    for page in [
        "Write `<!-- telemetry:value title -->` there.",
        "Write ``a ` <!-- telemetry:secton`` there.",
        "```html\n<!-- telemetry:section collected list -->\n```\n",
        "- a\n\n     ~~~~\n~~~\n     <!-- /telemetry:value -->\n     ~~~~\n",
    ] {
        let filled = apply(page, HostFormat::Markdown, &given("x")).unwrap();
        assert_eq!((filled.text.as_str(), filled.regions), (page, 0));
    }
    let shown = r"\`<!-- telemetry:value title --><!-- /telemetry:value -->`";
    let filled = apply(shown, HostFormat::Markdown, &given("x")).unwrap();
    assert_eq!(filled.regions, 1, "an escaped backtick begins no code");
}

#[test]
fn other_comments_are_none_of_ours() {
    for page in [
        "<!-- telemetry is off -->",
        "<!-- note: telemetry -->",
        "<!--",
        "{/* */}",
        "[[wiki]]",
    ] {
        assert_eq!(fill(HostFormat::Markdown, page, "x"), page);
    }
}

#[test]
fn the_markers_of_other_pages_are_text_inside_a_region() {
    let page =
        "<!-- telemetry:value title -->{/* telemetry:value title */}<!-- /telemetry:value -->";
    assert_eq!(
        fill(HostFormat::Html, page, "{/* telemetry:value x */}")
            .matches("value x")
            .count(),
        1
    );
}

/// Text without markers and code, in which regions are put.
const PROSE: &str = "([a-zA-Z\u{e4}\u{1f600} .,<>{}\\[\\]|*/_!-]{0,12}\n?){0,6}";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands around and in the regions: around them nothing
    /// changes, and filling twice is filling once.
    #[test]
    fn text_around_regions_stays(
        host in prop::sample::select(&HostFormat::ALL[..]),
        around in prop::collection::vec(PROSE, 3),
        old in PROSE,
        new in PROSE,
        crlf in any::<bool>(),
    ) {
        let [[section, section_end], [value, value_end]] = markers(host);
        let page = |section_says: &str, value_says: &str| {
            let [before, between, after] = [&around[0], &around[1], &around[2]];
            let page = format!(
                "{before}\n{section}\n{section_says}{section_end}\n\
                 {between}{value}{value_says}{value_end}{after}"
            );
            if crlf { page.replace('\n', "\r\n") } else { page }
        };
        let filled = apply(&page(&format!("{old}\n"), &old), host, &given(&new)).unwrap();
        let lines: String = new.lines().map(|line| line.to_owned() + "\n").collect();
        // A value is set as it is, line ends included.
        let expected = page(&lines, "\0").replace('\0', &new);
        prop_assert_eq!(&filled.text, &expected);
        prop_assert_eq!(filled.regions, 2);
        let again = apply(&filled.text, host, &given(&new)).unwrap();
        prop_assert_eq!(again, filled);
    }

    /// No page makes it panic, and each error points into the page.
    #[test]
    fn no_page_is_too_strange(
        host in prop::sample::select(&HostFormat::ALL[..]),
        parts in prop::collection::vec(prop_oneof![
            any::<String>(),
            "[<{\\[]?[!/\\[*-]{0,4} ?/?telem?etry:(section|value|x)? ?[a-z]{0,3} ?[*\\]/>}-]{0,4}",
            prop::sample::select(vec![
                "<!-- telemetry:section collected list -->", "<!-- /telemetry:section -->",
                "{/* telemetry:value title */}", "{/* /telemetry:value */}", "[[telemetry:value title]]",
                "[[/telemetry:value]]", "\n", "\r\n", "```", "`", "\u{e9}",
            ]).prop_map(str::to_owned),
        ], 0..24),
    ) {
        let page = parts.concat();
        match apply(&page, host, &given("new")) {
            Ok(filled) => prop_assert!(filled.regions > 0 || filled.text == page),
            Err(errors) => for error in errors {
                prop_assert!(page.get(error.span.clone()).is_some());
                prop_assert!(error.line >= 1 && error.column >= 1);
            },
        }
    }
}

#[test]
fn formats_are_told_by_the_end_of_a_name() {
    for (path, host) in [
        ("README.md", Some(HostFormat::Markdown)),
        ("a.b/Page.ASTRO", Some(HostFormat::Astro)),
        ("page.mdx", Some(HostFormat::Mdx)),
        ("page.html", Some(HostFormat::Html)),
        ("NOTICE.txt", Some(HostFormat::Text)),
        ("page.rst", None),
        ("LICENSE", None),
    ] {
        assert_eq!(HostFormat::of_path(path), host, "{path}");
    }
}
