//! The Rust that a program includes: types, table, policy and `init`.
//!
//! Everything is written out by full paths, so that no name in `events.toml`
//! can get in its way, and stands in a module of its own that carries the
//! lint attributes, since an included file cannot.

mod choices;
mod events;
mod fallback;
mod policy;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use events::digits;
pub(crate) use fallback::{findings, recall};

use proc_macro2::TokenStream;
use quote::quote;
use telemetry_schema::Bound;

const HEADER: &str = "// The build makes this file from events.toml; edits are lost.\n\n";

/// `events.rs`: all types of a program.
pub(crate) fn events(bound: &Bound) -> String {
    let choices = choices::choices(bound);
    let events = events::events(bound);
    let policy = policy::policy(bound);
    let table = table::table(bound);
    let code = pretty(&module(&quote! {
        #choices
        #events
        #policy
        #table
    }));
    format!("{HEADER}{code}")
}

/// The module that holds the items, and a way to them.
fn module(items: &TokenStream) -> TokenStream {
    quote! {
        // A program need not use all that it declares.
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
        mod declared {
            #items
        }
        #[allow(unused_imports, unreachable_pub)]
        pub use self::declared::*;
    }
}

/// The tokens as somebody would have written them.
fn pretty(tokens: &TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => spaced(&prettyplease::unparse(&file)),
        // rustc will say what is wrong with it.
        Err(_) => tokens.to_string(),
    }
}

/// Puts an empty line between items, which the printer does not. An item
/// ends where a line closes it and the next one begins as far to the right.
fn spaced(code: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut text = String::with_capacity(code.len() + code.len() / 32);
    let mut depths = Vec::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let (depth, content) = (indent(line), line.trim_start());
        depths.retain(|inner| *inner < depth);
        if content.starts_with("mod ") {
            depths.push(depth);
        }
        let within_modules = depth == 4 * depths.len();
        let ends = matches!(content, "}" | "};" | "];") || content.ends_with("];");
        let next = lines.peek().copied().unwrap_or_default();
        if ends && within_modules && indent(next) == depth && !next.trim_start().starts_with('}') {
            text.push('\n');
        }
    }
    text
}

/// Doc comments, one a line.
fn docs<I>(lines: I) -> TokenStream
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let lines = lines.into_iter().map(|line| match line.as_ref() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}
