//! The page of a program with a field of every type.

use super::page;
use crate::fixture::{EVERYTHING, bound, posthog};

#[test]
fn the_page_reads_well() {
    insta::assert_snapshot!(page(&bound(EVERYTHING)));
}

/// What differs where the events go to PostHog.
#[test]
fn the_page_says_what_posthog_gets() {
    let plain = page(&bound(EVERYTHING));
    let page = page(&bound(&posthog()));
    let plain: Vec<&str> = plain.lines().collect();
    let new: Vec<&str> = page.lines().filter(|line| !plain.contains(line)).collect();
    insta::assert_snapshot!(new.join("\n"));
}

#[test]
fn a_program_that_says_nothing_has_a_page_too() {
    let (nothing, _) = EVERYTHING.split_once("[enums.fruit]").unwrap();
    let page = page(&bound(nothing));
    assert!(page.contains("0 kinds of events"), "{page}");
}

#[test]
fn links_lead_somewhere() {
    let page = page(&bound(EVERYTHING));
    let anchors: Vec<String> = page
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches(['#', ' '])
                .replace('`', "")
                .replace(' ', "-")
                .to_lowercase()
        })
        .collect();
    for link in page.split("](#").skip(1) {
        let (target, _) = link.split_once(')').unwrap();
        assert!(anchors.iter().any(|anchor| anchor == target), "#{target}");
    }
}
