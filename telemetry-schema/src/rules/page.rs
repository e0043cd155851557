//! What is found in the pages of `[docs]`, by whoever fills them.

use super::Check;
use crate::diagnostic::Diagnostic;
use std::ops::Range;

rule! {
    /// Every marker of a page begins or ends a region that is known.
    ///
    /// A section stands between two markers on lines of their own, a value
    /// between two markers in a sentence. Markers that are misspelt, nested,
    /// without their other half, or that name what there is not, would leave
    /// a part of the page as it was, and it would no longer be true.
    ///
    /// ```text
    /// <!-- telemetry:section evnets table -->
    /// <!-- /telemetry:section -->
    /// ```
    ///
    /// Write the name that the finding suggests, or the half that is missing:
    ///
    /// ```text
    /// <!-- telemetry:section events table -->
    /// <!-- /telemetry:section -->
    /// ```
    REGION, "T035", "page-region", Error, Check::Page
}

rule! {
    /// A page that is listed has at least one region.
    ///
    /// A page without any has lost its markers, and what it says of the
    /// program is kept up to date by nobody. Put the markers back, or take
    /// the page from `pages` under `[docs]`.
    ///
    /// ```text
    /// # Privacy
    ///
    /// We collect nothing.
    /// ```
    ///
    /// Say it where it is kept true:
    ///
    /// ```text
    /// # Privacy
    ///
    /// <!-- telemetry:section collected table -->
    /// <!-- /telemetry:section -->
    /// ```
    NO_REGION, "T036", "page-without-region", Error, Check::Page
}

/// What is wrong with a marker of a page, by its place in the page's text.
pub fn broken_region(span: &Range<usize>, message: String, help: String) -> Diagnostic {
    Diagnostic::new(&REGION, message)
        .here(span, "")
        .note("nothing on this page is filled while one of its markers is wrong")
        .help(help)
}

/// A page has no region.
pub fn without_region() -> Diagnostic {
    Diagnostic::new(&NO_REGION, "this page has no region")
        .here(&(0..0), "nothing here is made from the declarations")
        .note("it is listed in `pages` under `[docs]`")
        .help("put the markers of a region where it belongs, such as `telemetry:section collected table`, or take the page from the list")
}
