use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, quoted};
use telemetry_wire::Channel;

rule! {
    /// A consent default is "opt-in" or "opt-out".
    ///
    /// "opt-in" is off until somebody turns it on, "opt-out" is on until
    /// somebody turns it off. What cannot be read is no consent.
    ///
    /// ```toml
    /// [policy.consent]
    /// beta = "on"
    /// ```
    ///
    /// Write one of the two words:
    ///
    /// ```toml
    /// [policy.consent]
    /// beta = "opt-out"
    /// ```
    RULE, "T015", "consent-word", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let Some(consent) = declared
        .policy
        .as_ref()
        .and_then(|policy| policy.consent.as_ref())
    else {
        return;
    };
    for (channel, word) in Channel::ALL.iter().zip(consent.channels()) {
        let Some(word) = word else { continue };
        if matches!(word.value.as_str(), "opt-in" | "opt-out") {
            continue;
        }
        findings.push(
            Diagnostic::new(
                &RULE,
                format!("{} is no consent default", quoted(&word.value)),
            )
            .here(&word.span, "must be \"opt-in\" or \"opt-out\"")
            .note("\"opt-in\" is off until somebody turns it on, \"opt-out\" is on until somebody turns it off")
            .help(format!("write `{} = \"opt-in\"` when in doubt", channel.name())),
        );
    }
}
