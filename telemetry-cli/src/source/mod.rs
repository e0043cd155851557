//! A program's own code, read as text: what of its declarations it makes.
//!
//! | module | what it does |
//! |---|---|
//! | `packages` | which crates are the program's own, as cargo knows them |
//! | `modules` | their files and modules, and what each brings into scope |
//! | `notes` | what attributes say of code, and plain names |
//! | `names` | what a path leads to |
//! | `sites` | where events are made and values are said |
//!
//! Nothing is compiled: macros are not expanded and `cfg` is not evaluated, but
//! for `cfg(test)`, whose code is left out. [`UNSEEN`] says it to people.

mod modules;
mod names;
mod notes;
mod packages;
mod sites;

pub(crate) use sites::Seen;

use crate::Project;
use modules::Tree;
use names::Declared;
use packages::Crate;
use std::path::PathBuf;
use telemetry_schema::Schema;

/// What reading code without compiling it does not show.
pub(crate) const UNSEEN: &str = "\
What makes a value counts, whether or not it is ever reached or emitted. Not seen is what macros put
together, what `include!` brings, what is made of numbers (`Field::from_digit`), and the code of other
crates. Tests are left out, and what any other `cfg` leaves out is not.";

/// The code that was read.
pub(crate) struct Code {
    tree: Tree,
}

impl Code {
    /// Reads the program's own crates, and those at more places: a package's
    /// folder, or the root file of a crate.
    ///
    /// # Errors
    ///
    /// A sentence that says why the code cannot be found.
    pub(crate) fn read(project: &Project, more: &[PathBuf]) -> Result<Self, String> {
        let crates = packages::crates(project, more)?;
        Ok(Self {
            tree: Tree::read(crates),
        })
    }

    /// Whether there is code that the declarations belong to.
    pub(crate) fn exists(project: &Project) -> bool {
        packages::manifest(project).is_some()
    }

    /// What of a schema it makes.
    pub(crate) fn seen(&self, schema: &Schema) -> Seen {
        sites::seen(&self.tree, &Declared::of(schema))
    }

    /// The crates that were looked at, for people.
    pub(crate) fn crates(&self) -> Vec<&str> {
        let crates = self.tree.crates.iter().filter(|found| found.own);
        crates.map(|found| found.label.as_str()).collect()
    }

    /// How many files were read.
    pub(crate) fn files(&self) -> usize {
        self.tree.files.len()
    }

    /// A file's path as people should see it, and its text.
    pub(crate) fn file(&self, index: usize) -> (&str, &str) {
        self.tree
            .files
            .get(index)
            .map_or(("", ""), |file| (&file.name, &file.text))
    }

    /// What should have been read and could not be: a sentence each.
    pub(crate) fn unread(&self) -> &[String] {
        &self.tree.unread
    }
}
