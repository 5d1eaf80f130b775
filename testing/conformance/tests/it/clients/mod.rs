//! Programs that were written for librsync and know nothing of ours, on either library.

mod backup_tree;
mod duplicity;
mod python_librsync;
mod rdiff_backup;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seconds since 1970 at which version `number` is backed up.
fn time(number: usize) -> String {
    (1_000_000_000 + 10_000 * number).to_string()
}

/// All files below `folder` whose names are wanted, unpacked where gzip has packed them. Links are left out.
fn unpacked(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it is a folder") {
            let path = entry.expect("it can be read").path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !is_wanted(&name) {
                continue;
            }
            let bytes = match name.ends_with(".gz") {
                true => {
                    let run =
                        Command::new("gzip").arg("-dc").arg(&path).output().expect("both programs need gzip");
                    assert!(run.status.success(), "{}", path.display());
                    run.stdout
                }
                false => fs::read(&path).expect("it is a file"),
            };
            found.push((path.strip_prefix(folder).expect("it lies there").to_owned(), bytes));
        }
    }
    found.sort();
    found
}
