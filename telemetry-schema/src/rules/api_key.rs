use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::Diagnostic;
use telemetry_wire::{Sink, posthog};

rule! {
    /// `transport.api_key` is the public key of a PostHog project, where the
    /// sink is PostHog, and absent where it is not.
    ///
    /// The key of a project begins with `phc_`. It only lets events in, every
    /// copy of the program contains it, and everybody can read it here. A key
    /// that begins with `phx_` is a personal one, which can read what was
    /// collected: revoke it if it ever was in this file.
    ///
    /// ```toml
    /// [app]
    /// endpoint = "https://eu.i.posthog.com/batch/"
    ///
    /// [transport]
    /// sink = "posthog"
    /// ```
    ///
    /// Write the key as the settings of the project show it:
    ///
    /// ```toml
    /// [app]
    /// endpoint = "https://eu.i.posthog.com/batch/"
    ///
    /// [transport]
    /// sink = "posthog"
    /// api_key = "phc_0a1B2c3D"
    /// ```
    RULE, "T049", "api-key", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(transport) = &declared.transport else {
        return;
    };
    let Some(sink) = &transport.sink else { return };
    let is_posthog = sink.value == Sink::NAMES[1];
    let help = "write `api_key = \"phc_...\"`, as the settings of the project show it";
    match &transport.api_key {
        None if is_posthog => findings.push(
            Diagnostic::new(
                &RULE,
                "PostHog cannot tell which project the events are for",
            )
            .here(&sink.span, "`api_key` is missing beside this")
            .note("every request to PostHog names the project by its public key")
            .help(help),
        ),
        Some(key) if is_posthog && !posthog::is_project_key(&key.value) => {
            let is_personal = key.value.starts_with("phx_");
            let (label, note) = if is_personal {
                (
                    "this is a personal key",
                    "a personal key can read what was collected, and a program cannot keep a secret: revoke this one",
                )
            } else {
                (
                    "must begin with phc_, and go on in letters, digits, `_` and `-`",
                    "every request to PostHog names the project by its public key, which has this form",
                )
            };
            findings.push(
                Diagnostic::new(&RULE, "this is not the public key of a PostHog project")
                    .here(&key.span, label)
                    .note(note)
                    .help(help),
            );
        }
        Some(key) if sink.value == Sink::NAMES[0] => findings.push(
            Diagnostic::new(&RULE, "the sink `events` takes no key")
                .here(&key.span, "would not be sent")
                .note("what stands here and is not sent would mislead whoever reads it")
                .help("remove it, or write `sink = \"posthog\"`"),
        ),
        _ => {}
    }
}
