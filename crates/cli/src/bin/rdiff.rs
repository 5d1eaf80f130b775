//! Computes and applies signature-based file differences, with librsync's arguments and formats.

use std::process::ExitCode;

fn main() -> ExitCode {
    rollsync_cli::rdiff::main(std::env::args_os().skip(1))
}
