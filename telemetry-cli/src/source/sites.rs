//! Where events are made and values are said.

use super::modules::{Segments, Tree, attributes, includes_events, segments};
use super::names::{Declared, Names, Target};
use super::notes::{is_for_tests, plain};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ImplItem, Item, Member, Token, TraitItem, Type, UseTree};

/// What a program makes of its declarations; places are those of the schema.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Events that are made somewhere, and which of their fields are given
    /// there, by name: all are, where that cannot be told.
    pub(crate) events: HashMap<usize, Given>,
    /// Fields that something else than `None` is put into after the event was
    /// made, by name: of which event is not known.
    pub(crate) put: HashSet<String>,
    /// Values that are said somewhere, each with its enum.
    pub(crate) values: HashSet<(usize, usize)>,
    /// Paths into what is private in the runtime.
    pub(crate) private: Vec<PrivatePath>,
}

/// The fields that are something else than `None` somewhere.
#[derive(Debug, Default)]
pub(crate) struct Given {
    all: bool,
    fields: HashSet<String>,
}

impl Given {
    /// Whether a field is.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.all || self.fields.contains(field)
    }
}

/// A private path in a file.
#[derive(Debug)]
pub(crate) struct PrivatePath {
    pub(crate) file: usize,
    /// Byte offsets.
    pub(crate) span: Range<usize>,
}

/// Looks through all own crates of a tree.
pub(super) fn seen(tree: &Tree, declared: &Declared) -> Seen {
    let mut seen = Seen::default();
    for (number, module) in tree.modules.iter().enumerate() {
        if !tree.crates.get(module.of).is_some_and(|found| found.own) {
            continue;
        }
        let mut looker = Looker {
            names: Names { tree, declared },
            module: number,
            file: module.file,
            own_type: None,
            seen: &mut seen,
        };
        for item in &module.items {
            looker.visit_item(item);
        }
    }
    seen
}

struct Looker<'t, 's> {
    names: Names<'t>,
    module: usize,
    file: usize,
    /// What `Self` is.
    own_type: Option<Segments>,
    seen: &'s mut Seen,
}

impl Looker<'_, '_> {
    fn target(&self, path: &Segments) -> Option<Target> {
        match (path.split_first(), &self.own_type) {
            (Some((first, rest)), Some(own)) if first == "Self" => {
                let path: Segments = own.iter().chain(rest).cloned().collect();
                self.names.target(self.module, &path)
            }
            _ => self.names.target(self.module, path),
        }
    }

    /// A path where a value is made.
    fn says(&mut self, path: &Segments) {
        match self.target(path) {
            Some(Target::Event(event)) => self.seen.events.entry(event).or_default().all = true,
            Some(Target::Value(of, value)) => drop(self.seen.values.insert((of, value))),
            _ => {}
        }
    }

    /// A place that something is put into.
    fn puts(&mut self, place: &Expr) {
        if let Expr::Field(field) = place
            && let Member::Named(name) = &field.member
        {
            self.seen.put.insert(plain(name));
        }
    }

    /// Looks whether a path is private; `spans` are those of its names.
    fn private(&mut self, path: &Segments, spans: &[proc_macro2::Span]) {
        // Leading colons have no span.
        let colons = path.len() - spans.len();
        let at = self.names.private(self.module, path);
        if let Some(span) = at.and_then(|at| spans.get(at.checked_sub(colons)?)) {
            self.seen.private.push(PrivatePath {
                file: self.file,
                span: span.byte_range(),
            });
        }
    }

    fn private_imports(&mut self, path: &Segments, spans: &[proc_macro2::Span], tree: &UseTree) {
        let with = |name: &syn::Ident| {
            let (mut path, mut spans) = (path.clone(), spans.to_vec());
            path.push(plain(name));
            spans.push(name.span());
            (path, spans)
        };
        match tree {
            UseTree::Path(inner) if inner.ident == "__private" => {
                let (path, spans) = with(&inner.ident);
                self.private(&path, &spans);
            }
            UseTree::Path(inner) => {
                let (path, spans) = with(&inner.ident);
                self.private_imports(&path, &spans, &inner.tree);
            }
            UseTree::Name(inner) => {
                let (path, spans) = with(&inner.ident);
                self.private(&path, &spans);
            }
            UseTree::Rename(inner) => {
                let (path, spans) = with(&inner.ident);
                self.private(&path, &spans);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.private_imports(path, spans, tree);
                }
            }
            UseTree::Glob(_) => {}
        }
    }

    /// What a macro is given: expressions or statements where it is that, and
    /// else words, of which every path counts.
    fn tokens(&mut self, tokens: &TokenStream) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(expressions) = expressions.parse2(tokens.clone()) {
            for expression in &expressions {
                self.visit_expr(expression);
            }
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            for statement in &statements {
                self.visit_stmt(statement);
            }
        } else {
            self.words(tokens);
        }
    }

    fn words(&mut self, tokens: &TokenStream) {
        let mut path = Segments::new();
        let mut spans = Vec::new();
        let mut colons = 0;
        for token in tokens.clone() {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.word(&mut path, &mut spans);
                    }
                    path.push(plain(ident));
                    spans.push(ident.span());
                }
                TokenTree::Group(group) => {
                    self.word(&mut path, &mut spans);
                    self.words(&group.stream());
                }
                _ => self.word(&mut path, &mut spans),
            }
            colons = 0;
        }
        self.word(&mut path, &mut spans);
    }

    fn word(&mut self, path: &mut Segments, spans: &mut Vec<proc_macro2::Span>) {
        if !path.is_empty() {
            self.says(path);
            self.private(path, spans);
        }
        path.clear();
        spans.clear();
    }
}

impl<'ast> Visit<'ast> for Looker<'_, '_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes(item).iter().any(is_for_tests) {
            return;
        }
        match item {
            Item::Impl(item) => {
                let own = match &*item.self_ty {
                    Type::Path(path) => Some(segments(&path.path)),
                    _ => None,
                };
                let around = std::mem::replace(&mut self.own_type, own);
                visit::visit_item_impl(self, item);
                self.own_type = around;
            }
            Item::Use(item) => {
                let colons: Segments = item
                    .leading_colon
                    .map(|_| String::new())
                    .into_iter()
                    .collect();
                self.private_imports(&colons, &[], &item.tree);
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Fn(item) => item.attrs.as_slice(),
            ImplItem::Const(item) => item.attrs.as_slice(),
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        visit::visit_trait_item(self, item);
    }

    // A pattern takes apart what was made elsewhere.
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let compares = matches!(binary.op, BinOp::Eq(_) | BinOp::Ne(_));
        for side in [&binary.left, &binary.right] {
            if !(compares && matches!(**side, Expr::Path(_))) {
                self.visit_expr(side);
            }
        }
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if !is_none(&assign.right) {
            self.puts(&assign.left);
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_reference(&mut self, reference: &'ast syn::ExprReference) {
        if reference.mutability.is_some() {
            self.puts(&reference.expr);
        }
        visit::visit_expr_reference(self, reference);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if PUTTING.iter().any(|method| call.method == method) {
            self.puts(&call.receiver);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.says(&segments(&path.path));
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        if let Some(Target::Event(event)) = self.target(&segments(&made.path)) {
            let given = self.seen.events.entry(event).or_default();
            given.all |= made.rest.is_some();
            for field in &made.fields {
                if let Member::Named(name) = &field.member
                    && !is_none(&field.expr)
                {
                    given.fields.insert(plain(name));
                }
            }
        }
        visit::visit_expr_struct(self, made);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if includes_events(mac) {
            return;
        }
        if mac
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "matches")
        {
            // The rest is a pattern.
            let first = |input: ParseStream<'_>| {
                let first: Expr = input.parse()?;
                input.parse::<TokenStream>()?;
                Ok(first)
            };
            if let Ok(first) = first.parse2(mac.tokens.clone()) {
                self.visit_expr(&first);
            }
            return;
        }
        self.tokens(&mac.tokens);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let spans: Vec<_> = path
            .segments
            .iter()
            .map(|segment| segment.ident.span())
            .collect();
        self.private(&segments(path), &spans);
        visit::visit_path(self, path);
    }
}

/// The methods of `Option` that put something into it.
const PUTTING: [&str; 4] = ["insert", "replace", "get_or_insert", "get_or_insert_with"];

/// `None`, by whatever path.
fn is_none(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "None"),
        _ => false,
    }
}
