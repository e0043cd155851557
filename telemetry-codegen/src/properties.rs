//! Property tests of a program's events: one set for each event, over code
//! that is the same for all (`templates/properties.rs`).
//!
//! The including file brings the program in as `program`.

use crate::history;
use crate::names::{field_ident, type_ident};
use crate::rust::{grouped, pretty};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use telemetry_schema::model::{Event, Field, FieldType};
use telemetry_schema::{Bound, bits, both};

const SUPPORT: &str = include_str!("../templates/properties.rs");

/// Events with at most this many payloads are tried in full.
const FEW: u128 = 20_000;

/// Events in the sample that is searched for signs of a person.
const SAMPLE: u32 = 1_000;

/// proptest takes tuples of up to twelve strategies.
const TUPLE: usize = 10;

/// The text of `generated/properties.rs`.
pub(crate) fn properties(bound: &Bound) -> String {
    let words = history::vocabulary(&bound.lock);
    let words = words.iter();
    let choices = (0..).zip(&bound.schema.enums).map(|(index, declared)| {
        let (table, choice) = (table_ident(&declared.name), type_ident(&declared.name));
        let values = bound.values_by_code(index).into_iter().map(|(_, value)| {
            let (variant, word) = (type_ident(&value.name), &value.name);
            quote!((program::#choice::#variant, #word))
        });
        quote! {
            static #table: &[(program::#choice, &str)] = &[#(#values),*];
        }
    });
    let kinds = bound.schema.events.iter().map(|declared| {
        let strategy = strategy_ident(&declared.name);
        quote!(packed(#strategy).boxed())
    });
    let sample = Literal::u32_unsuffixed(SAMPLE);
    let sampled = (!bound.schema.events.is_empty()).then(|| {
        quote! {
            #[test]
            fn a_thousand_events_tell_of_nobody() {
                sample_tells_of_nobody(#sample, proptest::strategy::Union::new([#(#kinds),*]));
            }
        }
    });
    let choices = pretty(&quote! {
        static UPLOAD_SCHEMA: &str = include_str!("schemas/upload.schema.json");

        #(#choices)*
    });
    let (some, others) = bound.schema.events.split_at(bound.schema.events.len() / 2);
    let (some, others) = both(|| of_each(bound, some), || of_each(bound, others));
    let end = pretty(&quote! {
        #sampled

        #[test]
        fn the_words_are_those_of_the_privacy_page() {
            words_are(&[#(#words),*]);
        }
    });
    format!(
        "// `cargo telemetry generate` makes this file from events.toml. Do not edit it.\n\
         //\n\
         // Include it in a test: use your_crate as program; include!(\"../generated/properties.rs\");\n\n\
         {choices}{some}{others}{end}\n\
         // The rest is the same for every program.\n\n\
         {SUPPORT}"
    )
}

/// One by one: all at once they are far more tokens than a processor's caches
/// hold.
fn of_each(bound: &Bound, events: &[Event]) -> String {
    let events = events.iter();
    events
        .map(|declared| pretty(&event(bound, declared)))
        .collect()
}

fn event(bound: &Bound, declared: &Event) -> TokenStream {
    let name = &declared.name;
    let (strategy, event) = (strategy_ident(name), type_ident(name));
    let kind = format_ident!("KIND_OF_{}", name.to_ascii_uppercase());
    let schema = format!("schemas/{name}.schema.json");
    // More than a record holds is refused long before this.
    let payloads = bits::payloads(&bound.schema, declared).unwrap_or(u128::MAX);
    let count = grouped(payloads);
    let comes_through = format_ident!("any_{name}_comes_through");
    let refused = format_ident!("what_is_no_{name}_is_refused");
    let every = (payloads <= FEW).then(|| {
        let every = format_ident!("every_{name}_comes_through");
        quote! {
            #[test]
            fn #every() {
                every_value_comes_through::<program::#event>(&#kind);
            }
        }
    });
    let values = strategy_of(bound, declared);
    quote! {
        static #kind: Kind = Kind {
            name: #name,
            schema: include_str!(#schema),
            payloads: #count,
        };

        #values

        #[test]
        fn #comes_through() {
            values_come_through(&#kind, #strategy);
        }

        #every

        #[test]
        fn #refused() {
            anything_else_is_refused(&#kind, #strategy);
        }
    }
}

/// The function that makes any value of an event, with its JSON.
fn strategy_of(bound: &Bound, declared: &Event) -> TokenStream {
    let name = &declared.name;
    let (strategy, event) = (strategy_ident(name), type_ident(name));
    let fields: Vec<&Field> = bound
        .fields_by_code(declared)
        .into_iter()
        .map(|(_, field)| field)
        .collect();
    let host = if fields
        .iter()
        .any(|field| matches!(field.kind, FieldType::Version { .. }))
    {
        quote!(host)
    } else {
        quote!(_)
    };
    let idents: Vec<Ident> = fields
        .iter()
        .map(|field| field_ident(&field.name))
        .collect();
    let keys = fields.iter().map(|field| &field.name);
    let values: Vec<TokenStream> = fields.iter().map(|field| values_of(bound, field)).collect();
    if fields.is_empty() {
        return quote! {
            fn #strategy(_: Version) -> impl Strategy<Value = (program::#event, Value)> {
                Just((program::#event {}, says(#name, [])))
            }
        };
    }
    let pattern = tuples(&idents);
    let strategies = tuples(&values);
    quote! {
        fn #strategy(#host: Version) -> impl Strategy<Value = (program::#event, Value)> {
            #strategies.prop_map(|#pattern| {
                (
                    program::#event { #(#idents: #idents.0),* },
                    says(#name, [#((#keys, #idents.1)),*]),
                )
            })
        }
    }
}

/// One tuple, or a tuple of tuples where proptest has none so long.
fn tuples(parts: &[impl ToTokens]) -> TokenStream {
    if parts.len() <= TUPLE {
        return quote!((#(#parts,)*));
    }
    let chunks = parts.chunks(TUPLE).map(|chunk| quote!((#(#chunk,)*)));
    quote!((#(#chunks,)*))
}

fn values_of(bound: &Bound, field: &Field) -> TokenStream {
    let table = |index: usize| {
        bound
            .schema
            .enums
            .get(index)
            .map(|declared| table_ident(&declared.name))
    };
    let values = match &field.kind {
        FieldType::Bool => quote!(truth()),
        FieldType::Choice(index) => {
            let table = table(*index);
            quote!(one_of(#table))
        }
        FieldType::Set(index) => {
            let table = table(*index);
            quote!(some_of(#table))
        }
        FieldType::Integer { .. } => quote!(number()),
        FieldType::Version { .. } => quote!(version(host)),
    };
    if field.optional {
        quote!(maybe(#values))
    } else {
        values
    }
}

/// The function that makes any value of an event.
fn strategy_ident(event: &str) -> Ident {
    format_ident!("any_{event}")
}

/// The list of an enum's values.
fn table_ident(choice: &str) -> Ident {
    format_ident!("VALUES_OF_{}", choice.to_ascii_uppercase())
}
