//! What every binding has written for the others, read by those that were tested before, and by the real `rdiff`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ALL, Binding, Run};
use crate::process::{check, command, target_folder, works};

pub(crate) const BINDING: Binding = Binding { name: "exchange", test, read_others: None };

/// Beside `basis.bin` and `new.bin`: signatures and deltas, plain and sealed.
const SIGNATURES: [&str; 2] = ["sig.rs", "sealed.sig"];
const DELTAS: [&str; 2] = ["delta.rd", "sealed.delta"];

/// Where the bindings leave their files.
pub(crate) fn folder() -> PathBuf {
    target_folder().join("bindings/exchange")
}

/// Removes what earlier runs have left.
pub(crate) fn clear() -> Result<(), String> {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn test(run: &mut Run<'_>) -> Result<(), String> {
    let written = |binding: &&Binding| folder().join(binding.name).exists();
    for binding in ALL.iter().filter(written) {
        if let Some(read_others) = binding.read_others {
            read_others(run)?;
        }
    }
    if !works("rdiff", &["--version"]) {
        return run(command("echo").arg("SKIPPED: no rdiff: what the bindings write is not read by it"));
    }
    let mut read = 0;
    for binding in ALL.iter().filter(written) {
        let files = folder().join(binding.name);
        read += check_files(&files).map_err(|why| format!("{}: {why}", binding.name))?;
    }
    let said = format!("test result: ok. {read} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
    run(command("echo").arg(said))
}

/// How many files `rdiff` took.
fn check_files(files: &Path) -> Result<usize, String> {
    let (basis, new) = (files.join("basis.bin"), files.join("new.bin"));
    let (made, delta) = (files.join("new.rdiff"), files.join("delta.rdiff"));
    let expected = fs::read(&new).map_err(|error| format!("{}: {error}", new.display()))?;
    let patches = |delta: &Path| {
        check(rdiff("patch").args([&basis, &delta.to_path_buf(), &made]))?;
        match fs::read(&made) {
            Ok(bytes) if bytes == expected => Ok(()),
            Ok(_) => Err(format!("{} makes another file", delta.display())),
            Err(error) => Err(format!("{}: {error}", made.display())),
        }
    };
    for name in DELTAS {
        patches(&files.join(name))?;
    }
    for name in SIGNATURES {
        check(rdiff("delta").args([&files.join(name), &new, &delta]))?;
        patches(&delta)?;
        // A signature that finds nothing would do, too.
        let len = fs::metadata(&delta).map_err(|error| format!("{}: {error}", delta.display()))?.len();
        if len > expected.len() as u64 / 2 {
            return Err(format!("{name} found nothing: a delta of {len} bytes"));
        }
    }
    Ok(DELTAS.len() + SIGNATURES.len())
}

fn rdiff(step: &str) -> Command {
    let mut rdiff = command("rdiff");
    // Debian's library, not one of ours.
    rdiff.env_remove("LD_LIBRARY_PATH").args(["--force", step]);
    rdiff
}
