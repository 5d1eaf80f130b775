//! Files that are read.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use super::args::FileName;
use super::failure::Failure;
use super::messages::{self, Severity};
use super::standard_streams;

/// An open input. One that was closed before the program began fails when it is read, as in the original.
#[derive(Debug)]
pub(crate) struct Input {
    file: io::Result<File>,
}

impl Input {
    /// Opens the file, or takes standard input.
    pub(crate) fn open(name: &FileName) -> Result<Self, Failure> {
        match name {
            FileName::Standard => Ok(Self { file: standard_streams::input() }),
            FileName::Path(path) => match File::open(path) {
                Ok(file) => Ok(Self { file: Ok(file) }),
                Err(error) => Err(cannot_open(path, "read", &error)),
            },
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.file {
            Ok(file) => file.read(buffer),
            Err(error) => {
                Err(error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error))
            }
        }
    }
}

/// `Error opening "x" for read: why`.
pub(super) fn cannot_open(path: &OsStr, purpose: &str, error: &io::Error) -> Failure {
    let reason = messages::strerror(error);
    let message = [
        b"Error opening \"",
        path.as_encoded_bytes(),
        b"\" for ",
        purpose.as_bytes(),
        b": ",
        reason.as_bytes(),
    ];
    Failure::Open(messages::log_line(Severity::Error, "rs_file_open", &message.concat()))
}
