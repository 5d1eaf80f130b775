//! The Python binding: built, put beside its package as a wheel would, and tested by the interpreter's own `unittest`.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Binding, Run, exchange};
use crate::process::{cargo, check, command, repo, target_folder, works};

pub(crate) const BINDING: Binding = Binding { name: "python", test, read_others: Some(read_others) };

/// What the extension module is called by every CPython from 3.9 on.
const MODULE: &str = "_engine.abi3.so";

fn test(run: &mut Run<'_>) -> Result<(), String> {
    let python = python();
    if !works(&python, &["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]) {
        return run(
            command("echo").arg(format!("SKIPPED: no {python} of version 3.9 or later: the Python binding"))
        );
    }
    check(cargo().args(["build", "-p", "rollsync-python"]))?;
    let built = target_folder().join("debug/lib_engine.so");
    stage(&built, &place()).map_err(|error| format!("{}: {error}", place().display()))?;
    run(&mut tests())
}

fn read_others(run: &mut Run<'_>) -> Result<(), String> {
    run(tests().arg("test_exchange.py"))
}

fn tests() -> Command {
    let mut tests = command(python());
    tests.arg("bindings/python/tests/run.py").env("PYTHONPATH", place()).env("PYTHONDONTWRITEBYTECODE", "1");
    tests.env("ROLLSYNC_EXCHANGE", exchange::folder()).env("CARGO_TARGET_DIR", target_folder());
    tests.env("ROLLSYNC_PYTHON_TOOLS", repo().join(".oracles/python"));
    tests
}

fn python() -> String {
    env::var("PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Where the package is laid out.
fn place() -> PathBuf {
    target_folder().join("bindings/python")
}

/// Lays out the package in a folder of its own, as it is when it is installed.
fn stage(built: &Path, place: &Path) -> io::Result<()> {
    let package = place.join("rollsync");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    copy_folder(&repo().join("bindings/python/python/rollsync"), &package)?;
    fs::copy(built, package.join(MODULE)).map(drop)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to): (PathBuf, PathBuf) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}
