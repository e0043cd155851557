//! The policy as a constant, and the program's `init`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use telemetry_schema::Bound;
use telemetry_schema::model::{ConsentDefault, Sink};

pub(super) fn policy(bound: &Bound) -> TokenStream {
    let (app, policy) = (&bound.schema.app, &bound.schema.policy);
    let (title, docs_url, endpoint) = (&app.title, &app.docs_url, &app.endpoint);
    let (contact, turn_off) = (&app.contact, &app.turn_off);
    let retention_days = Literal::u16_unsuffixed(policy.retention_days);
    let upload_interval_hours = Literal::u16_unsuffixed(policy.upload_interval_hours);
    let upload_batch_events = Literal::u16_unsuffixed(policy.upload_batch_events);
    let consent = policy.consent.iter().map(|default| {
        let default = Ident::new(
            match default {
                ConsentDefault::OptIn => "OptIn",
                ConsentDefault::OptOut => "OptOut",
            },
            Span::call_site(),
        );
        quote!(::telemetry_runtime::ConsentDefault::#default)
    });
    let sink = match &bound.schema.sink {
        Sink::Events => quote!(Events),
        Sink::PostHog { api_key } => quote!(PostHog { api_key: #api_key }),
    };
    let notice = notice(bound);
    quote! {
        /// What `[app]`, `[transport]` and `[policy]` of events.toml promise.
        pub static POLICY: ::telemetry_runtime::Policy = ::telemetry_runtime::Policy {
            title: #title,
            docs_url: #docs_url,
            endpoint: #endpoint,
            sink: ::telemetry_runtime::wire::Sink::#sink,
            contact: #contact,
            turn_off: #turn_off,
            retention_days: #retention_days,
            upload_interval_hours: #upload_interval_hours,
            upload_batch_events: #upload_batch_events,
            consent: [#(#consent),*],
            notice: #notice,
        };

        /// Readies telemetry: call it at the start of `main`, with the
        /// program's name and version from `host!()`. It never fails and
        /// never slows the program; if anything is off, so is telemetry.
        pub fn init(
            host: ::telemetry_runtime::Host,
            config: &::telemetry_runtime::TelemetryConfig,
        ) -> ::telemetry_runtime::TelemetryCollector {
            ::telemetry_runtime::init(&PROGRAM, &POLICY, host, config)
        }
    }
}

/// What the user is told before anything is sent. No field can hold what it
/// says is never collected, whatever a program declares.
fn notice(bound: &Bound) -> TokenStream {
    const NEVER: [&str; 3] = [
        "what you type",
        "what the program prints",
        "names of files, folders, people or machines",
    ];
    let never = NEVER;
    let collects = bound.schema.events.iter().map(|event| {
        let (name, doc, why) = (&event.name, &event.doc, &event.why);
        quote!(::telemetry_runtime::Collected { event: #name, doc: #doc, why: #why })
    });
    let widened = bound.lock.widened().into_iter().map(|widened| {
        let (path, what) = (widened.path, widened.what);
        let since = Literal::u16_unsuffixed(widened.since);
        quote!(::telemetry_runtime::Widened { path: #path, since: #since, what: #what })
    });
    quote! {
        ::telemetry_runtime::Notice {
            collects: &[#(#collects),*],
            never: &[#(#never),*],
            widened: &[#(#widened),*],
        }
    }
}
