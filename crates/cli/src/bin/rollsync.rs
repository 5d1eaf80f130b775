//! Signatures, deltas and patches of files, in librsync's formats.

use std::process::ExitCode;

fn main() -> ExitCode {
    rollsync_cli::rollsync::main(std::env::args_os())
}
