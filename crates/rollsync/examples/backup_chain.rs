//! Backups as a chain: the first is whole, each of the others is a delta from the one before; any of them can be
//! restored.
//!
//! To make a backup it takes the signature of the last one, not its bytes: so the chain may be far away, and only the
//! signature at hand. A version counts when its signature is there, which is written last: a backup that was
//! interrupted never was.
//!
//! `cargo run --example backup_chain`

use rollsync::{Options, delta_file, patch_file, signature_file};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (file, restored) = (folder.path().join("journal"), folder.path().join("restored"));
    fs::create_dir(folder.path().join("chain"))?;
    let chain = Chain { folder: folder.path().join("chain") };

    // A file that grows and changes from day to day.
    let mut versions = Vec::new();
    let mut text: String = (0..20_000).map(|i| format!("entry {i} of the journal\n")).collect();
    for day in 0..6 {
        text = text.replace(&format!("entry {day}00"), &format!("on day {day}: entry"));
        text.push_str(&format!("written on day {day}\n"));
        fs::write(&file, &text)?;
        versions.push(text.clone());
        let (version, len) = chain.back_up(&file)?;
        println!("version {version}: {len} bytes stored of {}", text.len());
        assert!(version == 0 || len < text.len() as u64 / 20);
    }

    for (version, expected) in versions.iter().enumerate().rev() {
        chain.restore(version, &restored)?;
        assert_eq!(fs::read_to_string(&restored)?, *expected);
    }
    println!("all {} versions restored", versions.len());
    assert!(chain.restore(versions.len(), &restored).is_err(), "there is no such version");
    Ok(())
}

/// A folder with `0.whole`, `1.delta`, `2.delta`, ... and the signature of each version.
struct Chain {
    folder: PathBuf,
}

impl Chain {
    /// Stores a version; its number, and the bytes that it takes beside its signature.
    fn back_up(&self, file: &Path) -> Result<(usize, u64), Box<dyn Error>> {
        let options = &mut Options::new();
        // What a backup that was interrupted has left is written over.
        let version = (0..).find(|version| !self.at(*version, "sums").exists()).expect("versions are few");
        let len = match version {
            0 => fs::copy(file, self.at(0, "whole"))?,
            _ => {
                let (last, delta) = (self.at(version - 1, "sums"), self.at(version, "delta"));
                delta_file(last, file, delta, options)?.bytes_out
            }
        };
        signature_file(file, self.at(version, "sums"), options)?;
        Ok((version, len))
    }

    /// Makes `to` what the file was in a version. Until it is, `to` shows the versions before.
    fn restore(&self, version: usize, to: &Path) -> Result<(), Box<dyn Error>> {
        fs::copy(self.at(0, "whole"), to)?;
        for step in 1..=version {
            patch_file(to, self.at(step, "delta"), to, &mut Options::new())?;
        }
        Ok(())
    }

    fn at(&self, version: usize, what: &str) -> PathBuf {
        self.folder.join(format!("{version}.{what}"))
    }
}
