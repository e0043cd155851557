//! `--package NAME`: the declarations of a package that this project is made
//! of or depends on, found as cargo finds it.

use crate::project::EVENTS;
use cargo_metadata::{Metadata, MetadataCommand, Package};
use std::fs;
use std::path::{Path, PathBuf};

/// A package with declarations.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// As it was named on the command line.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The path of its `events.toml`.
    pub(crate) events: PathBuf,
    /// Where this project's own pages are looked up, if the package is none of
    /// its workspace's members: the root of the workspace.
    pub(crate) depended_on_by: Option<PathBuf>,
}

/// Finds the package of this name; `NAME@VERSION` where there are several. With
/// `locked`, by `Cargo.lock` as it is.
///
/// # Errors
///
/// A sentence that says why there is none, and which ones there are.
pub(crate) fn find(name: &str, locked: bool) -> Result<Found, String> {
    let mut command = MetadataCommand::new();
    if locked {
        command.other_options(["--locked".to_owned()]);
    }
    let metadata = command
        .exec()
        .map_err(|error| format!("cargo metadata does not know the packages here: {error}"))?;
    let package = one(&metadata, name)?;
    let events = events_of(package);
    if !events.is_file() {
        return Err(format!(
            "the package {name} has no {EVENTS}: there is no {}; {}",
            events.display(),
            with_events(&metadata)
        ));
    }
    let member = metadata.workspace_members.contains(&package.id);
    Ok(Found {
        name: name.to_owned(),
        version: package.version.to_string(),
        events,
        depended_on_by: (!member).then(|| metadata.workspace_root.clone().into_std_path_buf()),
    })
}

/// The version of the package in a folder; none where there is no package, or
/// cargo does not know it.
pub(crate) fn version_in(folder: &Path) -> Option<String> {
    let manifest = fs::canonicalize(folder.join("Cargo.toml")).ok()?;
    let metadata = MetadataCommand::new()
        .manifest_path(&manifest)
        .no_deps()
        .exec()
        .ok()?;
    let package = metadata
        .packages
        .iter()
        .find(|package| package.manifest_path == manifest)?;
    Some(package.version.to_string())
}

fn one<'m>(metadata: &'m Metadata, spec: &str) -> Result<&'m Package, String> {
    let (name, version) = match spec.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (spec, None),
    };
    let named: Vec<&Package> = metadata
        .packages
        .iter()
        .filter(|package| package.name.as_str() == name)
        .filter(|package| version.is_none_or(|version| package.version.to_string() == version))
        .collect();
    match named.as_slice() {
        [] => Err(format!(
            "the workspace of {} neither has nor depends on a package {spec}; {}",
            metadata.workspace_root,
            with_events(metadata)
        )),
        [package] => Ok(package),
        several => {
            let versions: Vec<String> = several
                .iter()
                .map(|package| format!("{name}@{}", package.version))
                .collect();
            Err(format!(
                "there is more than one package {spec}; name one of {}",
                versions.join(", ")
            ))
        }
    }
}

fn events_of(package: &Package) -> PathBuf {
    package.manifest_path.with_file_name(EVENTS).into()
}

/// The packages that could have been meant.
fn with_events(metadata: &Metadata) -> String {
    let names: Vec<&str> = metadata
        .packages
        .iter()
        .filter(|package| events_of(package).is_file())
        .map(|package| package.name.as_str())
        .collect();
    if names.is_empty() {
        return format!("no package here has an {EVENTS}");
    }
    format!("those with an {EVENTS} are: {}", names.join(", "))
}
