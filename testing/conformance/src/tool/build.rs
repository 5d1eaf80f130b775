//! What another package builds: our programs and our librsync.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::release::repo;

/// The program beside the running tests.
pub(super) fn program(name: &str) -> PathBuf {
    let file = Path::new(name).with_extension(env::consts::EXE_EXTENSION);
    built(&file, &["rollsync-cli", "--bin", name])
}

/// Our `librsync.so.2`, under the name that cargo gives it.
pub(crate) fn library() -> PathBuf {
    built(Path::new("librsync.so"), &["librsync-abi", "--lib"])
}

/// A file beside the running tests; cargo is asked to build it when it is missing or older than a source.
fn built(name: &Path, package: &[&str]) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // target/debug/deps/it-0123456789abcdef
    let test = env::current_exe().expect("the running test has a path");
    let folder = test.ancestors().nth(2).expect("a test lies in deps");
    let file = folder.join(name);
    if is_outdated(&file) {
        build(package, folder);
    }
    assert!(file.exists(), "{} is not built", file.display());
    file
}

fn is_outdated(file: &Path) -> bool {
    let built = file.metadata().and_then(|metadata| metadata.modified());
    built.is_ok_and(|built| newest(&repo().join("crates")).is_some_and(|changed| changed > built))
        || !file.exists()
}

/// When the newest file below `folder` was changed; `None` when there is none.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?;
    let times = entries.filter_map(Result::ok).filter_map(|entry| match entry.file_type().ok()?.is_dir() {
        true => newest(&entry.path()),
        false => entry.metadata().ok()?.modified().ok(),
    });
    times.max()
}

fn build(package: &[&str], folder: &Path) {
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .current_dir(repo())
        .args(["build", "--quiet", "--profile", profile, "--package"])
        .args(package)
        .arg("--target-dir")
        .arg(folder.parent().expect("a profile's folder lies in the target folder"))
        .status();
    assert!(built.as_ref().is_ok_and(|status| status.success()), "cargo build of {package:?}: {built:?}");
}
