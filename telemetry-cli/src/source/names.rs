//! What a path leads to.
//!
//! Imports, re-exports, globs and other names are followed through modules and
//! crates, as far as those are read. Visibility is not looked at, and where a
//! name could mean several things, what is declared wins: an event that might
//! be made counts as made.

use super::modules::{Segments, Tree};
use super::packages::Extern;
use std::collections::{HashMap, HashSet};
use telemetry_schema::{Schema, pascal_case};

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Module(usize),
    /// The runtime itself.
    Runtime,
    /// What is private in the runtime, or below it.
    Private,
    /// An event, by its place in the schema.
    Event(usize),
    /// An enum, by its place in the schema.
    Enum(usize),
    /// A value of an enum, both by their places.
    Value(usize, usize),
    /// Something of the program's own.
    Other,
}

/// The Rust names of what is declared.
pub(super) struct Declared {
    events: HashMap<String, usize>,
    enums: HashMap<String, usize>,
    values: Vec<HashMap<String, usize>>,
}

impl Declared {
    pub(super) fn of(schema: &Schema) -> Self {
        fn numbered<'n>(names: impl Iterator<Item = &'n String>) -> HashMap<String, usize> {
            let names = names.enumerate();
            names
                .map(|(index, name)| (pascal_case(name), index))
                .collect()
        }
        Self {
            events: numbered(schema.events.iter().map(|event| &event.name)),
            enums: numbered(schema.enums.iter().map(|declared| &declared.name)),
            values: schema
                .enums
                .iter()
                .map(|declared| numbered(declared.values.iter().map(|value| &value.name)))
                .collect(),
        }
    }

    fn named(&self, name: &str) -> Option<Target> {
        let event = self.events.get(name).copied().map(Target::Event);
        event.or_else(|| self.enums.get(name).copied().map(Target::Enum))
    }
}

/// Follows the paths of one tree.
pub(super) struct Names<'t> {
    pub(super) tree: &'t Tree,
    pub(super) declared: &'t Declared,
}

/// What is being looked up, so that a circle of imports ends.
type Open = HashSet<(usize, String)>;

impl Names<'_> {
    /// What a path means in a module; none where that is not known.
    pub(super) fn target(&self, module: usize, path: &[String]) -> Option<Target> {
        self.path(module, path, &mut Open::new())
    }

    fn path(&self, module: usize, path: &[String], open: &mut Open) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let of = self.tree.modules.get(module)?.of;
        let mut module = module;
        let mut rest = rest;
        let mut target = match first.as_str() {
            "" => {
                let (name, more) = rest.split_first()?;
                rest = more;
                self.other_crate(of, name)
            }
            "crate" | "$crate" => self.tree.roots.get(of).copied().map(Target::Module),
            "self" => Some(Target::Module(module)),
            "super" => {
                module = self.tree.modules.get(module)?.parent?;
                while let Some((next, more)) = rest.split_first()
                    && next == "super"
                {
                    module = self.tree.modules.get(module)?.parent?;
                    rest = more;
                }
                Some(Target::Module(module))
            }
            name => self
                .name(module, name, open)
                .or_else(|| self.other_crate(of, name)),
        }?;
        for name in rest {
            target = self.step(target, name, open)?;
        }
        Some(target)
    }

    fn step(&self, from: Target, name: &str, open: &mut Open) -> Option<Target> {
        match from {
            Target::Module(module) => self.name(module, name, open),
            Target::Runtime => (name == "__private").then_some(Target::Private),
            Target::Private => Some(Target::Private),
            Target::Enum(index) => {
                let values = self.declared.values.get(index)?;
                values.get(name).map(|value| Target::Value(index, *value))
            }
            Target::Event(_) | Target::Value(..) | Target::Other => None,
        }
    }

    /// A name in a module's scope.
    fn name(&self, number: usize, name: &str, open: &mut Open) -> Option<Target> {
        let module = self.tree.modules.get(number)?;
        if !open.insert((number, name.to_owned())) {
            return None;
        }
        let found = self.named(number, name, open);
        open.remove(&(number, name.to_owned()));
        let own = module.types.contains(name)
            || module.aliases.contains_key(name)
            || module.of_functions.contains_key(name);
        found.or_else(|| own.then_some(Target::Other))
    }

    fn named(&self, number: usize, name: &str, open: &mut Open) -> Option<Target> {
        let module = self.tree.modules.get(number)?;
        if let Some(child) = module.children.get(name) {
            return Some(Target::Module(*child));
        }
        // Which function a name stands in is not looked at: what its import
        // leads to may be meant, and what the module has, too.
        if let Some(target) = self.first(number, module.of_functions.get(name), open) {
            return Some(target);
        }
        if module.types.contains(name) {
            return None;
        }
        if let Some(aliases) = module.aliases.get(name) {
            return self.first(number, Some(aliases), open);
        }
        if let Some(declared) = self.declared.named(name).filter(|_| module.declares) {
            return Some(declared);
        }
        module.globs.iter().find_map(|path| {
            let from = self.path(number, path, open)?;
            self.step(from, name, open)
                .filter(|target| *target != Target::Other)
        })
    }

    /// The first of some paths that leads to something that is known.
    fn first(
        &self,
        module: usize,
        paths: Option<&Vec<Segments>>,
        open: &mut Open,
    ) -> Option<Target> {
        let mut targets = paths
            .into_iter()
            .flatten()
            .map(|path| self.path(module, path, open));
        targets.find_map(|target| target.filter(|target| *target != Target::Other))
    }

    fn other_crate(&self, of: usize, name: &str) -> Option<Target> {
        match self.tree.crates.get(of)?.externs.get(name)? {
            Extern::Runtime => Some(Target::Runtime),
            Extern::Read(index) => self.tree.roots.get(*index).copied().map(Target::Module),
        }
    }

    /// Where in a path it goes into what is private in the runtime.
    pub(super) fn private(&self, module: usize, path: &Segments) -> Option<usize> {
        let at = path.iter().position(|name| name == "__private")?;
        let target = self.target(module, path.get(..=at)?);
        (target == Some(Target::Private)).then_some(at)
    }
}
