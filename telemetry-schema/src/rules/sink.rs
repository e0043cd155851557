use super::Check;
use crate::declared::Declarations;
use crate::diagnostic::{Diagnostic, listed, nearest, quoted};
use telemetry_wire::{Sink, posthog};

rule! {
    /// `transport.sink` is "events" or "posthog".
    ///
    /// "events" is a server that takes a JSON array of events and answers for
    /// each, as `telemetry-ingest` does. "posthog" is PostHog, whose endpoint
    /// ends in `/batch/`.
    ///
    /// ```toml
    /// [transport]
    /// sink = "post-hog"
    /// ```
    ///
    /// Write the one that takes what is sent:
    ///
    /// ```toml
    /// [app]
    /// endpoint = "https://eu.i.posthog.com/batch/"
    ///
    /// [transport]
    /// sink = "posthog"
    /// api_key = "phc_0a1B2c3D"
    /// ```
    RULE, "T048", "sink", Error, Check::Declared(check)
}

fn check(declared: &Declarations, findings: &mut Vec<Diagnostic>) {
    let transport = declared.transport.as_ref();
    let Some(sink) = transport.and_then(|transport| transport.sink.as_ref()) else {
        return;
    };
    if !Sink::NAMES.contains(&sink.value.as_str()) {
        let near = nearest(&sink.value, Sink::NAMES).unwrap_or(Sink::NAMES[0]);
        findings.push(
            Diagnostic::new(&RULE, format!("{} is no sink", quoted(&sink.value)))
                .here(&sink.span, format!("must be {}", listed(Sink::NAMES, "or")))
                .note("the form of a request, and what it carries beside the events, is known for these")
                .help(format!("write `sink = \"{near}\"`")),
        );
        return;
    }
    let endpoint = declared.app.as_ref().and_then(|app| app.endpoint.as_ref());
    if let Some(endpoint) = endpoint
        && sink.value == Sink::NAMES[1]
        && !endpoint.value.ends_with(posthog::PATH_END)
    {
        findings.push(
            Diagnostic::new(&RULE, "PostHog takes no batch of events at this endpoint")
                .here(&endpoint.span, "must end in /batch/")
                .note("the form of a request is that of PostHog's batch API, which has this path")
                .help(
                    "write the whole URL, as in `endpoint = \"https://eu.i.posthog.com/batch/\"`",
                ),
        );
    }
}
