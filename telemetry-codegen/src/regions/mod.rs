//! Regions: the parts of a hand-written page that are made from the schema.
//!
//! A region lies between two markers, and [`apply`] rewrites what is between
//! them. Everything else on the page stays as it is, to the byte.
//!
//! ```text
//! <!-- telemetry:section events table -->
//! (a table of all events)
//! <!-- /telemetry:section -->
//!
//! Kept for <!-- telemetry:value retention -->90 days<!-- /telemetry:value -->.
//! ```
//!
//! A *section* names what it shows and in which format, and its two markers
//! stand on lines of their own. A *value* is a few words inside a sentence.
//! What there is to name is up to the [`Content`]; the telemetry page's is
//! [`Sections`].
//!
//! How a marker is written depends on the page, since it must be a comment
//! there:
//!
//! | page | marker |
//! |---|---|
//! | `.md`, `.markdown`, `.html`, `.htm` | `<!-- telemetry:... -->` |
//! | `.astro` | `{/* telemetry:... */}` or `<!-- telemetry:... -->` (the latter ends up in the built page) |
//! | `.mdx` | `{/* telemetry:... */}` |
//! | `.txt` | `[[telemetry:...]]`, for want of comments |
//!
//! In Markdown and MDX, a marker inside a code block or a code span is only
//! being shown, and is left alone. Tables need a reader that knows GitHub's
//! dialect, as Astro's does.

mod code;
mod content;
mod error;
mod host;
mod marker;
mod pairs;
mod print;
mod sections;
#[cfg(test)]
mod tests;

pub use content::Content;
pub use error::{Problem, RegionError};
pub use host::HostFormat;
pub use sections::{COMMANDS, Sections};

use pairs::Region;
use std::ops::Range;

/// A page with its regions filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The whole page.
    pub text: String,
    /// How many regions it has. A page that is listed as having regions and
    /// has none has probably lost its markers.
    pub regions: usize,
}

/// Fills all regions of a page.
///
/// Filling a page twice gives the same page as filling it once.
///
/// # Errors
///
/// Every marker that is misspelt, misplaced, without its other half, or that
/// names what `content` does not have; all of them, in the order of the page.
pub fn apply(
    text: &str,
    host: HostFormat,
    content: &dyn Content,
) -> Result<Filled, Vec<RegionError>> {
    let marker::Scanned {
        markers,
        mut errors,
        foreign,
    } = marker::scan(text, host);
    let regions = pairs::pair(text, &markers, &mut errors);
    let within = |at| regions.iter().any(|region| region.between().contains(&at));
    errors.extend(
        foreign
            .into_iter()
            .filter(|error| !within(error.span.start)),
    );
    let fills: Vec<_> = regions
        .iter()
        .filter_map(|region| fill(text, host, content, region))
        .collect();
    for marker in &markers {
        errors.extend(content::unknown(text, content, marker));
    }
    if errors.is_empty() {
        Ok(Filled {
            text: replace(text, &fills),
            regions: regions.len(),
        })
    } else {
        errors.sort_by_key(|error| error.span.start);
        Err(errors)
    }
}

/// What goes where; nothing for a name that is not known.
fn fill(
    text: &str,
    host: HostFormat,
    content: &dyn Content,
    region: &Region<'_>,
) -> Option<(Range<usize>, String)> {
    match *region.open.words.as_slice() {
        ["telemetry:section", name, format] => {
            let lines = region.lines(text);
            let printed = content.section(name, format, host)?;
            Some((
                lines.range,
                host.indent(&printed, lines.indent, lines.ending),
            ))
        }
        ["telemetry:value", name] => Some((region.between(), content.value(name, host)?)),
        _ => None,
    }
}

/// The text with each of these ranges, which ascend, replaced.
fn replace(text: &str, fills: &[(Range<usize>, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, fill) in fills {
        filled.push_str(&text[kept..range.start]);
        filled.push_str(fill);
        kept = range.end;
    }
    filled.push_str(&text[kept..]);
    filled
}
