//! One enum for each enum that `events.toml` declares.

use super::docs;
use crate::names::type_ident;
use proc_macro2::TokenStream;
use quote::quote;
use telemetry_schema::Bound;
use telemetry_schema::model::{Enum, Value};

pub(super) fn choices(bound: &Bound) -> TokenStream {
    let choices = bound
        .schema
        .enums
        .iter()
        .enumerate()
        .map(|(index, declared)| {
            let values = bound
                .values_by_code(index)
                .into_iter()
                .map(|(_, value)| value);
            choice(declared, values)
        });
    quote!(#(#choices)*)
}

fn choice<'a>(declared: &Enum, values: impl Iterator<Item = &'a Value>) -> TokenStream {
    let (name, ident) = (&declared.name, type_ident(&declared.name));
    let doc = docs([&declared.doc]);
    let variants = values.map(|value| {
        let (word, ident) = (&value.name, type_ident(&value.name));
        let doc = docs([&value.doc]);
        quote! {
            #doc
            #[telemetry(word = #word)]
            #ident
        }
    });
    quote! {
        #doc
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Choice)]
        #[telemetry(declared = #name)]
        pub enum #ident {
            #(#variants,)*
        }
    }
}
