use crate::regions::print::{
    self, Block, Column, Heading, Table, address, anchor, code, strong, text,
};
use crate::regions::{Content, HostFormat, apply};
use proptest::prelude::*;

/// One text in every place that a section has for text.
struct Everywhere {
    text: String,
}

impl Everywhere {
    fn blocks(&self) -> Vec<Block> {
        let line = vec![
            text(&self.text),
            code(&self.text),
            strong(&self.text),
            anchor(&self.text, "place"),
            address(&self.text),
        ];
        vec![
            Block::Heading(Heading {
                level: 2,
                anchor: "place".into(),
                title: line.clone(),
            }),
            Block::Paragraph(line.clone()),
            Block::List(vec![line.clone()]),
            Block::Table(Table {
                caption: self.text.clone(),
                columns: vec![Column::words("this"), Column::numbers("that")],
                rows: vec![vec![line.clone(), line]],
            }),
            Block::Code {
                language: "json",
                text: self.text.clone(),
            },
        ]
    }
}

impl Content for Everywhere {
    fn sections(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        vec![("all", vec!["list"])]
    }

    fn values(&self) -> Vec<&'static str> {
        vec!["text", "code"]
    }

    fn section(&self, _: &str, _: &str, host: HostFormat) -> Option<String> {
        Some(print::blocks(&self.blocks(), host))
    }

    fn value(&self, name: &str, host: HostFormat) -> Option<String> {
        let print = if name == "code" { code } else { text };
        Some(print::inline(&[print(self.text.clone())], host))
    }
}

fn page(host: HostFormat) -> String {
    let page = "% telemetry:section all list $\n% /telemetry:section $\n\
                % telemetry:value text $% /telemetry:value $, \
                % telemetry:value code $% /telemetry:value $.\n";
    let [open, close] = match host {
        HostFormat::Markdown | HostFormat::Html => ["<!--", "-->"],
        HostFormat::Mdx | HostFormat::Astro => ["{/*", "*/}"],
        HostFormat::Text => ["[[", "]]"],
    };
    page.replace('%', open).replace('$', close)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in a declaration, it is not taken for a marker when
    /// the page is read again.
    #[test]
    fn printed_text_is_no_marker(
        host in prop::sample::select(&HostFormat::ALL[..]),
        parts in prop::collection::vec(prop_oneof![
            "[ -~\u{e9}]{0,6}",
            prop::sample::select(vec![
                "<!--", "-->", "{/*", "*/}", "[[", "]]", "[", " ", "`", "```", "~~~", "\\",
                "telemetry:section all list", "/telemetry:section", "telemetry:value text",
                "/telemetry:value", "<pre>", "</pre>", "import ", "https://",
            ]).prop_map(str::to_owned),
        ], 0..8),
    ) {
        let content = Everywhere { text: parts.concat() };
        let once = apply(&page(host), host, &content).unwrap();
        prop_assert_eq!(once.regions, 3);
        let twice = apply(&once.text, host, &content);
        prop_assert_eq!(twice, Ok(once));
    }
}

#[test]
fn addresses_are_links_and_other_contacts_are_text() {
    let markdown = |contact| print::inline(&[address(contact)], HostFormat::Markdown);
    insta::assert_snapshot!(markdown("https://a.example/x_y"), @"<https://a.example/x_y>");
    insta::assert_snapshot!(markdown("me@a.example"), @"me@a.example");
    insta::assert_snapshot!(markdown("javascript:alert(1)"), @"javascript:alert(1)");
}
