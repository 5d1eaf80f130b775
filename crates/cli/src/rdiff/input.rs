//! Files that are read.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::args::FileName;
use super::failure::Failure;
use super::output;
use crate::standard_streams;
use rollsync::FileSource;
use rollsync::librsync::{Severity, log_line, strerror};

/// An open input. One that was closed before the program began fails when it is read, as in the original.
#[derive(Debug)]
pub(crate) struct Input {
    file: io::Result<File>,
    is_standard: bool,
}

impl Input {
    /// Opens the file, or takes standard input.
    pub(crate) fn open(name: &FileName) -> Result<Self, Failure> {
        match name {
            FileName::Standard => Ok(Self { file: standard_streams::input(), is_standard: true }),
            FileName::Path(path) => match File::open(path) {
                Ok(file) => Ok(Self { file: Ok(file), is_standard: false }),
                Err(error) => Err(cannot_open(path, "read", &strerror(&error))),
            },
        }
    }

    /// The length of a regular file, wherever in it reading begins; of anything else it is not known.
    pub(crate) fn len(&self) -> Option<u64> {
        let metadata = self.file()?.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref().ok()
    }

    /// The file that was opened here, by its name: nobody else reads it.
    pub(crate) fn own_file(&self) -> Option<&File> {
        self.file().filter(|_| !self.is_standard)
    }

    /// The number under which the process has the file open.
    pub(crate) fn descriptor(&self) -> i32 {
        match self.file() {
            #[cfg(unix)]
            Some(file) if !self.is_standard => std::os::fd::AsRawFd::as_raw_fd(file),
            _ => 0,
        }
    }

    fn opened(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().map_err(|error| output::again(error))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.opened()?.read(buffer)
    }
}

impl FileSource for Input {
    fn as_file(&self) -> Option<&File> {
        self.file()
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.opened()?.seek(to)
    }
}

/// `Error opening "x" for read: why`.
pub(super) fn cannot_open(path: &OsStr, purpose: &str, reason: &str) -> Failure {
    let message = [
        b"Error opening \"",
        path.as_encoded_bytes(),
        b"\" for ",
        purpose.as_bytes(),
        b": ",
        reason.as_bytes(),
    ];
    Failure::Open(log_line(Severity::Error, "rs_file_open", &message.concat()))
}
