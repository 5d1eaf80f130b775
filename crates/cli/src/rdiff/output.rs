//! The file that is written.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::interrupt::{self, Temporary};
use crate::standard_streams;
use rollsync::{OutputError, OutputFile, OutputOptions, OutputStep};

use super::args::FileName;
use super::failure::Failure;
use super::input::{Input, cannot_open};
use super::messages::{Severity, log_line, report_log, strerror};
use super::result_code::ResultCode;

/// An output under way. Dropped unfinished, a file leaves nothing behind, and what it should replace stands unchanged.
#[derive(Debug)]
pub(crate) enum Output {
    /// One that was closed before the program began fails when it is written.
    Standard(io::Result<File>),
    File {
        // In this order: while the file is being removed, its guard still holds.
        file: OutputFile,
        temporary: Option<Temporary>,
        name: OsString,
    },
}

impl Output {
    /// Opens the output behind its inputs, with the original's complaints. Nothing is changed under its name.
    pub(crate) fn open(name: &FileName, force: bool, inputs: &[&Input]) -> Result<Self, Failure> {
        let FileName::Path(name) = name else { return Ok(Self::standard()) };
        if !force && is_readable(name) {
            return Err(exists(name));
        }
        if name.as_encoded_bytes().ends_with(b"/") {
            return Err(cannot_open(name, "write", &strerror(&io::ErrorKind::IsADirectory.into())));
        }
        let path = Path::new(name);
        let is_file = match fs::metadata(path) {
            Ok(metadata) => metadata.is_file(),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !name.is_empty() => true,
            Err(error) => return Err(cannot_open(name, "write", &strerror(&error))),
        };

        let inputs: Vec<&File> = inputs.iter().filter_map(|input| input.file()).collect();
        let create = || {
            OutputFile::create(path, &OutputOptions { inputs: &inputs, keep_existing: !force, sync: false })
        };
        // Only a file has a temporary to guard. Opening a FIFO may wait for long, and no signal must wait with it.
        let created = if is_file {
            Temporary::create(|| {
                let file = create()?;
                let path = file.temporary_path().map(Path::to_owned);
                Ok((file, path))
            })
        } else {
            create().map(|file| (file, None))
        };
        let (file, temporary) = created.map_err(|error| cannot_create(name, &error))?;
        Ok(Self::File { file, temporary, name: name.clone() })
    }

    pub(crate) fn standard() -> Self {
        Self::Standard(standard_streams::output())
    }

    /// Lets the output appear, and reports what writing it has kept to itself so far.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(file) => {
                let closed = file.and_then(standard_streams::close);
                closed.map_err(|error| cannot_close(OsStr::new("-"), &strerror(&error)))
            }
            Self::File { file, temporary, name } => {
                let commit = || file.commit().map_err(|error| cannot_commit(&name, &error));
                match temporary {
                    Some(temporary) => temporary.finish(commit),
                    None => commit(),
                }
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(Ok(file)) => file.write(bytes),
            Self::Standard(Err(error)) => Err(again(error)),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(Ok(file)) => file.flush(),
            Self::Standard(Err(error)) => Err(again(error)),
            Self::File { file, .. } => file.flush(),
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
