//! Prints how many bytes a signature and its index take in memory: `bench-index-memory SIGNATURE`.

use std::error::Error;
use std::fs::File;
use std::process::ExitCode;

use rollsync::{Options, load};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: bench-index-memory SIGNATURE");
        return ExitCode::from(2);
    };
    match memory(&path) {
        Ok(bytes) => {
            println!("{bytes}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("bench-index-memory: {path}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn memory(path: &str) -> Result<u64, Box<dyn Error>> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    Ok(load(file, Some(len), &mut Options::new())?.memory())
}
