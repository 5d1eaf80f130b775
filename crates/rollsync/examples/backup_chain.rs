//! Backups as a chain: the first is whole, each of the others is a delta from the one before; any of them can be
//! restored.
//!
//! To make a backup it takes the signature of the last one, not its bytes: so the chain may be far away, and only the
//! signature at hand. A version counts when its signature is there, which is written last: a backup that was
//! interrupted never was.
//!
//! A version is a snapshot: the file is read once, into a copy, and delta and signature are both made of that. If each
//! of them read the file, and somebody wrote to it between, the signature would be of another version than the delta
//! makes; the next delta, made against it, would be applied to what it does not fit, and every later version be wrong
//! without an error. So a restored version is also compared with its signature. (That the copy itself is of one moment
//! takes a file that rests, or a file system that makes snapshots.)
//!
//! `cargo run --example backup_chain`

use rollsync::{Options, OutputFile, OutputOptions, delta_file, patch_file, signature, signature_file};
use std::{
    error::Error,
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
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

    // Backups of a file that is written to all the while.
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let writing = scope.spawn(|| scribble(&file, &stop));
        let backups: Result<Vec<_>, _> = (0..3).map(|_| chain.back_up(&file)).collect();
        stop.store(true, Ordering::Relaxed);
        writing.join().expect("the writer does not panic")?;
        for (version, _) in backups? {
            chain.restore(version, &restored)?;
        }
        Ok(())
    })
}

/// Changes a file here and there until it is told to stop.
fn scribble(path: &Path, stop: &AtomicBool) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    let len = file.metadata()?.len();
    for i in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        file.seek(SeekFrom::Start(i * 9973 % len))?;
        file.write_all(&i.to_le_bytes()[..1])?;
    }
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
        let sums = self.at(version, "sums");
        if version == 0 {
            let whole = self.at(0, "whole");
            let len = copy(file, &whole)?;
            signature_file(whole, sums, options)?;
            return Ok((version, len));
        }
        let snapshot = self.at(version, "snapshot");
        copy(file, &snapshot)?;
        let (last, delta) = (self.at(version - 1, "sums"), self.at(version, "delta"));
        let len = delta_file(last, &snapshot, delta, options)?.bytes_out;
        signature_file(&snapshot, sums, options)?;
        fs::remove_file(snapshot)?;
        Ok((version, len))
    }

    /// Makes `to` what the file was in a version, and checks that. Until it is, `to` shows the versions before.
    fn restore(&self, version: usize, to: &Path) -> Result<(), Box<dyn Error>> {
        fs::copy(self.at(0, "whole"), to)?;
        for step in 1..=version {
            patch_file(to, self.at(step, "delta"), to, &mut Options::new())?;
        }
        let (restored, mut sums) = (File::open(to)?, Vec::new());
        let len = restored.metadata()?.len();
        signature(restored, Some(len), &mut sums, &mut Options::new())?;
        if sums != fs::read(self.at(version, "sums"))? {
            return Err(format!("version {version} is not what it was").into());
        }
        Ok(())
    }

    fn at(&self, version: usize, what: &str) -> PathBuf {
        self.folder.join(format!("{version}.{what}"))
    }
}

/// Copies a file onto the disk; its bytes.
fn copy(from: &Path, to: &Path) -> Result<u64, Box<dyn Error>> {
    let mut copy = OutputFile::create(to, &OutputOptions { sync: true, ..OutputOptions::default() })?;
    let len = io::copy(&mut File::open(from)?, &mut copy)?;
    copy.flush()?;
    copy.commit()?;
    Ok(len)
}
