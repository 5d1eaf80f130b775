use std::env;
use std::path::Path;

use crate::bindings::{self, Binding, exchange};
use crate::corpus::{self, Size};
use crate::parts::{Parts, Report};
use crate::process::{cargo, command, repo, watch};
use crate::{floors, install, no_std, programs};

const SKIP: &str = "SKIPPED: ";
/// The variables by which the tests find the real librsync 2.3.4 and the file pairs.
const LIBRSYNC: &str = "ROLLSYNC_ORACLE_LIBRSYNC";
const CORPUS: &str = "ROLLSYNC_CORPUS";

/// Runs every check of the project; an error names what failed.
pub(crate) fn run() -> Result<(), String> {
    let mut parts = Parts::default();
    let mut counts = Counts::default();
    parts.run("oracles", oracles);
    parts.run("corpus", || corpus::make(Size::Small));
    parts.run("floors", || floors::run().map(|()| Report::default()));
    parts.run("no_std", || no_std::run().map(|()| Report::default()));
    parts.run("build", build_tests);
    parts.run("tests", || cargo_test(&mut counts));
    parts.run("install", install::test);
    // With AVX-512, AVX2 is not the best that there is.
    let avx2 = if has_avx512() { &["avx2"][..] } else { &[] };
    for &isa in [&["portable", "sse2"][..], avx2].concat().iter() {
        parts.run(isa, || capped_test(&mut counts, isa));
    }
    bindings_tests(&mut parts, &mut counts, None);
    finish(parts, &counts)
}

/// Runs the tests of all bindings, or of the one with this name, and looks at what they have written.
pub(crate) fn run_bindings(name: Option<&str>) -> Result<(), String> {
    if let Some(name) = name.filter(|name| bindings::ALL.iter().all(|binding| binding.name != *name)) {
        let names: Vec<&str> = bindings::ALL.iter().map(|binding| binding.name).collect();
        return Err(format!("{name} is none of {}", names.join(", ")));
    }
    let (mut parts, mut counts) = (Parts::default(), Counts::default());
    parts.run("oracles", oracles);
    bindings_tests(&mut parts, &mut counts, name);
    finish(parts, &counts)
}

fn finish(parts: Parts, counts: &Counts) -> Result<(), String> {
    let done = parts.finish(env::var_os("REQUIRE_ORACLE").is_some_and(|v| v == "1"));
    println!("\n{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.ignored);
    done
}

fn bindings_tests(parts: &mut Parts, counts: &mut Counts, only: Option<&str>) {
    if let Err(why) = exchange::clear() {
        parts.run("exchange", || Err(why));
    }
    let wanted =
        |binding: &&Binding| only.is_none_or(|name| binding.name == name || binding.name == "exchange");
    for binding in bindings::ALL.iter().filter(wanted) {
        parts.run(binding.name, || binding_test(counts, binding));
    }
}

fn oracles() -> Result<Report, String> {
    let mut report = Report::default();
    watch(command("bash").arg("testing/oracles/install.sh"), |line| report.note_skip(line))?;
    Ok(report)
}

fn build_tests() -> Result<Report, String> {
    watch(cargo().args(["test", "--workspace", "--no-run"]), |_| {})?;
    Ok(Report::default())
}

fn cargo_test(counts: &mut Counts) -> Result<Report, String> {
    let mut report = Report::default();
    let mut test = cargo();
    test.args(["test", "--workspace", "--no-fail-fast"]);
    let places = [
        (LIBRSYNC, repo().join(".oracles/librsync-2.3.4/librsync.so")),
        (CORPUS, corpus::folder(Size::Small)),
    ];
    for (variable, path) in places.into_iter().filter(|(variable, path)| is_needed(variable, path)) {
        test.env(variable, path);
    }
    watch(&mut test, |line| {
        report.note_skip(line);
        counts.note_result(line);
    })?;
    if counts.passed == 0 {
        return Err("no test ran".into());
    }
    Ok(report)
}

/// The tests of the engine again, with no better instructions than `isa`, a name of x86-64.
fn capped_test(counts: &mut Counts, isa: &str) -> Result<Report, String> {
    let mut report = Report::default();
    if isa != "portable" && !cfg!(target_arch = "x86_64") {
        return Ok(report);
    }
    let before = counts.passed;
    let mut failed = Vec::new();
    for program in programs::of(&["crates/kernels", "crates/core", "crates/rollsync"])? {
        let run = watch(program.command().env("ROLLSYNC_ISA", isa), |line| {
            report.note_skip(line);
            counts.note_result(line);
        });
        failed.extend(run.err());
    }
    if !failed.is_empty() {
        return Err(failed.join(", "));
    }
    if counts.passed == before { Err("no test ran".into()) } else { Ok(report) }
}

fn binding_test(counts: &mut Counts, binding: &Binding) -> Result<Report, String> {
    let mut report = Report::default();
    let before = counts.passed;
    (binding.test)(&mut |tests| {
        watch(tests, |line| {
            report.note_skip(line);
            counts.note_result(line);
        })
    })?;
    let left = exchange::folder().join(binding.name).exists() || binding.name == exchange::BINDING.name;
    match report.skipped.is_empty() {
        true if counts.passed == before => Err("no test ran".into()),
        true if !left => Err("nothing is left for the other bindings".into()),
        _ => Ok(report),
    }
}

fn has_avx512() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512f");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// What the caller has set is left alone, and a place that is not there is not named.
fn is_needed(variable: &str, path: &Path) -> bool {
    env::var_os(variable).is_none() && path.exists()
}

impl Report {
    // A test may be named on the same line, before what it skips.
    fn note_skip(&mut self, line: &str) {
        if let Some(at) = line.find(SKIP) {
            let what = line[at + SKIP.len()..].to_owned();
            if !self.skipped.contains(&what) {
                self.skipped.push(what);
            }
        }
    }
}

/// The sums of the test runner's closing lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    // test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
    fn note_result(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for (number, what) in counts.split("; ").filter_map(|part| part.split_once(' ')) {
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Report};

    #[test]
    fn closing_lines_are_summed() {
        let mut counts = Counts::default();
        for line in [
            "running 4 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 20 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 12.34s",
        ] {
            counts.note_result(line);
        }
        assert_eq!(counts, Counts { passed: 23, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_skip_is_noted_once_wherever_it_stands() {
        let mut report = Report::default();
        for line in ["SKIPPED: no rdiff", "test delta ... SKIPPED: no rdiff", "test a ... ok"] {
            report.note_skip(line);
        }
        assert_eq!(report.skipped, ["no rdiff"]);
    }
}
