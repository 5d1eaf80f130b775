//! `rdiff`, as librsync's users know it: same arguments, messages, exit statuses and bytes.
//!
//! `args` reads the command line into an `Invocation`, of which `signature`, `delta` and `patch` do one each with the
//! jobs of the engine (`sealed` with what librsync does not know); `messages`, `statistics`, `help` and `version` hold the words. Where the original leaves a
//! broken file behind, this one leaves none.

mod args;
mod buffer_sizes;
mod delta;
mod failure;
mod help;
mod input;
mod job_failure;
mod messages;
mod op;
mod output;
mod patch;
mod patch_basis;
mod profile;
mod result_code;
mod sealed;
mod signature;
mod statistics;
mod threads;
mod version;

use std::env;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use args::{Invocation, Ordering};
use failure::Failure;
use output::Output;
use result_code::ResultCode;

/// Runs `rdiff` with the arguments behind the program's name and gives the exit status: 0, or librsync's result
/// code, 100 to 108.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(arguments).exit_status())
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> ResultCode {
    let parsed = args::parse(arguments, ordering());
    for _ in 0..parsed.trace_requests {
        messages::report(messages::NO_TRACE);
    }
    match parsed.outcome.map_err(Failure::from).and_then(|invocation| invoke(&invocation)) {
        Ok(()) => ResultCode::Done,
        Err(failure) => {
            messages::report(&failure.lines());
            failure.code()
        }
    }
}

fn invoke(invocation: &Invocation) -> Result<(), Failure> {
    let action = match invocation {
        Invocation::Help => return print(&help::text()),
        Invocation::Version => return print(&version::text()),
        action => action,
    };
    // Looked at whatever the action is, so that a wrong name is not found out on the day of the first delta.
    let profile = profile::from_environment()?;
    let threads = threads::from_environment()?;
    match action {
        Invocation::Signature(request) => signature::run(request, threads),
        Invocation::Delta(request) => delta::run(request, profile, threads),
        Invocation::Patch(request) => patch::run(request),
        Invocation::Help | Invocation::Version => Ok(()),
    }
}

/// popt looks for the variables, not at their values.
fn ordering() -> Ordering {
    if ["POSIXLY_CORRECT", "POSIX_ME_HARDER"].into_iter().any(|name| env::var_os(name).is_some()) {
        Ordering::OptionsFirst
    } else {
        Ordering::Anywhere
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut output = Output::standard(&[])?;
    output.write_all(text.as_bytes()).map_err(|error| output::cannot_write(&error))?;
    output.finish()
}
