//! Checks that the crates that promise `no_std` need no std, without a target that has none.
//!
//! `probe.rs` is a `no_std` library that brings its own panic handler and allocator and links one crate. Were std
//! anywhere below that crate, there would be two panic handlers, and rustc refuses that (E0152, a duplicate lang item).
//! So a probe that compiles shows that nothing below the crate names std. It does not show that the crate compiles for
//! another processor. A probe that links std itself must be refused: it shows that the check can fail.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::{capture, cargo, repo};

const PROBE: &str = include_str!("no_std/probe.rs");
const CRATES: [&str; 2] = ["rollsync-kernels", "rollsync-core"];
const REFUSAL: &str = "E0152";

/// Checks the crates that promise `no_std`, each built with `--no-default-features`; an error names the one that needs
/// std.
pub(crate) fn run() -> Result<(), String> {
    for package in CRATES {
        let rlib = build(package)?;
        probe(&package.replace('-', "_"), Some(&rlib))
            .map_err(|why| format!("{package} needs std:\n{why}"))?;
        println!("{package} needs no std");
    }
    match probe("std", None) {
        Err(why) if why.contains(REFUSAL) => Ok(()),
        Err(why) => Err(format!("the probe fails for another reason than std:\n{why}")),
        Ok(()) => Err("the probe accepts std: this check shows nothing".into()),
    }
}

/// Builds a crate as its users without std do, and returns its library.
fn build(package: &str) -> Result<PathBuf, String> {
    let mut build = cargo();
    build.args(["build", "--quiet", "--no-default-features", "--message-format=json-render-diagnostics"]);
    let messages = capture(build.args(["--package", package]))?;
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for artifact in artifacts.filter(|message| message["target"]["name"] == package.replace('-', "_")) {
        for file in artifact["filenames"].as_array().into_iter().flatten() {
            if let Some(path) = file.as_str().filter(|path| path.ends_with(".rlib")) {
                return Ok(PathBuf::from(path));
            }
        }
    }
    Err(format!("cargo named no library of {package}"))
}

/// Compiles the probe with the crate `name` linked, from `rlib` unless it is the compiler's own.
fn probe(name: &str, rlib: Option<&Path>) -> Result<(), String> {
    let folder = env::temp_dir().join(format!("rollsync-no-std-{}", std::process::id()));
    let source = folder.join("probe.rs");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&source, PROBE.replace("linked_crate", name)))
        .map_err(|e| format!("{}: {e}", folder.display()))?;

    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc")));
    rustc.current_dir(repo()).args([
        "--edition=2024",
        "--crate-type=staticlib",
        "-Cpanic=abort",
        "--out-dir",
    ]);
    rustc.arg(&folder).arg(&source);
    if let Some(rlib) = rlib {
        // cargo names the copy beside the folder of dependencies.
        let dependencies = rlib.with_file_name("deps");
        rustc.arg("--extern").arg(joined(&format!("{name}="), rlib));
        rustc.arg("-L").arg(joined("dependency=", &dependencies));
    }
    let output = rustc.output().map_err(|e| format!("rustc: {e}"));
    let _ = fs::remove_dir_all(&folder);
    let output = output?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn joined(prefix: &str, path: &Path) -> OsString {
    let mut joined = OsString::from(prefix);
    joined.push(path);
    joined
}
