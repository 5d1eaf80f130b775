//! The .NET binding, with Debian's Mono.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Binding, Run, exchange};
use crate::process::{cargo, check, command, repo, target_folder, works};

pub(crate) const BINDING: Binding = Binding { name: "dotnet", test, read_others: None };

/// What the example is built with; Debian has it in a package of its own.
const HTTP: &str = "/usr/lib/mono/4.5/System.Net.Http.dll";

/// What the project file says, for Mono's compiler.
const LANGUAGE: [&str; 4] = ["-langversion:7.2", "-optimize", "-debug", "-warnaserror"];

fn test(run: &mut Run<'_>) -> Result<(), String> {
    if !works("mcs", &["--version"]) || !works("mono", &["--version"]) {
        return run(command("echo").arg("SKIPPED: no mono or mcs: the .NET binding is not tested"));
    }
    if !Path::new(HTTP).exists() {
        return run(command("echo").arg(format!("SKIPPED: no {HTTP}: the .NET binding is not tested")));
    }
    let folder = target_folder().join("bindings/dotnet");
    let exchange = exchange::folder();
    for needed in [&folder, &exchange] {
        fs::create_dir_all(needed).map_err(|error| format!("{}: {error}", needed.display()))?;
    }
    build(&folder)?;
    // What is measured of memory is the whole process'.
    for arguments in [&[][..], &["MemoryTests"][..]] {
        let mut tests = command("mono");
        tests.arg("--debug").arg(folder.join("tests.exe")).args(arguments);
        tests.env("LD_LIBRARY_PATH", &folder).env("ROLLSYNC_EXCHANGE", &exchange);
        run(tests.env("ROLLSYNC_GOLDEN", repo().join("testing/vectors/golden.json")))?;
    }
    Ok(())
}

/// Puts the C library, the binding and its tests into `folder`.
fn build(folder: &Path) -> Result<(), String> {
    check(cargo().args(["build", "-p", "librsync-abi"]))?;
    let library = target_folder().join("debug/librsync.so");
    let copy = folder.join("librsync.so.2");
    // Who still runs with the last one keeps it.
    match fs::remove_file(&copy) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", copy.display()));
        }
        _ => {}
    }
    fs::copy(&library, copy).map_err(|error| format!("{}: {error}", library.display()))?;

    let source = repo().join("bindings/dotnet");
    let assembly = folder.join("Rollsync.dll");
    let mut mcs = command("mcs");
    mcs.args(LANGUAGE).args(["-target:library", "-unsafe"]).arg(option("-out:", &assembly));
    mcs.arg(option("-doc:", &folder.join("Rollsync.xml")));
    check(mcs.args(sources(&source.join("src/Rollsync"))?).args(sources(&source.join("src/librsync.net"))?))?;

    let mut mcs = command("mcs");
    mcs.args(LANGUAGE).arg("-main:Rollsync.Tests.Runner").arg(option("-out:", &folder.join("tests.exe")));
    mcs.arg(option("-r:", &assembly)).arg("-r:System.Net.Http");
    check(mcs.args(sources(&source.join("tests"))?).args(sources(&source.join("examples"))?))
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}

/// The C# files of a folder.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "cs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
