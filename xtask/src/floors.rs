//! The floors of the workspace: `kernels <- core <- rollsync <- {librsync-abi, net} <- {cli, bindings}`.
//!
//! A product crate depends on lower floors only. Tests, benches, fuzz targets and developer commands stand beside the
//! floors: they may use any crate, and a product crate may use them as dev-dependencies only.

use std::path::Path;

use serde_json::Value;

use crate::process::{capture, cargo};

#[cfg(test)]
mod tests;

const FLOORS: [(&str, u8); 6] = [
    ("rollsync-kernels", 0),
    ("rollsync-core", 1),
    ("rollsync", 2),
    ("librsync-abi", 3),
    ("rollsync-net", 3),
    ("rollsync-cli", 4),
];
const BINDINGS: (&str, u8) = ("bindings", 4);
const BESIDE: [&str; 4] = ["testing", "fuzz", "bench", "xtask"];

/// The highest floor that keeps to `FOREIGN`.
const LEAN: u8 = 1;
/// What comes from outside on the lean floors.
const FOREIGN: [&str; 2] = ["blake2b_simd", "blake3"];

/// Checks every manifest of the workspace; an error lists the dependencies that break the rule.
pub(crate) fn run() -> Result<(), String> {
    let metadata = capture(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata = serde_json::from_str(&metadata).map_err(|e| format!("cargo metadata: {e}"))?;
    let crates = crates(&metadata)?;
    let broken = broken(&crates);
    if broken.is_empty() {
        println!("{} crates keep to their floors", crates.len());
        return Ok(());
    }
    broken.iter().for_each(|line| println!("  {line}"));
    Err(format!("{} dependencies break the floors", broken.len()))
}

struct Crate<'a> {
    name: &'a str,
    place: Place,
    /// The names of its normal and build dependencies.
    needs: Vec<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Floor(u8),
    Beside,
}

fn crates(metadata: &Value) -> Result<Vec<Crate<'_>>, String> {
    let root = text(metadata, "workspace_root")?;
    list(metadata, "packages")?.iter().map(|package| read_crate(package, Path::new(root))).collect()
}

fn read_crate<'a>(package: &'a Value, root: &Path) -> Result<Crate<'a>, String> {
    let name = text(package, "name")?;
    let manifest = Path::new(text(package, "manifest_path")?);
    let folder = manifest.strip_prefix(root).map_err(|_| format!("{name} lies outside the workspace"))?;
    let mut needs = Vec::new();
    for dependency in list(package, "dependencies")? {
        if dependency["kind"] != "dev" {
            needs.push(text(dependency, "name")?);
        }
    }
    Ok(Crate { name, place: place(name, folder)?, needs })
}

// A crate that nobody has placed is an error: it would escape the rule.
fn place(name: &str, manifest: &Path) -> Result<Place, String> {
    if let Some((_, floor)) = FLOORS.iter().find(|(known, _)| *known == name) {
        Ok(Place::Floor(*floor))
    } else if manifest.starts_with(BINDINGS.0) {
        Ok(Place::Floor(BINDINGS.1))
    } else if BESIDE.iter().any(|folder| manifest.starts_with(folder)) {
        Ok(Place::Beside)
    } else {
        Err(format!("{name} ({}) has no floor: give it one in xtask/src/floors.rs", manifest.display()))
    }
}

fn broken(crates: &[Crate<'_>]) -> Vec<String> {
    let mut broken = Vec::new();
    for Crate { name, place, needs } in crates {
        let Place::Floor(floor) = *place else { continue };
        for need in needs {
            let target = crates.iter().find(|other| other.name == *need).map(|other| other.place);
            let why = match target {
                Some(Place::Floor(lower)) if lower < floor => continue,
                Some(Place::Floor(lower)) if lower == floor => format!("sideways on F{lower}"),
                Some(Place::Floor(higher)) => format!("up on F{higher}"),
                Some(Place::Beside) => "which is no product crate: only a dev-dependency may".into(),
                None if floor > LEAN || FOREIGN.contains(need) => continue,
                None => format!("from outside: up to F{LEAN} only {} may", FOREIGN.join(", ")),
            };
            broken.push(format!("{name} (F{floor}) depends on {need}, {why}"));
        }
    }
    broken
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    value[key].as_str().ok_or_else(|| format!("cargo metadata: no {key}"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, String> {
    value[key].as_array().ok_or_else(|| format!("cargo metadata: no {key}"))
}
