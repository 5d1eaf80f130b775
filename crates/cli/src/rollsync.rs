//! `rollsync`: the engine on files and pipes.
//!
//! A file a subcommand (`signature`, `delta`, `patch`, `diff`, `verify`, `info`), each with its arguments and a `run`. `input` and
//! `output` are the files at its two ends, `console` and `outcome` what it says when all went well, `failure` and
//! `explain` what it says when not, and `exit` the status that it ends with.

mod amount;
mod bug;
mod console;
mod delta;
mod diff;
mod exit;
mod explain;
mod failure;
mod info;
mod input;
mod limits;
mod outcome;
mod output;
mod patch;
mod place;
mod profile;
mod progress;
mod seal;
mod signature;
mod size;
mod sums;
mod threads;
mod verify;

use crate::interrupt;
use clap::{Parser, Subcommand};
use console::Console;
use exit::Exit;
use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

/// Runs `rollsync` with these arguments, the first of which is the program's name, and gives the exit status.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    interrupt::watch(|signal| {
        progress::clear();
        exit::at_signal(signal);
    });
    bug::guard(|| run(arguments)).into()
}

/// Sends only what changed of a file: signatures, deltas and patches in librsync's formats.
///
/// Where the old file (the basis) is, make its signature; where the new one is, make the delta from that alone; where
/// the old one is, patch it.
#[derive(Parser)]
#[command(name = "rollsync", bin_name = "rollsync", version, max_term_width = 100, after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  rollsync signature disk.img -o disk.sig         where the old file is
  rollsync delta disk.sig disk.new -o disk.delta  where the new file is, and disk.sig
  rollsync patch disk.img disk.delta -o disk.new  where the old file is, and disk.delta
  rollsync diff disk.img disk.new -o disk.delta   when both are in one place
  rollsync verify disk.delta --basis disk.img     is it whole, and for this file?
  rollsync info disk.delta                        what is in it

`-` stands for standard input or output.
Exit status: 0 done, 1 input or output failed, 2 wrong usage, 3 a file that is not of its kind, broken or cut, \
4 the wrong basis, or no seal, 5 a limit, 6 the output exists, 70 a bug, 130 interrupted.";

#[derive(Subcommand)]
enum Command {
    Signature(signature::Arguments),
    Delta(delta::Arguments),
    Patch(patch::Arguments),
    Diff(diff::Arguments),
    Verify(verify::Arguments),
    Info(info::Arguments),
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(shown) => return show(&shown),
    };
    let (name, talk) = match &command {
        Command::Signature(arguments) => ("signature", &arguments.talk),
        Command::Delta(arguments) => ("delta", &arguments.talk),
        Command::Patch(arguments) => ("patch", &arguments.talk),
        Command::Diff(arguments) => ("diff", &arguments.talk),
        Command::Verify(arguments) => ("verify", &arguments.talk),
        Command::Info(arguments) => ("info", &arguments.talk),
    };
    let console = Console::new(name, talk);
    let done = match &command {
        Command::Signature(arguments) => signature::run(arguments, &console),
        Command::Delta(arguments) => delta::run(arguments, &console),
        Command::Patch(arguments) => patch::run(arguments, &console),
        Command::Diff(arguments) => diff::run(arguments, &console),
        Command::Verify(arguments) => verify::run(arguments, &console),
        Command::Info(arguments) => info::run(arguments, &console),
    };
    interrupt::done();
    progress::clear();
    match done {
        Ok(()) => Exit::Done,
        Err(failure) => {
            console.fail(&failure);
            failure.exit
        }
    }
}

/// Shows help, the version, or what is wrong with the arguments.
fn show(shown: &clap::Error) -> Exit {
    let written = shown.print().and_then(|()| io::stdout().flush());
    match written {
        // Nobody is left to be told that a usage error cannot be shown.
        _ if shown.use_stderr() => Exit::Usage,
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::BrokenPipe,
        Err(error) => {
            console::say_error(&format!("writing to standard output: {}", failure::words(&error)));
            Exit::Io
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
