//! The program's table: everything that it can send, now and in earlier
//! generations, as the lock file remembers it.

use super::events::integer;
use crate::history::enum_at;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use std::fmt::Write as _;
use telemetry_schema::Bound;
use telemetry_schema::lock::{
    Lock, LockedEnum, LockedEvent, LockedField, LockedKind, LockedShape, LockedValue,
};
use telemetry_schema::model::Schema;
use telemetry_wire::{Level, Life};

pub(super) fn table(bound: &Bound) -> TokenStream {
    let Bound { schema, lock, .. } = bound;
    let enums = lock.enums.iter().enumerate().map(|(index, locked)| {
        let ident = values_ident(lock, index);
        let values = locked.values.iter().map(value);
        quote!(const #ident: &[ValueDescriptor] = &[#(#values),*];)
    });
    let generations = lock.generations.iter().map(|generation| {
        let number = Literal::u16_unsuffixed(generation.number);
        let fingerprint = hexadecimal(generation.fingerprint);
        quote!(Generation { number: #number, fingerprint: #fingerprint })
    });
    let events = lock.events.iter().map(|locked| event(schema, lock, locked));
    let app = &lock.app;
    let time_precision_ms =
        Literal::u32_unsuffixed(schema.policy.time_precision_seconds.saturating_mul(1000));
    quote! {
        pub use self::table::PROGRAM;

        mod table {
            use ::telemetry_runtime::wire::{
                EventDescriptor, FieldDescriptor, Generation, Grid, Kind, Level, Life, Program,
                Shape, ValueDescriptor,
            };

            const fn value(code: u16, name: &'static str, life: Life) -> ValueDescriptor {
                ValueDescriptor { code, name, life }
            }

            const fn shape(since: u16, optional: bool, kind: Kind) -> Shape {
                Shape { since, optional, kind }
            }

            #(#enums)*

            /// All that the program can send, and could in earlier generations.
            pub static PROGRAM: Program = Program {
                app: #app,
                generations: &[#(#generations),*],
                events: &[#(#events),*],
                time_precision_ms: #time_precision_ms,
            };
        }
    }
}

fn event(schema: &Schema, lock: &Lock, locked: &LockedEvent) -> TokenStream {
    let (code, name, life) = (
        Literal::u16_unsuffixed(locked.code),
        &locked.name,
        life(locked.life),
    );
    let declared = declared(schema, locked);
    let level = match declared.map_or(Level::Normal, |event| event.level) {
        Level::Minimal => quote!(Minimal),
        Level::Normal => quote!(Normal),
        Level::Verbose => quote!(Verbose),
    };
    let fields = locked.fields.iter().map(|field| {
        let stable = field.life.until.is_none()
            && declared
                .and_then(|event| {
                    event
                        .fields
                        .iter()
                        .find(|declared| declared.name == field.name)
                })
                .is_some_and(|declared| declared.stable);
        self::field(lock, field, stable)
    });
    quote! {
        EventDescriptor {
            code: #code,
            name: #name,
            level: Level::#level,
            life: #life,
            fields: &[#(#fields),*],
        }
    }
}

/// The declaration of an event that still lives.
fn declared<'a>(
    schema: &'a Schema,
    locked: &LockedEvent,
) -> Option<&'a telemetry_schema::model::Event> {
    if locked.life.until.is_some() {
        return None;
    }
    schema.events.iter().find(|event| event.name == locked.name)
}

fn field(lock: &Lock, locked: &LockedField, stable: bool) -> TokenStream {
    let (code, name, life) = (
        Literal::u16_unsuffixed(locked.code),
        &locked.name,
        life(locked.life),
    );
    let shapes = locked
        .shapes
        .iter()
        .map(|shape| self::shape(lock, locked, shape));
    quote! {
        FieldDescriptor {
            code: #code,
            name: #name,
            stable: #stable,
            life: #life,
            shapes: &[#(#shapes),*],
        }
    }
}

fn shape(lock: &Lock, field: &LockedField, shape: &LockedShape) -> TokenStream {
    let (since, optional) = (Literal::u16_unsuffixed(shape.since), shape.optional);
    let values =
        |name: &str| enum_at(lock, name, field.life.since).map(|index| values_ident(lock, index));
    let kind = match &field.kind {
        LockedKind::Bool => quote!(Kind::Bool),
        LockedKind::Choice(name) => {
            let values = values(name);
            quote!(Kind::Choice(#values))
        }
        LockedKind::Set(name) => {
            let values = values(name);
            quote!(Kind::Set(#values))
        }
        LockedKind::Integer(_) => {
            let grid = shape.grid.map(|grid| {
                let (min, max) = (integer(grid.min()), integer(grid.max()));
                let precision = Literal::u8_unsuffixed(grid.precision());
                quote!(Grid::new(#min, #max, #precision))
            });
            quote!(Kind::Integer(#grid))
        }
        LockedKind::Version => quote!(Kind::Version),
    };
    quote!(shape(#since, #optional, #kind))
}

fn value(locked: &LockedValue) -> TokenStream {
    let (code, name, life) = (
        Literal::u16_unsuffixed(locked.code),
        &locked.name,
        life(locked.life),
    );
    quote!(value(#code, #name, #life))
}

fn life(life: Life) -> TokenStream {
    let since = Literal::u16_unsuffixed(life.since);
    match life.until.map(Literal::u16_unsuffixed) {
        None => quote!(Life::since(#since)),
        Some(until) => quote!(Life { since: #since, until: ::core::option::Option::Some(#until) }),
    }
}

/// `VALUES_OF_BACKEND`; the second enum of that name has a 2 after it.
fn values_ident(lock: &Lock, index: usize) -> Ident {
    let enums = lock.enums.get(..=index).unwrap_or_default();
    let name = enums.last().map_or("", |locked: &LockedEnum| &locked.name);
    let mut ident = format!("VALUES_OF_{}", name.to_ascii_uppercase());
    let bearers = enums.iter().filter(|locked| locked.name == name).count();
    if bearers > 1 {
        // Writing to a String does not fail.
        let _ = write!(ident, "_{bearers}");
    }
    Ident::new(&ident, Span::call_site())
}

fn hexadecimal(value: u32) -> TokenStream {
    let literal = syn::LitInt::new(
        &format!("0x{:04X}_{:04X}", value >> 16, value & 0xFFFF),
        Span::call_site(),
    );
    quote!(#literal)
}
