//! `rdiff`, as librsync's users know it: same arguments, messages, exit statuses and bytes.
//!
//! `args` reads the command line into an `Invocation`; `messages`, `statistics`, `help` and `version` hold the
//! words. Where the original leaves a broken file behind, this one leaves none.

#![expect(dead_code, reason = "the engine is not there yet")]

mod args;
mod failure;
mod help;
mod input;
mod interrupt;
mod messages;
mod result_code;
mod standard_streams;
mod statistics;
mod version;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use args::{Invocation, Ordering};
use failure::Failure;
use input::Input;
use result_code::ResultCode;

/// Runs `rdiff` with the arguments behind the program's name and gives the exit status: 0, or librsync's result
/// code, 100 to 108.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run(arguments).exit_status())
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> ResultCode {
    let parsed = args::parse(arguments, ordering());
    for _ in 0..parsed.trace_requests {
        report(messages::NO_TRACE);
    }
    let ended = match parsed.outcome {
        Err(error) => Err(error.into()),
        Ok(Invocation::Help) => print(&help::text()),
        Ok(Invocation::Version) => print(&version::text()),
        Ok(Invocation::Signature(request)) => signature(&request),
        Ok(Invocation::Delta(request)) => delta(&request),
        Ok(Invocation::Patch(request)) => patch(&request),
    };
    match ended {
        Ok(()) => ResultCode::Done,
        Err(failure) => {
            report(&failure.lines());
            failure.code()
        }
    }
}

fn signature(request: &args::SignatureRequest) -> Result<(), Failure> {
    Input::open(&request.basis)?;
    request.check()?;
    Err(Failure::Job(ResultCode::Unimplemented))
}

fn delta(request: &args::DeltaRequest) -> Result<(), Failure> {
    Input::open(&request.signature)?;
    Input::open(&request.new)?;
    request.check()?;
    Err(Failure::Job(ResultCode::Unimplemented))
}

fn patch(request: &args::PatchRequest) -> Result<(), Failure> {
    Input::open(&request.basis)?;
    Input::open(&request.delta)?;
    request.check()?;
    Err(Failure::Job(ResultCode::Unimplemented))
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
    let written = standard_streams::output().and_then(|mut stdout| stdout.write_all(text.as_bytes()));
    written.map_err(|_| Failure::Job(ResultCode::IoError))
}

/// A standard error that cannot be written leaves nobody to tell.
fn report(lines: &[u8]) {
    let _ = io::stderr().write_all(lines);
}
