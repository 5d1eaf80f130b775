use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::parts::Report;
use crate::process::{check, command, repo, works};

/// How large the file pairs are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Small,
    Full,
}

impl Size {
    fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Full => "full",
        }
    }
}

/// The pair made of released packages: the only one that needs more than Python.
const PACKAGES: &str = "a-srctar";
/// The pairs whose bytes hang on more than a seed: the registries, the SQLite library.
const MAY_DIFFER: [&str; 2] = [PACKAGES, "b-sqlite"];

/// Makes the corpus; an error says what could not be made.
pub(crate) fn run(size: Size) -> Result<(), String> {
    let report = make(size)?;
    if report.skipped.is_empty() { Ok(()) } else { Err(report.skipped.join("; ")) }
}

/// Where the pairs of this size lie.
pub(crate) fn folder(size: Size) -> PathBuf {
    repo().join("corpus").join(size.name())
}

/// Makes what is not there yet; reports pairs that could not be made for want of a tool.
pub(crate) fn make(size: Size) -> Result<Report, String> {
    let mut report = Report::default();
    let recorded = sums(&repo().join("bench/corpus").join(format!("SHA256SUMS.{}", size.name())))?;
    let made = folder(size).join("SHA256SUMS");
    let pairs = || recorded.keys().filter_map(|file| file.strip_suffix("/new"));

    if made.exists() && pairs().all(|pair| folder(size).join(pair).join("new").exists()) {
        println!("{} is complete", folder(size).display());
    } else if works("python3", &["--version"]) {
        // make-corpus stops at the first pair that fails, so the one that needs a network is made by itself.
        make_corpus(size, &pairs().filter(|pair| *pair != PACKAGES).collect::<Vec<_>>())?;
        if let Err(why) = make_packages(size) {
            report.skipped.push(format!("the pair {PACKAGES} of the corpus is not made: {why}"));
        }
    } else {
        report.skipped.push("no python3: the corpus is not made, no real files are tested".into());
        return Ok(report);
    }
    compare(&recorded, &sums(&made)?);
    Ok(report)
}

fn make_packages(size: Size) -> Result<(), String> {
    let mut needs: Vec<(&str, bool)> = vec![("npm", works("npm", &["--version"]))];
    if size == Size::Full {
        needs.push(("pip", works("python3", &["-m", "pip", "--version"])));
    }
    match needs.iter().find(|(_, there)| !there) {
        Some((tool, _)) => Err(format!("no {tool}")),
        None => make_corpus(size, &[PACKAGES]),
    }
}

fn make_corpus(size: Size, pairs: &[&str]) -> Result<(), String> {
    let mut make = command("python3");
    make.arg("bench/corpus/make-corpus").arg(folder(size)).args(["--only", &pairs.join(",")]);
    if size == Size::Small {
        make.arg("--small");
    }
    check(&mut make)
}

/// Says which files are not those on which the recorded numbers were taken: no test hangs on it.
fn compare(recorded: &BTreeMap<String, String>, made: &BTreeMap<String, String>) {
    for (file, sum) in made.iter().filter(|(file, sum)| recorded.get(*file) != Some(sum)) {
        let pair = file.split('/').next().unwrap_or(file);
        let how = if MAY_DIFFER.contains(&pair) { "note" } else { "WARNING" };
        println!("{how}: {file} is not the recorded one (sha256 {sum})");
    }
}

/// The sum of each file that a list as written by `sha256sum` names.
fn sums(list: &PathBuf) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(list).map_err(|e| format!("{}: {e}", list.display()))?;
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    Ok(lines.map(|(sum, file)| (file.to_owned(), sum.to_owned())).collect())
}
