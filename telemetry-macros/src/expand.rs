//! The impls of a sound type.
//!
//! A field's type is mentioned as `<T as Field>::...` and in no other way:
//! rustc prints equal errors at one place once, so that a type which cannot
//! be a field is one error however often it is mentioned.

use crate::ast::{self, Choice, Event, Field};
use crate::attr::{self, EventMark};
use crate::errors::Errors;
use crate::{check, fallback};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

/// Expands `derive(Event)`.
pub(crate) fn event(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    // What is not marked is not from the build; anything else that may be
    // wrong with it is beside the point.
    let mark = attr::event(&input.ident, &input.attrs, &mut errors);
    let event = mark.as_ref().and_then(|_| ast::event(input, &mut errors));
    if let Some(event) = &event {
        check::fields(event, &mut errors);
    }
    match (mark, event, errors.into_compile_errors()) {
        (Some(mark), Some(event), None) => event_impls(&mark, &event),
        (mark, _, errors) => fallback::event(input, mark.as_ref(), &errors.unwrap_or_default()),
    }
}

/// Expands `derive(Choice)`.
pub(crate) fn choice(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let choice = ast::choice(input, &mut errors);
    match (choice, errors.into_compile_errors()) {
        (Some(choice), None) => choice_impls(&choice),
        (_, errors) => fallback::choice(input, &errors.unwrap_or_default()),
    }
}

fn event_impls(mark: &EventMark, event: &Event<'_>) -> TokenStream {
    let Event { name, fields } = event;
    let (program, code, level) = (&mark.program, &mark.code, &mark.level);
    let names = fields.iter().map(|field| field.name);
    let push = fields.iter().map(push);
    let pull = fields.iter().map(pull);
    let claims = fields.iter().map(claim);
    let host = (!fields.is_empty())
        .then(|| quote!(host))
        .unwrap_or(quote!(_));
    let disagrees = format!(
        "`{name}` is not what events.toml and events.lock declare for event {code}; \
         events are declared there, and their types are made by the build"
    );
    quote! {
        #[automatically_derived]
        impl ::telemetry_runtime::__private::Sealed for #name {}

        #[automatically_derived]
        impl ::telemetry_runtime::Event for #name {
            const PROGRAM: &'static ::telemetry_runtime::wire::Program = &#program;
            const CODE: u16 = #code;
            const LEVEL: ::telemetry_runtime::wire::Level =
                ::telemetry_runtime::wire::Level::#level;

            #[inline]
            fn pack(
                self,
                #host: ::telemetry_runtime::wire::Version,
            ) -> ::core::option::Option<u128> {
                #[allow(unused_mut)]
                let mut packer = ::telemetry_runtime::__private::Packer::new();
                #(#push)*
                packer.finish()
            }

            fn unpack(payload: u128) -> ::core::option::Option<Self> {
                #[allow(unused_mut)]
                let mut unpacker = ::telemetry_runtime::__private::Unpacker::new(payload);
                #(#pull)*
                unpacker.finish(Self { #(#names),* })
            }
        }

        #[automatically_derived]
        impl #name {
            /// Emits the event, if telemetry is on.
            #[inline]
            pub fn emit(self) {
                ::telemetry_runtime::emit(self);
            }
        }

        const _: () = ::core::assert!(
            #program.agrees(#code, ::telemetry_runtime::wire::Level::#level, &[#(#claims),*]),
            #disagrees
        );
    }
}

fn push(Field { name, ty }: &Field<'_>) -> TokenStream {
    quote_spanned! {ty.span()=>
        packer.push(
            <#ty as ::telemetry_runtime::Field>::digit(self.#name, host),
            <#ty as ::telemetry_runtime::Field>::RADIX,
        );
    }
}

fn pull(Field { name, ty }: &Field<'_>) -> TokenStream {
    quote_spanned! {ty.span()=>
        let #name = <#ty as ::telemetry_runtime::Field>::from_digit(
            unpacker.pull(<#ty as ::telemetry_runtime::Field>::RADIX)?,
        )?;
    }
}

fn claim(field: &Field<'_>) -> TokenStream {
    let (key, ty) = (field.key(), field.ty);
    quote_spanned! {ty.span()=>
        ::telemetry_runtime::wire::Claim {
            name: #key,
            optional: <#ty as ::telemetry_runtime::Field>::OPTIONAL,
            domain: <#ty as ::telemetry_runtime::Field>::DOMAIN,
        }
    }
}

fn choice_impls(choice: &Choice<'_>) -> TokenStream {
    let Choice { name, variants } = choice;
    let words = variants.iter().map(|(_, word)| word);
    let numbered = (0_u64..).zip(variants);
    let to_index = numbered
        .clone()
        .map(|(index, (variant, _))| quote!(Self::#variant => #index));
    let from_index = numbered.map(
        |(index, (variant, _))| quote!(#index => ::core::option::Option::Some(Self::#variant)),
    );
    quote! {
        #[automatically_derived]
        impl ::telemetry_runtime::__private::Sealed for #name {}

        #[automatically_derived]
        impl ::telemetry_runtime::__private::Choice for #name {
            const NAMES: &'static [&'static str] = &[#(#words),*];

            #[inline]
            fn index(self) -> u64 {
                match self {
                    #(#to_index,)*
                }
            }

            fn from_index(index: u64) -> ::core::option::Option<Self> {
                match index {
                    #(#from_index,)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        #[automatically_derived]
        impl ::telemetry_runtime::Field for #name {
            const DOMAIN: ::telemetry_runtime::wire::Domain =
                ::telemetry_runtime::wire::Domain::Choice(
                    <Self as ::telemetry_runtime::__private::Choice>::NAMES,
                );

            #[inline]
            fn digit(self, _: ::telemetry_runtime::wire::Version) -> u64 {
                ::telemetry_runtime::__private::Choice::index(self)
            }

            fn from_digit(digit: u64) -> ::core::option::Option<Self> {
                ::telemetry_runtime::__private::Choice::from_index(digit)
            }
        }
    }
}
