//! What a derive is put on, as far as it concerns us.

use crate::attr;
use crate::errors::Errors;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, Generics, Ident, LitStr, Type};

/// A struct that is to be an event.
pub(crate) struct Event<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of it.
pub(crate) struct Field<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) ty: &'a Type,
}

impl Field<'_> {
    /// The key on the wire.
    pub(crate) fn key(&self) -> String {
        self.name.unraw().to_string()
    }
}

/// An enum that is to be a choice.
pub(crate) struct Choice<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) variants: Vec<(&'a Ident, LitStr)>,
}

/// Reads an event. None means that there are errors.
pub(crate) fn event<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Event<'a>> {
    let Data::Struct(data) = &input.data else {
        errors.at(
            &input.ident,
            "an event is a struct; what it says is declared in events.toml",
        );
        return None;
    };
    if !plain(&input.generics) {
        errors.at(
            &input.generics,
            "an event has no parameters: give each field in events.toml a type of its own",
        );
        return None;
    }
    let fields = match &data.fields {
        Fields::Unit => Vec::new(),
        Fields::Named(fields) => fields
            .named
            .iter()
            .filter_map(|field| {
                Some(Field {
                    name: field.ident.as_ref()?,
                    ty: &field.ty,
                })
            })
            .collect(),
        Fields::Unnamed(fields) => {
            errors.at(
                fields,
                "the fields of an event have names, which are declared in events.toml",
            );
            return None;
        }
    };
    Some(Event {
        name: &input.ident,
        fields,
    })
}

/// Reads a choice. None means that there are errors.
pub(crate) fn choice<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Choice<'a>> {
    if !attr::choice(&input.ident, &input.attrs, errors) {
        return None;
    }
    let Data::Enum(data) = &input.data else {
        errors.at(
            &input.ident,
            "a choice is an enum; its values are declared in events.toml",
        );
        return None;
    };
    if !plain(&input.generics) {
        errors.at(&input.generics, "a choice has no parameters");
        return None;
    }
    let mut variants = Vec::new();
    let mut sound = true;
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                variant,
                format_args!(
                    "a value of a choice is a word and carries nothing: \
                     what more there is to say about `{}` is another field in events.toml",
                    variant.ident
                ),
            );
            sound = false;
            continue;
        }
        match attr::word(&variant.ident, &variant.attrs, errors) {
            Some(word) => variants.push((&variant.ident, word)),
            None => sound = false,
        }
    }
    sound.then_some(Choice {
        name: &input.ident,
        variants,
    })
}

fn plain(generics: &Generics) -> bool {
    generics.params.is_empty() && generics.where_clause.is_none()
}
