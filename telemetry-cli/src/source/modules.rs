//! The files and modules of crates, and what each module brings into scope.

use super::Crate;
use super::notes::{Paths, is_for_tests, plain};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Type, UseTree};

/// The names between the colons of a path; the first is empty where the path
/// begins with colons.
pub(super) type Segments = Vec<String>;

/// All modules of some crates.
#[derive(Default)]
pub(crate) struct Tree {
    pub(super) crates: Vec<Crate>,
    pub(super) modules: Vec<Module>,
    /// The root module of each crate.
    pub(super) roots: Vec<usize>,
    pub(super) files: Vec<File>,
    /// What could not be read, and why.
    pub(super) unread: Vec<String>,
    /// The files that are being read, each a module of the one before.
    open: Vec<PathBuf>,
}

/// A source file.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// A module, and what its names lead to.
#[derive(Default)]
pub(super) struct Module {
    pub(super) of: usize,
    pub(super) parent: Option<usize>,
    pub(super) file: usize,
    pub(super) children: HashMap<String, usize>,
    /// Types that it defines itself.
    pub(super) types: HashSet<String>,
    /// What it imports or gives another name.
    pub(super) aliases: HashMap<String, Vec<Segments>>,
    /// The same in its functions, each of which has a scope of its own.
    pub(super) of_functions: HashMap<String, Vec<Segments>>,
    pub(super) globs: Vec<Segments>,
    /// Whether the types that the build makes are included here.
    pub(super) declares: bool,
    /// All of it but its own modules and what is for tests.
    pub(super) items: Vec<Item>,
}

/// Where the files of a module's own modules are.
struct Folder {
    /// Of the file itself.
    file: PathBuf,
    /// Of `mod name;`.
    children: PathBuf,
}

impl Tree {
    /// Reads all files of these crates.
    pub(super) fn read(crates: Vec<Crate>) -> Self {
        let mut tree = Self {
            crates,
            ..Self::default()
        };
        for of in 0..tree.crates.len() {
            let root = tree.crates.get(of).map(|found| found.root.clone());
            let root = root.unwrap_or_default();
            let folder = root.parent().map(Path::to_owned).unwrap_or_default();
            let module = tree.module(of, None);
            tree.roots.push(module);
            let folder = Folder {
                file: folder.clone(),
                children: folder,
            };
            tree.file(&root, module, &folder);
        }
        tree
    }

    fn module(&mut self, of: usize, parent: Option<usize>) -> usize {
        self.modules.push(Module {
            of,
            parent,
            file: parent
                .and_then(|parent| self.modules.get(parent))
                .map_or(0, |parent| parent.file),
            ..Module::default()
        });
        self.modules.len() - 1
    }

    fn file(&mut self, path: &Path, module: usize, folder: &Folder) {
        let name = shown(path);
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.unread.push(format!("{name} cannot be read: {error}")),
        };
        // A file that is a module of itself is no program.
        let known = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.open.contains(&known) {
            return;
        }
        let parsed = match syn::parse_file(&text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let at = error.span().start();
                let message = format!("{name}:{}: {error}", at.line);
                return self.unread.push(message);
            }
        };
        if let Some(module) = self.modules.get_mut(module) {
            module.file = self.files.len();
        }
        self.files.push(File { name, text });
        if !parsed.attrs.iter().any(is_for_tests) {
            self.open.push(known);
            self.items(parsed.items, module, folder);
            self.open.pop();
        }
    }

    fn items(&mut self, items: Vec<Item>, module: usize, folder: &Folder) {
        for item in items {
            if attributes(&item).iter().any(is_for_tests) {
                continue;
            }
            if let Item::Mod(inner) = item {
                self.inner(inner, module, folder);
                continue;
            }
            if let Some(module) = self.modules.get_mut(module) {
                module.take(item);
            }
        }
    }

    /// A module within a module, in its own file or not.
    fn inner(&mut self, inner: syn::ItemMod, parent: usize, folder: &Folder) {
        let name = plain(&inner.ident);
        let module = self.child(parent, &name);
        if let Some((_, items)) = inner.content {
            let children = folder.children.join(&name);
            let folder = Folder {
                file: children.clone(),
                children,
            };
            return self.items(items, module, &folder);
        }
        let paths = Paths::of(&inner.attrs);
        let by_name = folder.by_name(&name);
        let mut files = Vec::new();
        for path in paths.conditional() {
            let named = folder.at(path);
            if named.0.is_file() {
                files.push(named);
            } else {
                let name = shown(&named.0);
                self.unread
                    .push(format!("{name}, which a condition names, is not there"));
            }
        }
        files.extend(paths.always().map(|path| folder.at(path)));
        if paths.are_none() || paths.are_conditional() && by_name.0.is_file() {
            files.push(by_name);
        }
        let mut files = files.into_iter();
        if let Some((path, folder)) = files.next() {
            self.file(&path, module, &folder);
        }
        // Which one it is, a condition says. The others are modules beside it,
        // by names that no code has, and it has all that they have.
        for (number, (path, folder)) in files.enumerate() {
            let name = format!("{name}#{number}");
            let other = self.child(parent, &name);
            if let Some(module) = self.modules.get_mut(module) {
                module.globs.push(vec!["super".to_owned(), name]);
            }
            self.file(&path, other, &folder);
        }
    }

    /// A new module within another.
    fn child(&mut self, parent: usize, name: &str) -> usize {
        let of = self.modules.get(parent).map_or(0, |parent| parent.of);
        let module = self.module(of, Some(parent));
        if let Some(parent) = self.modules.get_mut(parent) {
            parent.children.insert(name.to_owned(), module);
        }
        module
    }
}

impl Folder {
    /// The file of `mod name;`, and where those of its own modules are.
    fn by_name(&self, name: &str) -> (PathBuf, Self) {
        let children = self.children.join(name);
        let in_folder = children.join("mod.rs");
        let path = if in_folder.is_file() {
            in_folder
        } else {
            self.children.join(format!("{name}.rs"))
        };
        let file = path.parent().map(Path::to_owned).unwrap_or_default();
        (path, Self { file, children })
    }

    /// The same for a path that is written out.
    fn at(&self, path: &str) -> (PathBuf, Self) {
        let path = self.file.join(path);
        let file = path.parent().map(Path::to_owned).unwrap_or_default();
        let children = file.clone();
        (path, Self { file, children })
    }
}

impl Module {
    /// Takes an item, with the names that it brings.
    fn take(&mut self, item: Item) {
        match &item {
            Item::Struct(item) => drop(self.types.insert(plain(&item.ident))),
            Item::Enum(item) => drop(self.types.insert(plain(&item.ident))),
            Item::Union(item) => drop(self.types.insert(plain(&item.ident))),
            Item::Trait(item) => drop(self.types.insert(plain(&item.ident))),
            Item::TraitAlias(item) => drop(self.types.insert(plain(&item.ident))),
            Item::Type(item) => match &*item.ty {
                Type::Path(path) => {
                    add(&mut self.aliases, plain(&item.ident), segments(&path.path));
                }
                _ => drop(self.types.insert(plain(&item.ident))),
            },
            Item::ExternCrate(item) => {
                let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let path = vec![String::new(), plain(&item.ident)];
                add(&mut self.aliases, plain(name), path);
            }
            Item::Macro(item) => self.declares |= includes_events(&item.mac),
            _ => {}
        }
        let aliases = match &item {
            Item::Use(_) => &mut self.aliases,
            // Those of functions count for the whole module.
            _ => &mut self.of_functions,
        };
        let globs = &mut self.globs;
        Uses { aliases, globs }.visit_item(&item);
        self.items.push(item);
    }
}

fn add(aliases: &mut HashMap<String, Vec<Segments>>, name: String, path: Segments) {
    aliases.entry(name).or_default().push(path);
}

/// Finds what is imported anywhere in an item.
struct Uses<'m> {
    aliases: &'m mut HashMap<String, Vec<Segments>>,
    globs: &'m mut Vec<Segments>,
}

impl Uses<'_> {
    fn alias(&mut self, name: String, path: Segments) {
        add(self.aliases, name, path);
    }

    fn tree(&mut self, before: &Segments, tree: &UseTree) {
        let with = |name: &syn::Ident| {
            let mut path = before.clone();
            path.push(plain(name));
            path
        };
        match tree {
            UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = before.last() {
                    self.alias(last.clone(), before.clone());
                }
            }
            UseTree::Name(name) => self.alias(plain(&name.ident), with(&name.ident)),
            UseTree::Rename(name) if name.ident == "self" => {
                self.alias(plain(&name.rename), before.clone());
            }
            UseTree::Rename(name) => self.alias(plain(&name.rename), with(&name.ident)),
            UseTree::Glob(_) => self.globs.push(before.clone()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }
}

impl Visit<'_> for Uses<'_> {
    fn visit_item_use(&mut self, item: &ItemUse) {
        let colons = item.leading_colon.map(|_| String::new());
        self.tree(&colons.into_iter().collect(), &item.tree);
    }

    fn visit_item(&mut self, item: &Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }
}

/// A path's names.
pub(super) fn segments(path: &syn::Path) -> Segments {
    let colons = path.leading_colon.map(|_| String::new());
    let names = path.segments.iter().map(|segment| plain(&segment.ident));
    colons.into_iter().chain(names).collect()
}

/// Whether a macro brings the types that the build makes: the runtime's own,
/// or an `include!` of the file by its name.
pub(super) fn includes_events(mac: &syn::Macro) -> bool {
    let last = mac.path.segments.last().map(|last| last.ident.to_string());
    match last.as_deref() {
        Some("include_events") => true,
        Some("include") => mac.tokens.to_string().contains("/events.rs"),
        _ => false,
    }
}

/// The attributes of an item that could be left out.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// A path as people should see it: below this folder without it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&here).unwrap_or(path);
    below.display().to_string()
}
