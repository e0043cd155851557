//! Derives for the types that the build makes from `events.toml`.
//!
//! | module | what it does |
//! |---|---|
//! | `ast` | Rust syntax to our own model |
//! | `attr` | reads `#[telemetry(...)]` |
//! | `check` | refuses field types that can carry text or unbounded numbers |
//! | `expand` | the impls of a sound type |
//! | `fallback` | the impls of a refused type, so that one mistake is one error |
//! | `errors` | collects errors, so that all mistakes of a type show together |
//!
//! The derives see Rust syntax only and open no file; `events.toml` is read
//! by `telemetry-codegen`, which writes the types and their attributes.

mod ast;
mod attr;
mod check;
mod errors;
mod expand;
mod fallback;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct an event: it can be emitted, and the build fails unless it
/// is just what the program's table declares.
///
/// For structs that the build writes from `events.toml`, each marked with
/// `#[telemetry(program = PATH, code = NUMBER, level = LEVEL)]` and its fields
/// in the order of their codes. A struct without the mark is refused.
#[proc_macro_derive(Event, attributes(telemetry))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    expand::event(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum a choice, which fields can hold.
///
/// For enums that the build writes from `events.toml`, marked with
/// `#[telemetry(declared = "NAME")]`, and each variant with
/// `#[telemetry(word = "WORD")]`. An enum without the mark is refused.
#[proc_macro_derive(Choice, attributes(telemetry))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    expand::choice(&parse_macro_input!(input as DeriveInput)).into()
}
