//! The engine's tests under tools that see what a test cannot: `AddressSanitizer` and valgrind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::Value;

use crate::fuzz::host;
use crate::parts::{Parts, Report};
use crate::process::{capture, cargo, check, command, repo, target_folder, works};

/// The packages, and the tests that valgrind makes too long: it slows down some fifty times.
const UNDER_VALGRIND: [(&str, &[&str]); 3] =
    [("rollsync-kernels", &[]), ("rollsync-core", &SLOW_IN_CORE), ("rollsync", &SLOW_IN_LIBRARY)];
const SLOW_IN_CORE: [&str; 9] = [
    "a_long_delta_does_not_depend_on_slicing",
    "a_spent_budget",
    "every_profile_has_its_rule",
    "many_records_of_one_weak_sum",
    "memory::",
    "no_more_memory_than_its_limit",
    "the_same_deltas_with",
    "vectors::deltas",
    "work::",
];
const SLOW_IN_LIBRARY: [&str; 4] = ["asynchronous::", "any_number_of_threads", "files::", "streams::"];
/// Cases of each property under valgrind.
const CASES: &str = "20";
/// These call cargo, which would build the examples with the flags meant for the tests.
const EXAMPLES: &str = "examples::";
/// Programs in C that use the C library, and misuse it.
const IN_C: [&str; 7] = [
    "tests/c/misuse.c",
    "tests/c/files.c",
    "tests/c/pipes.c",
    "tests/c/threads.c",
    "examples/streaming.c",
    "examples/sealed.c",
    "examples/poll.c",
];
/// The instruction sets of x86-64 beside the best one.
const LESSER_ISAS: [&str; 2] = ["portable", "sse2"];

/// Runs all of it; an error names what failed.
pub(crate) fn run() -> Result<(), String> {
    let mut parts = Parts::default();
    parts.run("asan", || asan(None).map(|()| Report::default()));
    for isa in LESSER_ISAS {
        parts.run(isa, || asan(Some(isa)).map(|()| Report::default()));
    }
    parts.run("c library", || asan_in_c().map(|()| Report::default()));
    parts.run("valgrind", valgrind);
    parts.finish(std::env::var_os("REQUIRE_ORACLE").is_some_and(|v| v == "1"))
}

/// The tests of kernels, core and library with every access checked, leaks too. What stands in std is not instrumented,
/// but the memory it takes is watched.
fn asan(isa: Option<&str>) -> Result<(), String> {
    let mut test = cargo();
    test.args(["test", "--lib", "--test", "it", "--no-fail-fast", "--target", &host()?]);
    test.args(["-p", "rollsync-kernels", "-p", "rollsync-core"]);
    if isa.is_none() {
        test.args(["-p", "rollsync"]);
    }
    test.arg("--target-dir")
        .arg(target_folder().join("sanitize"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=address");
    if let Some(isa) = isa {
        test.env("ROLLSYNC_ISA", isa);
    }
    check(test.args(["--", "--quiet", "--skip", EXAMPLES]))
}

/// Programs in C on the C library, every access of both checked, leaks too. The runtime is that of the C compiler.
fn asan_in_c() -> Result<(), String> {
    let (host, target) = (host()?, target_folder().join("sanitize"));
    let mut library = cargo();
    library.args(["rustc", "-p", "librsync-abi", "--lib", "--crate-type", "cdylib", "--target", &host]);
    library.arg("--target-dir").arg(&target);
    check(library.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address"))?;
    let folder = target.join(host).join("debug");
    let loaded = folder.join("librsync.so.2");
    let _ = fs::remove_file(&loaded);
    symlink("librsync.so", &loaded).map_err(|error| format!("{}: {error}", loaded.display()))?;
    let sources = repo().join("crates/librsync-abi");
    let program = folder.join("in-c");
    for source in IN_C {
        println!("{source}");
        let mut cc = command("cc");
        cc.args(["-fsanitize=address", "-g", "-O1", "-D_GNU_SOURCE", "-pthread", "-I"]);
        cc.arg(sources.join("include")).arg(sources.join(source)).arg("-o").arg(&program);
        check(cc.arg("-L").arg(&folder).arg("-lrsync"))?;
        check(command(&program).env("LD_LIBRARY_PATH", &folder))?;
    }
    Ok(())
}

/// Most of the tests, uninstrumented: reads of memory that nobody has written, which `AddressSanitizer` does not
/// see.
fn valgrind() -> Result<Report, String> {
    if !works("valgrind", &["--version"]) {
        return Ok(Report { skipped: vec!["no valgrind: apt-get install valgrind".into()] });
    }
    for (package, slow) in UNDER_VALGRIND {
        for test in test_programs(package)? {
            println!("valgrind: {}", test.display());
            let mut run = command("valgrind");
            run.args(["--quiet", "--error-exitcode=99", "--leak-check=no", "--fair-sched=yes"]);
            run.arg(test).args(["--test-threads=1", "--quiet", "--skip", EXAMPLES]);
            for test in slow {
                run.args(["--skip", test]);
            }
            check(run.env("PROPTEST_CASES", CASES))?;
        }
    }
    Ok(Report::default())
}

/// The test programs of a package, built as ever.
fn test_programs(package: &str) -> Result<Vec<PathBuf>, String> {
    let mut build = cargo();
    build.args(["test", "--no-run", "--lib", "--test", "it", "--message-format=json-render-diagnostics"]);
    let messages = capture(build.args(["--package", package]))?;
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let programs: Vec<PathBuf> =
        artifacts.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect();
    if programs.is_empty() { Err(format!("cargo named no test of {package}")) } else { Ok(programs) }
}
