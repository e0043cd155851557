//! Joins the markers of a page to regions.

use super::error::{self, Problem, RegionError};
use super::marker::Marker;
use std::ops::Range;

/// A region: two markers and what is between them.
#[derive(Debug)]
pub(super) struct Region<'m> {
    pub(super) open: &'m Marker<'m>,
    close: &'m Marker<'m>,
}

/// The whole lines between two markers.
pub(super) struct Lines<'t> {
    pub(super) range: Range<usize>,
    /// The white space before the opening marker.
    pub(super) indent: &'t str,
    /// How its line ends.
    pub(super) ending: &'t str,
}

impl Region<'_> {
    /// What is between the markers.
    pub(super) fn between(&self) -> Range<usize> {
        self.open.span.end..self.close.span.start
    }

    /// The lines between the markers, which stand alone on theirs.
    pub(super) fn lines<'t>(&self, text: &'t str) -> Lines<'t> {
        let open = &self.open.span;
        let after = &text[open.end..];
        let start = after.find('\n').map_or(text.len(), |at| open.end + at + 1);
        let ending = text[open.end..start].trim_start_matches([' ', '\t']);
        let end = line_start(text, self.close.span.start);
        Lines {
            range: start.min(end)..end,
            indent: &text[line_start(text, open.start)..open.start],
            ending: if ending.is_empty() { "\n" } else { ending },
        }
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// A region that has begun, and the regions that began within it.
struct Begun<'m> {
    open: &'m Marker<'m>,
    within: Vec<&'m Marker<'m>>,
}

/// All regions, in order; what does not pair goes to `errors`.
pub(super) fn pair<'m>(
    text: &str,
    markers: &'m [Marker<'m>],
    errors: &mut Vec<RegionError>,
) -> Vec<Region<'m>> {
    let mut regions = Vec::new();
    let mut begun: Vec<Begun<'m>> = Vec::new();
    for marker in markers {
        if marker.kind() == "telemetry:section" && !is_alone(text, &marker.span) {
            errors.push(RegionError::new(
                text,
                marker.span.clone(),
                Problem::NotAlone,
            ));
        }
        if !marker.closes {
            if let Some(outer) = begun.last_mut() {
                outer.within.push(marker);
            }
            begun.push(Begun {
                open: marker,
                within: Vec::new(),
            });
            continue;
        }
        let Some(depth) = begun
            .iter()
            .rposition(|region| region.open.kind() == marker.kind())
        else {
            let missing = marker.kind();
            errors.push(RegionError::new(
                text,
                marker.span.clone(),
                Problem::Unopened { missing },
            ));
            continue;
        };
        let endless: Vec<_> = begun.drain(depth + 1..).map(|region| region.open).collect();
        errors.extend(endless.iter().map(|open| unclosed(text, open)));
        if let Some(Begun { open, within }) = begun.pop() {
            let outer = error::line_of(text, open.span.start);
            let nested = within.iter().filter(|inner| !endless.contains(inner));
            errors.extend(nested.map(|inner| {
                RegionError::new(text, inner.span.clone(), Problem::Nested { outer })
            }));
            regions.push(Region {
                open,
                close: marker,
            });
        }
    }
    // What began within a region without an end is not nested: the end is
    // what is missing.
    errors.extend(begun.iter().map(|region| unclosed(text, region.open)));
    regions
}

fn unclosed(text: &str, open: &Marker<'_>) -> RegionError {
    let missing = error::end_of(open.kind(), open.syntax);
    RegionError::new(text, open.span.clone(), Problem::Unclosed { missing })
}

/// Whether nothing else is on the line.
fn is_alone(text: &str, span: &Range<usize>) -> bool {
    let before = &text[line_start(text, span.start)..span.start];
    let after = text[span.end..].lines().next().unwrap_or_default();
    before.trim().is_empty() && after.trim().is_empty()
}
