//! Which crates are a program's own, as cargo knows them.

use crate::Project;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, Target, TargetKind};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The package whose private paths are private.
const RUNTIME: &str = "telemetry-runtime";

/// A crate that is read.
#[derive(Debug)]
pub(crate) struct Crate {
    /// For people, like `keepsake (bin keepsake)`.
    pub(crate) label: String,
    /// Its root file.
    pub(crate) root: PathBuf,
    /// Whether it is the program's own, and not only a way to its types.
    pub(crate) own: bool,
    /// Other crates by the names that its code has for them.
    pub(crate) externs: HashMap<String, Extern>,
}

/// Another crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extern {
    /// One that is read too, by its place among them.
    Read(usize),
    /// The runtime.
    Runtime,
}

/// The crates of the package that declares, of the workspace's packages that
/// depend on it, and of what is named beside.
pub(super) fn crates(project: &Project, more: &[PathBuf]) -> Result<Vec<Crate>, String> {
    let mut found = Found::default();
    if let Some(manifest) = manifest(project) {
        let metadata = metadata(project, &manifest)?;
        found.users(&metadata, &manifest);
    } else if more.is_empty() {
        return Err(format!(
            "there is no {} and none above: name the program's code by --source",
            project.folder().join("Cargo.toml").display()
        ));
    }
    for path in more {
        found.more(path)?;
    }
    Ok(found.crates)
}

/// The manifest that the declarations stand beside, or the nearest above them.
pub(super) fn manifest(project: &Project) -> Option<PathBuf> {
    let folder = match project.folder() {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let folder = fs::canonicalize(folder).ok()?;
    let mut manifests = folder.ancestors().map(|above| above.join("Cargo.toml"));
    manifests.find(|manifest| manifest.is_file())
}

/// What cargo knows: of a dependency with all that it stands among.
fn metadata(project: &Project, manifest: &Path) -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    if !project.is_a_dependency() {
        command.manifest_path(manifest).no_deps();
    }
    command
        .exec()
        .map_err(|error| format!("cargo metadata does not know the packages here: {error}"))
}

#[derive(Default)]
struct Found {
    crates: Vec<Crate>,
    /// The library of a package, by the package's name.
    libraries: HashMap<String, (String, usize)>,
    /// The package that declares.
    declaring: Option<String>,
}

impl Found {
    /// Takes the package of a manifest, and the members that depend on it.
    fn users(&mut self, metadata: &Metadata, manifest: &Path) {
        let members = metadata.workspace_packages();
        let packages = metadata.packages.iter();
        let declaring = packages.into_iter().find(|package| {
            fs::canonicalize(&package.manifest_path).is_ok_and(|path| path == manifest)
        });
        self.declaring = declaring.map(|package| package.name.to_string());
        // A workspace without a package of its own stands for its members.
        let mut own = declaring.map_or_else(|| members.clone(), |package| vec![package]);
        // Each round finds those that depend on what the last one found.
        let mut looked = 0;
        while let Some(used) = own.get(looked).copied() {
            looked += 1;
            for member in &members {
                let known = own.iter().any(|package| package.id == member.id);
                if !known && uses(member, &used.name) {
                    own.push(member);
                }
            }
        }
        let start = self.crates.len();
        let mut owners = Vec::new();
        for package in own {
            let is_own = members.iter().any(|member| member.id == package.id);
            for target in targets(package) {
                self.target(package, target, is_own);
                owners.push(package);
            }
        }
        self.link(start, &owners);
    }

    /// Takes the code at a place that was named.
    fn more(&mut self, path: &Path) -> Result<(), String> {
        let start = self.crates.len();
        let manifest = path.join("Cargo.toml");
        if path.is_dir() {
            let manifest = fs::canonicalize(&manifest).map_err(|_| {
                format!(
                    "there is no {}: --source takes the folder of a package, or the root file of \
                     a crate",
                    manifest.display()
                )
            })?;
            let metadata = MetadataCommand::new()
                .manifest_path(&manifest)
                .no_deps()
                .exec()
                .map_err(|error| {
                    format!("cargo metadata does not know {}: {error}", path.display())
                })?;
            // A workspace without a package of its own stands for its members.
            let members = metadata.workspace_packages();
            let one = members
                .iter()
                .find(|package| package.manifest_path == manifest);
            let packages = one.map_or(members.as_slice(), std::slice::from_ref);
            let mut owners = Vec::new();
            for package in packages {
                for target in targets(package) {
                    self.target(package, target, true);
                    owners.push(*package);
                }
            }
            self.link(start, &owners);
        } else if path.is_file() {
            let mut externs = HashMap::from([("telemetry_runtime".to_owned(), Extern::Runtime)]);
            let declaring = self.declaring.as_ref();
            if let Some((name, library)) = declaring.and_then(|name| self.libraries.get(name)) {
                externs.insert(name.clone(), Extern::Read(*library));
            }
            self.crates.push(Crate {
                label: path.display().to_string(),
                root: path.to_owned(),
                own: true,
                externs,
            });
        } else {
            return Err(format!("there is no {}", path.display()));
        }
        Ok(())
    }

    fn target(&mut self, package: &Package, target: &Target, own: bool) {
        let library = !target.is_bin();
        if library {
            let name = target.name.replace('-', "_");
            let known = (name, self.crates.len());
            self.libraries.insert(package.name.to_string(), known);
        }
        let label = if library {
            format!("{} (lib)", package.name)
        } else {
            format!("{} (bin {})", package.name, target.name)
        };
        self.crates.push(Crate {
            label,
            root: target.src_path.clone().into(),
            own,
            externs: HashMap::new(),
        });
    }

    /// Gives the crates from `start` on, each with its package, the names that
    /// they have for others.
    fn link(&mut self, start: usize, owners: &[&Package]) {
        for (index, package) in owners.iter().enumerate() {
            let mut externs = HashMap::new();
            if let Some((name, library)) = self.libraries.get(package.name.as_str()) {
                externs.insert(name.clone(), Extern::Read(*library));
            }
            for dependency in &package.dependencies {
                let known = self.libraries.get(&dependency.name);
                let renamed = dependency
                    .rename
                    .as_ref()
                    .map(|name| name.replace('-', "_"));
                if dependency.name == RUNTIME {
                    let name = renamed.unwrap_or_else(|| RUNTIME.replace('-', "_"));
                    externs.insert(name, Extern::Runtime);
                } else if let Some((name, library)) = known {
                    let name = renamed.unwrap_or_else(|| name.clone());
                    externs.insert(name, Extern::Read(*library));
                }
            }
            if let Some(own) = self.crates.get_mut(start + index) {
                own.externs = externs;
            }
        }
    }
}

/// Whether a package is built with another.
fn uses(package: &Package, name: &str) -> bool {
    let mut dependencies = package.dependencies.iter();
    dependencies
        .any(|dependency| dependency.kind == DependencyKind::Normal && dependency.name == name)
}

/// What of a package is the program: its library and its binaries.
fn targets(package: &Package) -> impl Iterator<Item = &Target> {
    package.targets.iter().filter(|target| {
        let library = target.kind.iter().any(|kind| {
            matches!(
                kind,
                TargetKind::Lib
                    | TargetKind::RLib
                    | TargetKind::DyLib
                    | TargetKind::CDyLib
                    | TargetKind::StaticLib
            )
        });
        library || target.is_bin()
    })
}
