//! Diagnostics for people, in the shape that rustc gives them.

use super::{Diagnostic, File, Label, Severity};
use crate::Sources;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;

/// Renders diagnostics, with an empty line after each.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources<'_>, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&one(diagnostic, sources, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn one(diagnostic: &Diagnostic, sources: &Sources<'_>, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .elements(snippets(diagnostic, sources));
    group = group.elements(
        diagnostic
            .notes
            .iter()
            .map(|note| Level::NOTE.message(note.as_str())),
    );
    group = group.elements(
        diagnostic
            .helps
            .iter()
            .map(|help| Level::HELP.message(help.as_str())),
    );
    renderer.render(&[group])
}

/// One snippet a file, the primary label's file first.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    sources: &Sources<'a>,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let Some(primary) = diagnostic.labels.first() else {
        return Vec::new();
    };
    let other = match primary.file {
        File::Events => File::Lock,
        File::Lock => File::Events,
    };
    [primary.file, other]
        .into_iter()
        .filter(|file| diagnostic.labels.iter().any(|label| label.file == *file))
        .map(|file| {
            let (name, text) = sources.file(file);
            let annotations = diagnostic
                .labels
                .iter()
                .filter(|label| label.file == file)
                .map(|label| annotation(label, std::ptr::eq(label, primary), text));
            Snippet::source(text).path(name).annotations(annotations)
        })
        .collect()
}

fn annotation<'a>(
    label: &'a Label,
    primary: bool,
    text: &str,
) -> annotate_snippets::Annotation<'a> {
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let annotation = kind.span(within(&label.span, text));
    if label.text.is_empty() {
        annotation
    } else {
        annotation.label(label.text.as_str())
    }
}

/// The span, moved to where characters of the text begin and end.
pub(super) fn within(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    start..end
}
