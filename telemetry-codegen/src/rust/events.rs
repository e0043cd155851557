//! One struct for each event that `events.toml` declares.

use super::docs;
use crate::names::{field_ident, pascal, type_ident};
use crate::words;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::LitInt;
use telemetry_schema::Bound;
use telemetry_schema::model::{Event, Field, FieldType, Schema, Unit};

pub(super) fn events(bound: &Bound) -> TokenStream {
    let events = bound.schema.events.iter().map(|declared| {
        let fields = bound
            .fields_by_code(declared)
            .into_iter()
            .map(|(_, field)| field);
        event(
            &bound.schema,
            declared,
            bound.event_code(&declared.name),
            fields,
        )
    });
    quote!(#(#events)*)
}

fn event<'a>(
    schema: &Schema,
    declared: &Event,
    code: u16,
    fields: impl Iterator<Item = &'a Field>,
) -> TokenStream {
    let ident = type_ident(&declared.name);
    let doc = docs([
        declared.doc.as_str(),
        "",
        &format!("Why: {}", declared.why),
        "",
        &format!(
            "Level: {}. Expires: {}.",
            declared.level.name(),
            words::expiry(&declared.expires)
        ),
    ]);
    let code = Literal::u16_unsuffixed(code);
    let level = Ident::new(&pascal(declared.level.name()), Span::call_site());
    let fields: Vec<_> = fields.map(|declared| field(schema, declared)).collect();
    let body = if fields.is_empty() {
        quote!(;)
    } else {
        quote!({ #(#fields,)* })
    };
    quote! {
        #doc
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::telemetry_runtime::Event)]
        #[telemetry(program = PROGRAM, code = #code, level = #level)]
        pub struct #ident #body
    }
}

fn field(schema: &Schema, declared: &Field) -> TokenStream {
    let ident = field_ident(&declared.name);
    let ty = field_type(schema, declared);
    let mut lines = vec![declared.doc.clone()];
    if let FieldType::Integer { grid, unit } = &declared.kind {
        lines.push(String::new());
        lines.push(format!(
            "{}; what is out of range counts as the nearest end.",
            words::range(*grid, *unit)
        ));
    }
    let doc = docs(lines);
    quote! {
        #doc
        pub #ident: #ty
    }
}

/// The Rust type of a field.
pub(super) fn field_type(schema: &Schema, field: &Field) -> TokenStream {
    let choice = |index: usize| {
        schema
            .enums
            .get(index)
            .map(|declared| type_ident(&declared.name))
    };
    let ty = match &field.kind {
        FieldType::Bool => quote!(bool),
        FieldType::Choice(index) => {
            let choice = choice(*index);
            quote!(#choice)
        }
        FieldType::Set(index) => {
            let choice = choice(*index);
            quote!(::telemetry_runtime::Set<#choice>)
        }
        FieldType::Integer { grid, unit } => {
            let unit = unit_type(*unit);
            let (min, max) = (integer(grid.min()), integer(grid.max()));
            let precision = (grid.precision() != 0).then(|| {
                let precision = Literal::u8_unsuffixed(grid.precision());
                quote!(, #precision)
            });
            quote!(::telemetry_runtime::Bounded<::telemetry_runtime::unit::#unit, #min, #max #precision>)
        }
        FieldType::Version { .. } => quote!(::telemetry_runtime::HostVersion),
    };
    if field.optional {
        quote!(::core::option::Option<#ty>)
    } else {
        ty
    }
}

/// A number as a generic argument.
pub(super) fn integer(value: i64) -> TokenStream {
    let literal = grouped(u128::from(value.unsigned_abs()));
    if value < 0 {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}

/// A literal with its digits in groups of three.
fn grouped(value: u128) -> LitInt {
    LitInt::new(&digits(value), Span::call_site())
}

/// A number with its digits in groups of three, as Rust writes it.
pub(crate) fn digits(value: u128) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// The type of a unit in `telemetry_runtime::unit`.
pub(super) fn unit_type(unit: Unit) -> Ident {
    let name = match unit {
        Unit::Count => "Count",
        Unit::Percent => "Percent",
        Unit::Microseconds => "Microseconds",
        Unit::Milliseconds => "Milliseconds",
        Unit::Seconds => "Seconds",
        Unit::Minutes => "Minutes",
        Unit::Hours => "Hours",
        Unit::Days => "Days",
        Unit::Bytes => "Bytes",
        Unit::Kibibytes => "Kibibytes",
        Unit::Mebibytes => "Mebibytes",
    };
    Ident::new(name, Span::call_site())
}
