//! What regions can be filled with.

use super::HostFormat;
use super::error::{Problem, RegionError};
use super::marker::Marker;

/// Something that has sections and values by name.
pub trait Content {
    /// The names of all sections, and the formats of each.
    fn sections(&self) -> Vec<(&'static str, Vec<&'static str>)>;

    /// The names of all values.
    fn values(&self) -> Vec<&'static str>;

    /// A section as lines for a page of this kind; none if there is no such
    /// section, or not in this format.
    fn section(&self, name: &str, format: &str, host: HostFormat) -> Option<String>;

    /// A value as a few words for a page of this kind.
    fn value(&self, name: &str, host: HostFormat) -> Option<String>;
}

/// The name in a marker that `content` does not have.
pub(super) fn unknown(
    text: &str,
    content: &dyn Content,
    marker: &Marker<'_>,
) -> Option<RegionError> {
    let problem = match *marker.words.as_slice() {
        ["telemetry:section", name, format] => unknown_section(&content.sections(), name, format),
        ["telemetry:value", name] => unknown_name("value", name, &content.values()),
        _ => None,
    }?;
    Some(RegionError::new(text, marker.span.clone(), problem))
}

fn unknown_section(
    sections: &[(&'static str, Vec<&'static str>)],
    name: &str,
    format: &str,
) -> Option<Problem> {
    let Some((_, formats)) = sections.iter().find(|(known, _)| *known == name) else {
        let names: Vec<_> = sections.iter().map(|(known, _)| *known).collect();
        return unknown_name("section", name, &names);
    };
    (!formats.contains(&format)).then(|| Problem::UnknownFormat {
        section: name.to_owned(),
        found: format.to_owned(),
        known: formats.clone(),
    })
}

fn unknown_name(kind: &'static str, name: &str, known: &[&'static str]) -> Option<Problem> {
    if known.contains(&name) {
        return None;
    }
    let nearest = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .min();
    Some(Problem::UnknownName {
        kind,
        found: name.to_owned(),
        // A third of the letters may be wrong.
        meant: nearest
            .filter(|(typos, known)| *typos <= known.len().div_ceil(3))
            .map(|(_, known)| known),
        known: known.to_vec(),
    })
}
