//! The file that is written.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::guarded_output::{FinishError, GuardedOutput};
use crate::interrupt;
use rollsync::librsync::{Severity, log_line, strerror};
use rollsync::{Error, FileBacked, OutputError, OutputOptions, OutputStep, Stats};

use super::args::FileName;
use super::failure::Failure;
use super::input::{Input, cannot_open};
use super::messages::report_log;
use super::result_code::ResultCode;

/// An output under way. One that was closed before the program began fails when it is written.
#[derive(Debug)]
pub(crate) struct Output {
    opened: io::Result<GuardedOutput>,
    name: OsString,
}

impl Output {
    /// Opens the output behind its inputs, with the original's complaints. Nothing is changed under its name.
    pub(crate) fn open(name: &FileName, force: bool, inputs: &[&Input]) -> Result<Self, Failure> {
        let inputs: Vec<&File> = inputs.iter().filter_map(|input| input.file()).collect();
        let FileName::Path(name) = name else { return Self::standard(&inputs) };
        if !force && is_readable(name) {
            return Err(exists(name));
        }
        if name.is_empty() {
            return Err(cannot_open(name, "write", &strerror(&io::ErrorKind::NotFound.into())));
        }
        if name.as_encoded_bytes().ends_with(b"/") {
            return Err(cannot_open(name, "write", &strerror(&io::ErrorKind::IsADirectory.into())));
        }
        let options = OutputOptions { inputs: &inputs, keep_existing: !force, sync: false };
        let opened = GuardedOutput::create(Path::new(name), &options);
        Ok(Self { opened: Ok(opened.map_err(|error| cannot_create(name, &error))?), name: name.clone() })
    }

    /// Standard output, beside these inputs.
    pub(crate) fn standard(inputs: &[&File]) -> Result<Self, Failure> {
        let name = OsString::from("-");
        match GuardedOutput::standard(inputs) {
            Err(error) if error.step == OutputStep::IsInput => Err(cannot_create(&name, &error)),
            opened => Ok(Self { opened: opened.map_err(|error| error.source), name }),
        }
    }

    /// Writes what is kept back of the output of a job that is done. One that could not be opened says so at its end.
    pub(crate) fn flushed(&mut self, stats: Stats) -> Result<Stats, Error> {
        match &mut self.opened {
            Ok(opened) => opened.flushed(stats),
            Err(_) => Ok(stats),
        }
    }

    /// Lets the output appear, and reports what writing it has kept to itself so far.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { opened, name } = self;
        let finished = opened.map_err(FinishError::Close).and_then(GuardedOutput::finish);
        finished.map_err(|error| match error {
            FinishError::Close(error) => cannot_close(&name, &strerror(&error)),
            FinishError::Commit(error) => cannot_commit(&name, &error),
        })
    }

    fn opened(&mut self) -> io::Result<&mut GuardedOutput> {
        self.opened.as_mut().map_err(|error| again(error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.opened()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.opened()?.flush()
    }
}

impl FileBacked for Output {
    fn as_file(&self) -> Option<&File> {
        self.opened.as_ref().ok()?.as_file()
    }

    fn make_room(&self, len: u64) {
        if let Ok(opened) = &self.opened {
            opened.make_room(len);
        }
    }
}

/// The same error, which cannot be cloned.
pub(super) fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Reports an error of `write`. When nobody reads any more the process ends here, by the signal that it would have got.
pub(super) fn cannot_write(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        interrupt::end_by_broken_pipe();
    }
    let message = format!("error draining buf to file: {}", strerror(error));
    report_log(Severity::Error, "rs_outfilebuf_drain", message.as_bytes());
    Failure::Job(ResultCode::IoError)
}

fn cannot_create(name: &OsStr, error: &OutputError) -> Failure {
    let reason = strerror(&error.source);
    match error.step {
        OutputStep::Exists => exists(name),
        OutputStep::IsInput => cannot_open(name, "write", "It is an input as well"),
        OutputStep::Temporary => {
            cannot_open(name, "write", &format!("No temporary file can be made in its folder: {reason}"))
        }
        _ => cannot_open(name, "write", &reason),
    }
}

fn cannot_commit(name: &OsStr, error: &OutputError) -> Failure {
    // What has come in between is not to be replaced either.
    if error.step == OutputStep::Exists {
        return exists(name);
    }
    cannot_close(name, &format!("It {}: {}", error.step, strerror(&error.source)))
}

fn cannot_close(name: &OsStr, reason: &str) -> Failure {
    let message = [b"Error closing \"", name.as_encoded_bytes(), b"\": ", reason.as_bytes()].concat();
    report_log(Severity::Error, "rs_file_close", &message);
    Failure::Job(ResultCode::IoError)
}

fn exists(name: &OsStr) -> Failure {
    let message = [b"File exists \"", name.as_encoded_bytes(), b"\", aborting!"].concat();
    Failure::Open(log_line(Severity::Error, "rs_file_open", &message))
}

/// The original's question whether a file exists: can it be read? Unlike there, a FIFO is not waited for.
fn is_readable(name: &OsStr) -> bool {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK);
    }
    options.open(name).is_ok()
}
