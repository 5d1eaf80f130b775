//! The crate `fast_rsync` as a program, so that its processes can be measured beside others.
//!
//! Its inputs are mapped, which is the best that can be done for it: it takes whole slices.

use std::process::ExitCode;

const USAGE: &str = "\
usage: bench-fast-rsync signature BLOCK_LEN BASIS SIGNATURE
       bench-fast-rsync delta SIGNATURE NEW DELTA
       bench-fast-rsync patch BASIS DELTA NEW
";

#[cfg(unix)]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["signature", block_len, basis, signature] => unix::signature(block_len, basis, signature),
        ["delta", signature, new, delta] => unix::delta(signature, new, delta),
        ["patch", basis, delta, new] => unix::patch(basis, delta, new),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-fast-rsync: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}

#[cfg(unix)]
mod unix {
    use std::error::Error;
    use std::fs::{self, File};
    use std::io::{BufWriter, Write};

    use fast_rsync::{Signature, SignatureOptions};
    use memmap2::Mmap;

    /// Large enough that the system call is nothing beside the copy, small enough for the second-level cache.
    const BUFFER_LEN: usize = 256 * 1024;

    type Done = Result<(), Box<dyn Error>>;

    pub(super) fn signature(block_len: &str, basis: &str, signature: &str) -> Done {
        // All 16 bytes of MD4, as rdiff keeps them.
        let options = SignatureOptions { block_size: block_len.parse()?, crypto_hash_size: 16 };
        fs::write(signature, Signature::calculate(&map(basis)?, options).serialized())?;
        Ok(())
    }

    pub(super) fn delta(signature: &str, new: &str, delta: &str) -> Done {
        let signature = Signature::deserialize(fs::read(signature)?)?;
        let mut out = BufWriter::with_capacity(BUFFER_LEN, File::create(delta)?);
        fast_rsync::diff(&signature.index(), &map(new)?, &mut out)?;
        out.flush()?;
        Ok(())
    }

    pub(super) fn patch(basis: &str, delta: &str, new: &str) -> Done {
        let mut out = BufWriter::with_capacity(BUFFER_LEN, File::create(new)?);
        fast_rsync::apply(&map(basis)?, &map(delta)?, &mut out)?;
        out.flush()?;
        Ok(())
    }

    fn map(path: &str) -> Result<Mmap, Box<dyn Error>> {
        let file = File::open(path).map_err(|e| format!("{path}: {e}"))?;
        // SAFETY: the files of a measured pair belong to the run that made them: nobody changes them meanwhile.
        Ok(unsafe { Mmap::map(&file)? })
    }
}
