//! What attributes say of code, and plain names.

use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Lit, Meta, MetaList, Token};

/// A name as others have it: `r#gen` is `gen`.
pub(super) fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// `#[cfg(test)]`, alone or with more, `#[test]` and its like.
pub(super) fn is_for_tests(attribute: &Attribute) -> bool {
    let path = attribute.path();
    let mut names = path.segments.iter().rev();
    if names.next().is_some_and(|name| name.ident == "test") {
        return true;
    }
    match &attribute.meta {
        Meta::List(list) if path.is_ident("cfg") => among(list).first().is_some_and(needs_tests),
        _ => false,
    }
}

/// Whether a condition never holds but in tests.
fn needs_tests(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => among(list).iter().any(needs_tests),
        Meta::List(list) if list.path.is_ident("any") => {
            let conditions = among(list);
            !conditions.is_empty() && conditions.iter().all(needs_tests)
        }
        _ => false,
    }
}

/// What stands between the brackets; nothing where that cannot be told.
fn among(list: &MetaList) -> Vec<Meta> {
    let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.map_or_else(|_| Vec::new(), |metas| metas.into_iter().collect())
}

/// The files that `#[path = "..."]` names for a module.
pub(super) struct Paths {
    always: Option<String>,
    /// By `cfg_attr`, but for those of tests.
    conditional: Vec<String>,
}

impl Paths {
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let mut paths = Self {
            always: attributes.iter().find_map(|found| path(&found.meta)),
            conditional: Vec::new(),
        };
        for attribute in attributes {
            if let Meta::List(list) = &attribute.meta
                && attribute.path().is_ident("cfg_attr")
                && let Some((condition, then)) = among(list).split_first()
                && !needs_tests(condition)
            {
                paths.conditional.extend(then.iter().filter_map(path));
            }
        }
        paths
    }

    /// Those that are meant where a condition holds.
    pub(super) fn conditional(&self) -> impl Iterator<Item = &str> {
        self.conditional.iter().map(String::as_str)
    }

    /// The one that is meant otherwise.
    pub(super) fn always(&self) -> Option<&str> {
        self.always.as_deref()
    }

    /// Whether it is named by none.
    pub(super) fn are_none(&self) -> bool {
        self.always.is_none() && self.conditional.is_empty()
    }

    /// Whether it may be that none is meant.
    pub(super) fn are_conditional(&self) -> bool {
        self.always.is_none()
    }
}

fn path(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(value) if pair.path.is_ident("path") => match &value.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
