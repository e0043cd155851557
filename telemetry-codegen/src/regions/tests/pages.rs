//! Real pages, held against what their regions should say.

use crate::fixture::EVERYTHING;
use crate::regions::{Content, HostFormat, Sections, apply};
use std::fs;
use std::path::{Path, PathBuf};
use telemetry_schema::{Bound, Lock, Sources};

fn website() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../website")
}

/// The schema of a file; a lock is made where there is none beside it.
fn load(events: &Path) -> Bound {
    let text = fs::read_to_string(events).unwrap();
    let lock = fs::read_to_string(events.with_extension("lock")).unwrap_or_else(|_| {
        let (schema, _) = telemetry_schema::read("events.toml", &text).unwrap();
        Lock::update(None, &schema).unwrap().to_text()
    });
    telemetry_schema::load(&Sources {
        events_name: "events.toml",
        events: &text,
        lock_name: "events.lock",
        lock: Some(&lock),
    })
    .unwrap()
}

/// Holds a page against what its regions should say; `BLESS=1` fills it.
fn check_page(page: &Path, schema: &Bound) {
    let host = HostFormat::of_path(page.to_str().unwrap()).unwrap();
    let text = fs::read_to_string(page).unwrap();
    let filled = apply(&text, host, &Sections::of(schema)).unwrap();
    assert!(filled.regions > 0, "{}", page.display());
    let again = apply(&filled.text, host, &Sections::of(schema)).unwrap();
    assert_eq!(again, filled, "{}", page.display());
    if std::env::var_os("BLESS").is_some() {
        fs::write(page, &filled.text).unwrap();
    } else {
        assert_eq!(filled.text, text, "{}: run with BLESS=1", page.display());
    }
}

/// `website/checks/hostile.mjs` then reads these pages in a browser.
#[test]
fn pages_of_every_kind_take_hostile_text() {
    let folder = website().join("checks/hostile");
    let schema = load(&folder.join("events.toml"));
    for page in [
        "src/pages/markdown.md",
        "src/pages/mdx.mdx",
        "src/pages/astro.astro",
        "public/html.html",
        "public/text.txt",
    ] {
        check_page(&folder.join(page), &schema);
    }
}

/// The rule `page-path` and the formats know the same ends of names.
#[test]
fn what_can_be_listed_can_be_filled() {
    for ending in [
        ".md",
        ".markdown",
        ".mdx",
        ".html",
        ".htm",
        ".astro",
        ".txt",
        ".MD",
        ".rs",
        ".xhtml",
        "",
    ] {
        let page = format!("page{ending}");
        let listed = format!("{EVERYTHING}[docs]\npages = [\"{page}\"]\n");
        assert_eq!(
            telemetry_schema::read("events.toml", &listed).is_ok(),
            HostFormat::of_path(&page).is_some(),
            "{page}"
        );
    }
}

#[test]
fn every_section_and_value_can_be_had_on_every_page() {
    let schema = load(&website().join("../events.toml"));
    let sections = Sections::of(&schema);
    for host in HostFormat::ALL {
        for (name, formats) in sections.sections() {
            for format in formats {
                let text = sections.section(name, format, host).unwrap();
                assert!(!text.trim().is_empty(), "{name} {format} {host}");
            }
        }
        for name in sections.values() {
            assert!(
                !sections.value(name, host).unwrap().is_empty(),
                "{name} {host}"
            );
        }
    }
}

#[test]
fn plain_text_reads_well() {
    let schema = load(&website().join("../events.toml"));
    let sections = Sections::of(&schema);
    let show = |name, format| sections.section(name, format, HostFormat::Text).unwrap();
    insta::assert_snapshot!(show("collected", "table"), @"
    event               what happened                                        level
    ------------------  ---------------------------------------------------  -------
    session_start       Caro was started.                                    minimal
    session_end         Caro came to its end.                                normal
    command_generation  Caro turned a request into a command, or failed to.  normal
    safety_validation   Caro judged how dangerous a command is.              minimal
    backend_error       A backend failed while it was at work.               minimal
    ");
    insta::assert_snapshot!(show("retention", "prose"), @"An event is kept for 90 days. On your machine, what is older goes when telemetry next looks at what it keeps. Events go to https://telemetry.caro.sh/api/events and nowhere else, at most every hour, at most 100 events in one request. Times are rounded down to the full second before they are written anywhere.");
}

#[test]
fn markdown_reads_well_in_the_source_too() {
    let schema = load(&website().join("../events.toml"));
    let sections = Sections::of(&schema);
    let show = |name, format| {
        let text = sections.section(name, format, HostFormat::Markdown);
        text.unwrap().trim().to_owned()
    };
    insta::assert_snapshot!(show("bits", "table"), @"
    | event | bits | of these, the same from day to day |
    |---|---:|---:|
    | `session_start` | 15.2 | 15.2 |
    | `session_end` | 21.3 | 0.0 |
    | `command_generation` | 14.7 | 0.0 |
    | `safety_validation` | 6.4 | 0.0 |
    | `backend_error` | 6.7 | 0.0 |
    ");
    insta::assert_snapshot!(show("air-gapped", "list"), @"
    - With `air_gapped = true` under `[telemetry]` in the configuration of Caro, events stay on your machine and nothing is sent.
    - `caro telemetry export -o telemetry.jsonl` writes what is kept to a file: lines of plain JSON, one an event, and a checksum, to read and to carry wherever you decide.
    - `caro telemetry clear` deletes it at once. What is older than 90 days goes by itself when telemetry next looks at what it keeps.
    ");
}
