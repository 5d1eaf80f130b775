//! Fuzzing with libFuzzer and `AddressSanitizer`, on the stable toolchain.
//!
//! What a target does is in `testing/fuzz-targets`; the programs are in `fuzz/`, a workspace of its own. libFuzzer needs
//! two things of the compiler that stable rustc has and hides: coverage counters and the sanitizer. `RUSTC_BOOTSTRAP=1`
//! shows them.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, check, command, repo, target_folder};

// Comparisons are not traced: that takes three quarters of the time, and the seeds hold every magic.
const FLAGS: &str = "--cfg fuzzing -Zsanitizer=address -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-simplifycfg-branch-fold-threshold=0";
/// Bytes of the longest input, of the largest block of memory, of all memory, and seconds for one input (on a machine
/// that may be busy).
const LIMITS: [&str; 5] =
    ["-max_len=4096", "-malloc_limit_mb=128", "-rss_limit_mb=1536", "-timeout=120", "-report_slow_units=120"];
/// The most bytes of inputs that are kept for a target.
const KEPT_MAX: u64 = 100 << 10;

/// What the words after `fuzz` ask for.
#[derive(Debug, PartialEq, Eq)]
struct Request<'a> {
    target: Option<&'a str>,
    seconds: u32,
    /// The inputs that bring out something are put into `fuzz/corpus`.
    keep: bool,
}

impl<'a> Request<'a> {
    fn read(words: &[&'a str]) -> Result<Self, String> {
        let mut request = Self { target: None, seconds: 60, keep: false };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            match word {
                "--keep" => request.keep = true,
                "--seconds" => {
                    let seconds = words.next().and_then(|seconds| seconds.parse().ok());
                    request.seconds = seconds.filter(|n| *n > 0).ok_or("--seconds: a number from 1 on")?;
                }
                word if word.starts_with('-') || request.target.is_some() => {
                    return Err(format!("{word}: usage: fuzz [TARGET] [--seconds N] [--keep]"));
                }
                target => request.target = Some(target),
            }
        }
        Ok(request)
    }
}

/// Builds the programs and runs one after another; an error names those that found something.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let request = Request::read(words)?;
    // Where seeds, inputs and programs lie; nothing in it is missed.
    let work = target_folder().join("fuzz");
    let targets = targets(request.target)?;
    check(command("bash").arg("testing/oracles/install.sh"))?;
    let seeds = work.join("seeds");
    let mut seeding = cargo();
    seeding.args(["run", "--quiet", "--package", "rollsync-fuzz-targets", "--bin", "fuzz-seeds"]);
    check(seeding.arg(&seeds))?;
    let programs = build(&work)?;

    println!("\n{:<16} {}", "target", Run::HEAD);
    let mut guilty = Vec::new();
    for target in &targets {
        let folders = Folders::of(target, &work);
        if !folders.seeds.exists() {
            // Why, `fuzz-seeds` has said.
            println!("{target:<16} SKIPPED");
            continue;
        }
        let run = fuzz(&programs.join(target), &folders, request.seconds)?;
        println!("{target:<16} {run}");
        for finding in &run.findings {
            println!("    {}", finding.display());
        }
        if run.is_guilty() {
            println!("    {}", folders.log.display());
            guilty.push(target.as_str());
        }
        if request.keep {
            keep(&programs.join(target), &folders)?;
        }
    }
    if guilty.is_empty() { Ok(()) } else { Err(format!("found something: {}", guilty.join(", "))) }
}

/// The names of the programs, or of the one that is asked for.
fn targets(wanted: Option<&str>) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for file in files(&repo().join("fuzz/fuzz_targets"))? {
        names.push(file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    }
    match wanted {
        None => Ok(names),
        Some(wanted) if names.iter().any(|name| name == wanted) => Ok(vec![wanted.to_owned()]),
        Some(wanted) => Err(format!("{wanted}: there are {}", names.join(", "))),
    }
}

/// Builds all programs; the folder they are in.
fn build(work: &Path) -> Result<PathBuf, String> {
    let host = host()?;
    let mut build = cargo();
    // With a target named, what runs at build time is left as it is.
    build.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &host]);
    build.arg("--target-dir").arg(work.join("build")).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
    check(&mut build)?;
    Ok(work.join("build").join(host).join("release"))
}

/// The compiler's own target.
pub(crate) fn host() -> Result<String, String> {
    let said = capture(command(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"))).arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV names no host".into())
}

/// The folders of a target.
struct Folders {
    seeds: PathBuf,
    /// What is found as it goes.
    corpus: PathBuf,
    /// What is in the repository.
    kept: PathBuf,
    findings: PathBuf,
    log: PathBuf,
}

impl Folders {
    fn of(target: &str, work: &Path) -> Self {
        Self {
            seeds: work.join("seeds").join(target),
            corpus: work.join("corpus").join(target),
            kept: repo().join("fuzz/corpus").join(target),
            findings: repo().join("fuzz/findings").join(target),
            log: work.join(format!("{target}.log")),
        }
    }

    /// All that inputs are read from; those that exist.
    fn sources(&self) -> impl Iterator<Item = &Path> {
        [&self.seeds, &self.kept, &self.findings]
            .into_iter()
            .map(PathBuf::as_path)
            .filter(|path| path.exists())
    }
}

/// What a run came to.
#[derive(Debug, Default, PartialEq)]
struct Run {
    executions: u64,
    per_second: u64,
    /// Edges between pieces of code that were gone over, in all that is linked but std.
    edges: u64,
    /// The same with how often, and operands that were compared.
    features: u64,
    inputs: u64,
    findings: Vec<PathBuf>,
    failed: bool,
}

impl Run {
    const HEAD: &str = "executions      /s   edges  features  inputs  findings";

    const fn is_guilty(&self) -> bool {
        self.failed || !self.findings.is_empty()
    }

    /// From the lines that libFuzzer writes: `#123 DONE cov: 4 ft: 5 corp: 6/7Kb lim: 8 exec/s: 9 rss: 10Mb`. The last of
    /// them counts, whatever its second word is.
    fn read(log: &str) -> Self {
        let mut run = Self::default();
        for line in log.lines().filter(|line| line.starts_with('#') && line.contains(" cov: ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number =
                |text: &str| text.split('/').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
            let behind = |name: &str| {
                words
                    .iter()
                    .position(|word| *word == name)
                    .and_then(|at| words.get(at + 1))
                    .map_or(0, |word| number(word))
            };
            run.executions = number(words[0].trim_start_matches('#'));
            (run.edges, run.features) = (behind("cov:"), behind("ft:"));
            (run.inputs, run.per_second) = (behind("corp:"), behind("exec/s:"));
        }
        run
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { executions, per_second, edges, features, inputs, findings, .. } = self;
        write!(
            f,
            "{executions:>10} {per_second:>7} {edges:>7} {features:>9} {inputs:>7} {:>9}",
            findings.len()
        )
    }
}

fn fuzz(program: &Path, folders: &Folders, seconds: u32) -> Result<Run, String> {
    for folder in [&folders.corpus, &folders.findings] {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let before = files(&folders.findings)?;
    let log = File::create(&folders.log).map_err(|e| format!("{}: {e}", folders.log.display()))?;
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(folders.findings.join(""));
    let mut run = command(program);
    run.arg(&folders.corpus).args(folders.sources()).arg(prefix).args(LIMITS);
    run.arg(format!("-max_total_time={seconds}")).stderr(log);
    if program.ends_with("threads") {
        // A scope ends before its threads have freed what std and libc keep for them.
        run.arg("-detect_leaks=0");
    }
    let done = check(&mut run);

    let said = fs::read(&folders.log).map_err(|e| format!("{}: {e}", folders.log.display()))?;
    let mut run = Run::read(&String::from_utf8_lossy(&said));
    run.failed = done.is_err();
    run.findings = files(&folders.findings)?.into_iter().filter(|file| !before.contains(file)).collect();
    if before.is_empty() && run.findings.is_empty() {
        // It was made for nothing.
        let _ = fs::remove_dir(&folders.findings);
    }
    Ok(run)
}

/// Puts into the repository an input for each edge that any input goes over, the shortest first.
fn keep(program: &Path, folders: &Folders) -> Result<(), String> {
    let fresh = folders.corpus.with_extension("kept");
    let failed = |e: std::io::Error| format!("{}: {e}", folders.kept.display());
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh).map_err(failed)?;
    let log = File::create(&folders.log).map_err(failed)?;
    let mut merge = command(program);
    merge.args(["-merge=1", "-use_counters=0"]).args(LIMITS).arg(&fresh).args(folders.sources());
    check(merge.arg(&folders.corpus).stderr(log))?;
    let mut len = 0;
    let inputs = files(&fresh)?;
    for input in &inputs {
        len += fs::metadata(input).map_err(failed)?.len();
    }
    if len > KEPT_MAX {
        return Err(format!("{}: {len} bytes are too many to keep", fresh.display()));
    }
    let _ = fs::remove_dir_all(&folders.kept);
    fs::create_dir_all(&folders.kept).map_err(failed)?;
    for input in &inputs {
        fs::copy(input, folders.kept.join(input.file_name().unwrap_or_default())).map_err(failed)?;
    }
    println!("    {} inputs kept, {len} bytes", inputs.len());
    Ok(())
}

/// The files of a folder, in order; none when it is not there.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut files = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(folder).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{Request, Run};

    #[test]
    fn words_are_read_in_any_order() {
        let all = Request { target: Some("load"), seconds: 5, keep: true };
        assert_eq!(Request::read(&["--keep", "load", "--seconds", "5"]), Ok(all));
        assert_eq!(Request::read(&[]), Ok(Request { target: None, seconds: 60, keep: false }));
        for words in [&["load", "patch"][..], &["--seconds"], &["--seconds", "0"], &["--second", "5"]] {
            assert!(Request::read(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn the_last_line_with_numbers_counts() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 9 ft: 9 corp: 1/1b exec/s: 0 rss: 30Mb\n\
            #4183\tDONE   cov: 2493 ft: 9930 corp: 499/244Kb lim: 2322 exec/s: 261 rss: 246Mb\n\
            ###### Recommended dictionary. ######\nDone 4183 runs in 16 second(s)\n";
        let expected = Run {
            executions: 4183,
            per_second: 261,
            edges: 2493,
            features: 9930,
            inputs: 499,
            ..Run::default()
        };
        assert_eq!(Run::read(log), expected);
        assert!(!expected.is_guilty());
    }
}
