//! The .NET binding: with Debian's Mono, and as a package of the .NET SDK's on .NET Core.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Binding, Run, exchange};
use crate::process::{cargo, check, command, repo, target_folder, works};

pub(crate) const BINDING: Binding = Binding { name: "dotnet", test, read_others: None };

/// What the example is built with; Debian has it in a package of its own.
const HTTP: &str = "/usr/lib/mono/4.5/System.Net.Http.dll";

/// What the project file says, for Mono's compiler.
const LANGUAGE: [&str; 4] = ["-langversion:7.2", "-optimize", "-debug", "-warnaserror"];

fn test(run: &mut Run<'_>) -> Result<(), String> {
    let folder = target_folder().join("bindings/dotnet");
    for needed in [&folder, &exchange::folder()] {
        fs::create_dir_all(needed).map_err(|error| format!("{}: {error}", needed.display()))?;
    }
    copy_library(&folder)?;
    test_on_mono(run, &folder)?;
    test_on_core(run, &folder)
}

/// Puts the C library into `folder`.
fn copy_library(folder: &Path) -> Result<(), String> {
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
    fs::copy(&library, copy).map(drop).map_err(|error| format!("{}: {error}", library.display()))
}

/// Runs the tests; what is measured of memory is the whole process', so that goes by itself.
fn run_tests(run: &mut Run<'_>, program: impl Fn() -> Command) -> Result<(), String> {
    for arguments in [&[][..], &["MemoryTests"][..]] {
        let mut tests = program();
        tests.args(arguments).env("ROLLSYNC_EXCHANGE", exchange::folder());
        run(tests.env("ROLLSYNC_GOLDEN", repo().join("testing/vectors/golden.json")))?;
    }
    Ok(())
}

fn test_on_mono(run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
    if !works("mcs", &["--version"]) || !works("mono", &["--version"]) {
        return skip(run, "no mono or mcs: the .NET binding is not tested with Mono");
    }
    if !Path::new(HTTP).exists() {
        return skip(run, &format!("no {HTTP}: the .NET binding is not tested with Mono"));
    }
    let source = repo().join("bindings/dotnet");
    let assembly = folder.join("Rollsync.dll");
    let mut mcs = command("mcs");
    mcs.args(LANGUAGE).args(["-target:library", "-unsafe"]).arg(option("-out:", &assembly));
    mcs.arg(option("-doc:", &folder.join("Rollsync.xml")));
    check(mcs.args(sources(&source.join("src/Rollsync"))?).args(sources(&source.join("src/librsync.net"))?))?;

    let mut mcs = command("mcs");
    mcs.args(LANGUAGE).arg("-main:Rollsync.Tests.Runner").arg(option("-out:", &folder.join("tests.exe")));
    mcs.arg(option("-r:", &assembly)).arg("-r:System.Net.Http");
    check(mcs.args(sources(&source.join("tests"))?).args(sources(&source.join("examples"))?))?;

    run_tests(run, || {
        let mut tests = command("mono");
        tests.arg("--debug").arg(folder.join("tests.exe")).env("LD_LIBRARY_PATH", folder);
        tests
    })
}

/// Tests the package as a program meets it that refers to it: the C library comes out of it too.
fn test_on_core(run: &mut Run<'_>, folder: &Path) -> Result<(), String> {
    let oracle = repo().join(".oracles/dotnet");
    if !oracle.join("sdk/dotnet").exists() {
        return skip(
            run,
            "no .NET Core SDK: the .NET binding's project is not built, and nothing is tested on .NET Core",
        );
    }
    let home = folder.join("home");
    let sdk = Sdk { place: folder.join("core"), packages: oracle.join("packages"), home, oracle };
    if sdk.packages.exists() {
        sdk.test(run, "netstandard2.0", folder)?;
    } else {
        println!(
            "not built for netstandard2.0: ROLLSYNC_NETSTANDARD20=1 testing/oracles/install.sh brings what that takes"
        );
    }
    sdk.test(run, "netstandard2.1", folder)
}

/// The .NET SDK that was put into a folder of the oracles.
struct Sdk {
    oracle: PathBuf,
    /// Packages to build against, where nothing is downloaded.
    packages: PathBuf,
    /// Where everything is put that it makes.
    place: PathBuf,
    /// Where it notes for itself what is to outlast a build.
    home: PathBuf,
}

impl Sdk {
    /// Packs the binding for one framework, builds the tests with that package and runs them.
    fn test(&self, run: &mut Run<'_>, framework: &str, library: &Path) -> Result<(), String> {
        // The version of what is tested stays the same: nothing may be left of the last one.
        for left in ["feed", "tests", "obj", "bin", "cache/rollsync"] {
            let left = self.place.join(left);
            if left.exists() {
                fs::remove_dir_all(&left).map_err(|error| format!("{}: {error}", left.display()))?;
            }
        }
        let feed = self.place.join("feed");
        fs::create_dir_all(&feed).map_err(|error| format!("{}: {error}", feed.display()))?;
        let source = repo().join("bindings/dotnet");

        let mut pack = self.dotnet();
        pack.arg("pack").arg(source.join("Rollsync.csproj")).arg("-o").arg(&feed);
        pack.arg(format!("-p:TargetFrameworks={framework}"));
        pack.arg(option("-p:RollsyncNative=", &library.join("librsync.so.2")));
        check(self.build(&mut pack, "library", &feed))?;

        let tests = self.place.join("tests");
        let mut build = self.dotnet();
        build.arg("build").arg(source.join("tests/Tests.csproj")).arg("-o").arg(&tests);
        check(self.build(&mut build, "program", &feed))?;

        println!("on .NET Core, built for {framework}:");
        run_tests(run, || {
            let mut program = self.dotnet();
            program.arg(tests.join("tests.dll"));
            program
        })
    }

    /// What every build is told: to leave nothing in the sources, and nobody running.
    fn build<'c>(&self, command: &'c mut Command, name: &str, feed: &Path) -> &'c mut Command {
        let mut sources = feed.as_os_str().to_owned();
        if self.packages.exists() {
            sources.push("%3B");
            sources.push(&self.packages);
        }
        command.args([
            "-c",
            "Release",
            "--nologo",
            "-v:quiet",
            "-nodereuse:false",
            "-p:UseSharedCompilation=false",
        ]);
        command.arg(option("-p:RestoreSources=", Path::new(&sources)));
        command.arg(option("-p:RestorePackagesPath=", &self.place.join("cache")));
        command.arg(folder_option("-p:BaseIntermediateOutputPath=", &self.place.join("obj").join(name)));
        command.arg(folder_option("-p:BaseOutputPath=", &self.place.join("bin").join(name)))
    }

    fn dotnet(&self) -> Command {
        let mut dotnet = command(self.oracle.join("sdk/dotnet"));
        dotnet.env("LD_LIBRARY_PATH", self.oracle.join("openssl"));
        dotnet.env("HOME", &self.home).env("DOTNET_CLI_HOME", &self.home);
        dotnet.env("DOTNET_CLI_TELEMETRY_OPTOUT", "1").env("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false");
        dotnet.env("DOTNET_MULTILEVEL_LOOKUP", "0").env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        dotnet
    }
}

fn skip(run: &mut Run<'_>, what: &str) -> Result<(), String> {
    run(command("echo").arg(format!("SKIPPED: {what}")))
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}

/// One that the SDK puts other names behind.
fn folder_option(name: &str, path: &Path) -> String {
    format!("{name}{}/", path.display())
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
