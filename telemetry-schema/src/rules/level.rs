use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, nearest, quoted};
use telemetry_wire::Level;

rule! {
    /// An event's level is "minimal", "normal" or "verbose".
    ///
    /// A user chooses how much to let through; an event is emitted when its
    /// level is at or below that choice.
    ///
    /// A level is an event's, and a field has none of its own: an event is sent as a
    /// whole or not at all. Each of the three can be chosen, so there is nothing that
    /// no level sends.
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "debug"
    /// expires = "never"
    /// ```
    ///
    /// Write "minimal" for what is critical, "normal" for what is standard, and
    /// "verbose" for detail:
    ///
    /// ```toml
    /// [events.build]
    /// doc = "A build came to its end."
    /// why = "Tells us how often people build."
    /// level = "verbose"
    /// expires = "never"
    /// ```
    RULE, "T016", "level", Error, Check::Declared(check)
}

/// All levels, the least telling first.
const LEVELS: [Level; 3] = [Level::Minimal, Level::Normal, Level::Verbose];

/// The level of a word.
pub(crate) fn parse(word: &str) -> Option<Level> {
    LEVELS.into_iter().find(|level| level.name() == word)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    for event in declared.events.iter() {
        let Some(level) = &event.item.level else {
            continue;
        };
        if parse(&level.value).is_some() || level.value.trim().is_empty() {
            continue;
        }
        let label = match nearest(&level.value, LEVELS.map(Level::name)) {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None => "not a level".to_owned(),
        };
        let event = quoted(&event.name.value);
        findings.push(
            Diagnostic::new(&RULE, format!("event {event} has the level {}, which does not exist", quoted(&level.value)))
                .here(&level.span, label)
                .note("\"minimal\" is only what is critical, \"normal\" what is standard, \"verbose\" detail for debugging the product")
                .help("write `level = \"normal\"`, or one of the other two"),
        );
    }
}
