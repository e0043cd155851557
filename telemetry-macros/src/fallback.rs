//! The impls of a refused type: enough that its uses are not errors too.
//!
//! `for<'never> T: Copy` keeps rustc from asking at once whether the refused
//! type is `Copy`, which would be a second error for the same mistake.

use crate::attr::EventMark;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Ident};

/// The errors, and an event that is never emitted.
pub(crate) fn event(
    input: &DeriveInput,
    mark: Option<&EventMark>,
    errors: &TokenStream,
) -> TokenStream {
    let DeriveInput {
        ident: name,
        generics,
        ..
    } = input;
    // Whatever the mark names is used, or else rustc would warn of its import.
    let program = mark.map(|EventMark { program, .. }| {
        quote! {
            const _: &::telemetry_runtime::wire::Program = &#program;
        }
    });
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let trait_impls = generics.params.is_empty().then(|| event_trait(name));
    quote! {
        #errors
        #program

        #[automatically_derived]
        impl #impl_generics #name #ty_generics #where_clause {
            /// Emits nothing: the type is refused.
            pub fn emit(self) {}
        }

        #trait_impls
    }
}

fn event_trait(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::telemetry_runtime::__private::Sealed for #name {}

        #[automatically_derived]
        impl ::telemetry_runtime::Event for #name
        where
            for<'never> #name: ::core::marker::Copy,
        {
            const PROGRAM: &'static ::telemetry_runtime::wire::Program =
                &::telemetry_runtime::wire::Program {
                    app: "",
                    generations: &[],
                    events: &[],
                    time_precision_ms: 1,
                };
            const CODE: u16 = 0;
            const LEVEL: ::telemetry_runtime::wire::Level =
                ::telemetry_runtime::wire::Level::Verbose;

            fn pack(
                self,
                _: ::telemetry_runtime::wire::Version,
            ) -> ::core::option::Option<u128> {
                ::core::option::Option::None
            }

            fn unpack(_: u128) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        }
    }
}

/// The errors, and a choice without values.
pub(crate) fn choice(input: &DeriveInput, errors: &TokenStream) -> TokenStream {
    let DeriveInput {
        ident: name,
        generics,
        ..
    } = input;
    if !generics.params.is_empty() {
        return errors.clone();
    }
    quote! {
        #errors

        #[automatically_derived]
        impl ::telemetry_runtime::__private::Sealed for #name {}

        #[automatically_derived]
        impl ::telemetry_runtime::__private::Choice for #name
        where
            for<'never> #name: ::core::marker::Copy,
        {
            const NAMES: &'static [&'static str] = &[];

            fn index(self) -> u64 {
                0
            }

            fn from_index(_: u64) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        }

        #[automatically_derived]
        impl ::telemetry_runtime::Field for #name
        where
            for<'never> #name: ::core::marker::Copy,
        {
            const DOMAIN: ::telemetry_runtime::wire::Domain =
                ::telemetry_runtime::wire::Domain::Choice(&[]);

            fn digit(self, _: ::telemetry_runtime::wire::Version) -> u64 {
                0
            }

            fn from_digit(_: u64) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        }
    }
}
