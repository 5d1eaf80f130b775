//! The main job, shown on real files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::{self, Size};
use crate::process::{cargo, check, command, target_folder, works};

/// Real releases first; a log that Python alone can make when there is no npm.
const PAIRS: [(&str, &str); 2] = [
    ("a-srctar", "two neighbouring releases of a source package, as tar"),
    ("d-log", "a log file, a rotation later"),
];

/// Builds `rollsync`, makes signature, delta and patch of a real pair, compares, and prints what was saved. With `pair`
/// given, of that one.
pub(crate) fn run(pair: Option<(&str, &str)>) -> Result<(), String> {
    check(cargo().args(["build", "--quiet", "--release", "-p", "rollsync-cli", "--bin", "rollsync"]))?;
    let (old, new, what) = match pair {
        Some((old, new)) => (found(old)?, found(new)?, "your files"),
        None => real_pair()?,
    };
    let rollsync = target_folder().join("release/rollsync");
    let work = target_folder().join("demo");
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let (signature, delta, result) = (work.join("signature"), work.join("delta"), work.join("new"));

    println!("{what}:\n  {}\n  {}\n", old.display(), new.display());
    step(&rollsync, "signature", &[&old], &signature)?;
    step(&rollsync, "delta", &[&signature, &new], &delta)?;
    step(&rollsync, "patch", &[&old, &delta], &result)?;
    check(command("cmp").arg(&result).arg(&new))?;
    println!("\nthe patched file equals the new one");
    if works("rdiff", &["--version"]) {
        check(command("rdiff").arg("-f").arg("patch").args([&old, &delta, &result]))?;
        check(command("cmp").arg(&result).arg(&new))?;
        println!("the real rdiff makes the same of our delta");
    }
    let (signature, delta, new) = (len(&signature)?, len(&delta)?, len(&new)?);
    println!(
        "\nsent: {} of signature and {} of delta in place of {}: {:.1} % saved",
        megabytes(signature),
        megabytes(delta),
        megabytes(new),
        100.0 * (1.0 - (signature + delta) as f64 / new as f64)
    );
    Ok(())
}

fn real_pair() -> Result<(PathBuf, PathBuf, &'static str), String> {
    let report = corpus::make(Size::Small)?;
    report.skipped.iter().for_each(|skip| println!("SKIPPED: {skip}"));
    let pairs = PAIRS.map(|(name, what)| (corpus::folder(Size::Small).join(name), what));
    let there =
        pairs.into_iter().find(|(folder, _)| folder.join("old").exists() && folder.join("new").exists());
    let (folder, what) = there.ok_or("no file pair can be made here; try: cargo xtask demo OLD NEW")?;
    Ok((folder.join("old"), folder.join("new"), what))
}

/// Commands run at the root of the repository, a caller may stand elsewhere.
fn found(path: &str) -> Result<PathBuf, String> {
    fs::canonicalize(path).map_err(|e| format!("{path}: {e}"))
}

fn step(rollsync: &Path, action: &str, files: &[&PathBuf], output: &Path) -> Result<(), String> {
    check(command(rollsync).arg(action).args(files).arg("--force").arg("-o").arg(output))
}

fn len(path: &Path) -> Result<u64, String> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(|e| format!("{}: {e}", path.display()))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.3} MB", bytes as f64 / 1e6)
}
