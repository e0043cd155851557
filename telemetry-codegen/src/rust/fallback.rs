//! What a program includes while its declarations have mistakes: each
//! finding as one compiler error, and stubs of everything whose name could be
//! read, so that the program's own code is not in error too.

use super::{events, module, pretty};
use crate::Artifact;
use crate::names::{any_ident, type_ident};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashSet;
use telemetry_schema::lock::{Lock, LockedKind};
use telemetry_schema::{KnownField, KnownKind, KnownNames};

/// `events.rs` and the texts that it includes, one for each finding.
pub(crate) fn findings(texts: &[String], names: &KnownNames) -> Vec<Artifact> {
    let files: Vec<Artifact> = (1..)
        .zip(texts)
        .map(|(number, text)| Artifact::new(format!("finding_{number}.txt"), text.clone()))
        .collect();
    // Short enough for one line, since rustc shows that line too.
    let errors = files.iter().map(|file| {
        let path = format!("/{}", file.path);
        quote!(compile_error!(include_str!(concat!(env!("OUT_DIR"), #path)));)
    });
    let stubs = module(&stubs(names));
    let code = pretty(&quote! {
        #(#errors)*
        #stubs
    });
    files
        .into_iter()
        .chain([Artifact::new("events.rs", code)])
        .collect()
}

/// Gives fields whose type cannot be read the one that they had, so that the
/// code which emits them stays sound.
pub(crate) fn recall(names: &mut KnownNames, lock: &Lock) {
    for (event, fields) in &mut names.events {
        let locked = lock
            .events
            .iter()
            .find(|locked| locked.name == *event && locked.life.until.is_none());
        let had = locked.map_or(&[][..], |locked| &locked.fields);
        for field in fields {
            let had = had
                .iter()
                .find(|had| had.name == field.name && had.life.until.is_none());
            if let (KnownKind::Unknown, Some(had)) = (&field.kind, had) {
                field.optional = had.shapes.last().is_some_and(|shape| shape.optional);
                field.kind = match &had.kind {
                    LockedKind::Bool => KnownKind::Bool,
                    LockedKind::Choice(name) => KnownKind::Choice(name.clone()),
                    LockedKind::Set(name) => KnownKind::Set(name.clone()),
                    LockedKind::Integer(unit) => KnownKind::Integer(Some(*unit)),
                    LockedKind::Version => KnownKind::Version,
                };
            }
        }
    }
}

fn stubs(names: &KnownNames) -> TokenStream {
    let mut types = HashSet::new();
    let mut new = |name: &String| types.insert(type_ident(name));
    let choices: Vec<TokenStream> = names
        .enums
        .iter()
        .filter(|(name, _)| new(name))
        .map(|(name, values)| choice(name, values))
        .collect();
    let events: Vec<TokenStream> = names
        .events
        .iter()
        .filter(|(name, _)| new(name))
        .map(|(name, fields)| event(name, fields, &names.enums))
        .collect();
    quote! {
        #(#choices)*
        #(#events)*

        pub static PROGRAM: ::telemetry_runtime::wire::Program =
            ::telemetry_runtime::wire::Program {
                app: "",
                generations: &[],
                events: &[],
                time_precision_ms: 1,
            };

        pub static POLICY: ::telemetry_runtime::Policy = ::telemetry_runtime::Policy {
            title: "",
            docs_url: "",
            endpoint: "",
            sink: ::telemetry_runtime::wire::Sink::Events,
            contact: "",
            turn_off: "",
            retention_days: 1,
            upload_interval_hours: 1,
            upload_batch_events: 1,
            consent: [::telemetry_runtime::ConsentDefault::OptIn; 5],
            notice: ::telemetry_runtime::Notice::NONE,
        };

        pub fn init(
            host: ::telemetry_runtime::Host,
            config: &::telemetry_runtime::TelemetryConfig,
        ) -> ::telemetry_runtime::TelemetryCollector {
            ::telemetry_runtime::init(&PROGRAM, &POLICY, host, config)
        }
    }
}

fn choice(name: &str, values: &[String]) -> TokenStream {
    let ident = type_ident(name);
    let mut known = HashSet::new();
    let variants = values
        .iter()
        .map(|word| (word, type_ident(word)))
        .filter(|(_, variant)| known.insert(variant.clone()))
        .map(|(word, variant)| quote!(#[telemetry(word = #word)] #variant));
    quote! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Choice)]
        #[telemetry(declared = #name)]
        pub enum #ident {
            #(#variants,)*
        }
    }
}

/// A field whose type is not known at all takes whatever the program gives it.
fn event(name: &str, fields: &[KnownField], enums: &[(String, Vec<String>)]) -> TokenStream {
    let ident = type_ident(name);
    let mut parameters: Vec<Ident> = Vec::new();
    let fields: Vec<TokenStream> = fields
        .iter()
        .filter_map(|field| Some((any_ident(&field.name)?, field)))
        .map(|(ident, field)| {
            let ty = field_type(field, enums).unwrap_or_else(|| {
                let parameter = format_ident!("Unknown{}", parameters.len());
                parameters.push(parameter.clone());
                quote!(#parameter)
            });
            quote!(pub #ident: #ty)
        })
        .collect();
    quote! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Event)]
        #[telemetry(refused)]
        pub struct #ident<#(#parameters),*> {
            #(#fields,)*
        }
    }
}

/// The type of a field, as far as it is known. Numbers have all the range
/// that there is, since their own may be what is wrong.
fn field_type(field: &KnownField, enums: &[(String, Vec<String>)]) -> Option<TokenStream> {
    let choice = |name: &String| {
        enums
            .iter()
            .any(|(known, _)| known == name)
            .then(|| type_ident(name))
    };
    let ty = match &field.kind {
        KnownKind::Bool => quote!(bool),
        KnownKind::Choice(name) => {
            let choice = choice(name)?;
            quote!(#choice)
        }
        KnownKind::Set(name) => {
            let choice = choice(name)?;
            quote!(::telemetry_runtime::Set<#choice>)
        }
        KnownKind::Integer(unit) => {
            let unit = events::unit_type((*unit)?);
            quote! {
                ::telemetry_runtime::Bounded<
                    ::telemetry_runtime::unit::#unit,
                    { i64::MIN },
                    { i64::MAX },
                >
            }
        }
        KnownKind::Version => quote!(::telemetry_runtime::HostVersion),
        KnownKind::Unknown => return None,
    };
    Some(if field.optional {
        quote!(::core::option::Option<#ty>)
    } else {
        ty
    })
}
