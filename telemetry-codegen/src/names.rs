//! Names of `events.toml` as Rust writes them.

use proc_macro2::{Ident, Span};
use telemetry_schema::pascal_case;

/// `command_generation` as the name of a type or variant: `CommandGeneration`.
pub(crate) fn pascal(name: &str) -> String {
    let mut pascal = pascal_case(name);
    // The one keyword that is written this way.
    if pascal == "Self" {
        pascal.push('_');
    }
    pascal
}

/// The name of a type or variant.
pub(crate) fn type_ident(name: &str) -> Ident {
    Ident::new(&pascal(name), Span::call_site())
}

/// The name of a field; the rules of `events.toml` keep keywords out.
pub(crate) fn field_ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A name that may be a keyword, raw if need be; none where Rust has no way
/// to write it.
pub(crate) fn any_ident(name: &str) -> Option<Ident> {
    syn::parse_str(name)
        .or_else(|_| syn::parse_str(&format!("r#{name}")))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_raw() {
        assert_eq!(any_ident("type").unwrap().to_string(), "r#type");
        assert_eq!(any_ident("kind").unwrap().to_string(), "kind");
        assert_eq!(any_ident("self"), None);
        assert_eq!(any_ident("a b"), None);
    }

    #[test]
    fn types_are_pascal_case() {
        assert_eq!(pascal("command_generation"), "CommandGeneration");
        assert_eq!(pascal("x86_64"), "X8664");
        assert_eq!(pascal("self"), "Self_");
    }
}
