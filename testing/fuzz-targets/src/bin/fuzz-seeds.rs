//! Writes every target's seeds: `fuzz-seeds FOLDER` makes `FOLDER/TARGET/seed-NUMBER`. Those of a target whose oracle is
//! missing are left out, and a line says so.

use rollsync_conformance::present;
use rollsync_fuzz_targets::ALL;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: fuzz-seeds FOLDER");
        std::process::exit(2);
    };
    let vectors = rollsync_vectors::load();
    for target in ALL {
        // Without what it asks, a target cannot run.
        if present(target.oracles()).is_none() {
            continue;
        }
        let folder = Path::new(&folder).join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)(&vectors).into_iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
