//! Refuses, by their spelling, the types that somebody in a hurry would try.
//!
//! This only makes for better words: what is spelled otherwise is refused by
//! the trait `Field`, which none but the declared types implement.

use crate::ast::Event;
use crate::errors::Errors;
use syn::{GenericArgument, PathArguments, Type, TypePath};

/// Adds an error for each field of a type that is known to be wrong.
pub(crate) fn fields(event: &Event<'_>, errors: &mut Errors) {
    for field in &event.fields {
        if let Some(kind) = refused(field.ty) {
            let key = field.key();
            errors.at(
                field.ty,
                format_args!(
                    "telemetry cannot carry {}: declare what `{key}` can be in events.toml instead, as\n\n    {}",
                    kind.what(),
                    kind.instead(&key),
                ),
            );
        }
    }
}

/// What is wrong with a type.
#[derive(Clone, Copy)]
enum Wrong {
    Text,
    Number,
    Fraction,
    List,
    Map,
    Reference,
    Time,
    Path,
    Address,
    Compound,
}

impl Wrong {
    fn what(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number without bounds",
            Self::Fraction => "a fraction",
            Self::List => "lists",
            Self::Map => "maps",
            Self::Reference => "references",
            Self::Time => "times and durations as such",
            Self::Path => "paths",
            Self::Address => "addresses or ids",
            Self::Compound => "more than one value in a field",
        }
    }

    /// A declaration that may serve.
    fn instead(self, key: &str) -> String {
        let declaration = match self {
            Self::Text | Self::Reference | Self::Path | Self::Address | Self::Compound => {
                r#"type = "choice", values = { one = "...", other = "..." }"#
            }
            Self::Number => r#"type = "integer", min = 0, max = 1000, unit = "count""#,
            Self::Fraction => r#"type = "integer", min = 0, max = 100, unit = "percent""#,
            Self::List | Self::Map => r#"type = "set", enum = "...""#,
            Self::Time => r#"type = "integer", min = 0, max = 600000, unit = "ms", precision = 10"#,
        };
        format!(r#"{key} = {{ {declaration}, doc = "..." }}"#)
    }
}

/// What is wrong with a type, if its spelling tells.
fn refused(ty: &Type) -> Option<Wrong> {
    match ty {
        Type::Group(group) => refused(&group.elem),
        Type::Paren(paren) => refused(&paren.elem),
        Type::Reference(reference) => Some(refused(&reference.elem).unwrap_or(Wrong::Reference)),
        Type::Array(_) | Type::Slice(_) => Some(Wrong::List),
        Type::Tuple(_) => Some(Wrong::Compound),
        Type::Path(path) => refused_path(path),
        _ => None,
    }
}

fn refused_path(path: &TypePath) -> Option<Wrong> {
    let last = path.path.segments.last()?;
    match last.ident.to_string().as_str() {
        "String" | "str" | "char" | "CString" | "CStr" => Some(Wrong::Text),
        "OsString" | "OsStr" | "PathBuf" | "Path" => Some(Wrong::Path),
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" => Some(Wrong::Number),
        "f32" | "f64" => Some(Wrong::Fraction),
        "Vec" | "VecDeque" | "LinkedList" | "HashSet" | "BTreeSet" => Some(Wrong::List),
        "HashMap" | "BTreeMap" => Some(Wrong::Map),
        "Duration" | "Instant" | "SystemTime" => Some(Wrong::Time),
        "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" | "Uuid" | "Url" => Some(Wrong::Address),
        "Option" | "Set" | "Box" | "Rc" | "Arc" | "Cow" | "Cell" | "RefCell" => {
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    arguments.args.iter().find_map(|argument| match argument {
                        GenericArgument::Type(ty) => refused(ty),
                        _ => None,
                    })
                }
                _ => None,
            }
        }
        _ => None,
    }
}
