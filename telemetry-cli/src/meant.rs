//! What to say to somebody who named what is not there.

use telemetry_schema::diagnostic::nearest;

/// The name that was most likely meant, or else all that there are, which are
/// `kind`: "the events".
pub(crate) fn instead(word: &str, kind: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("{kind} are none"),
        None => format!("{kind} are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_meant_and_otherwise_all_are_named() {
        let known = ["session_start", "session_end"];
        assert_eq!(
            instead("sesion_end", "the events", &known),
            "did you mean `session_end`?"
        );
        assert_eq!(
            instead("other", "the events", &known),
            "the events are: session_start, session_end"
        );
        assert_eq!(instead("x", "its fields", &[]), "its fields are none");
    }
}
