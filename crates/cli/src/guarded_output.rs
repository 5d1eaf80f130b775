//! What is written: a file that appears whole or not at all, or standard output.

use crate::interrupt::{self, Temporary};
use crate::standard_streams;
use rollsync::{Error, FileBacked, OutputError, OutputFile, OutputOptions, OutputStep, Side, Stats};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// An output under way. Dropped unfinished, a file leaves nothing behind, and what it should replace stands unchanged.
#[derive(Debug)]
pub(crate) enum GuardedOutput {
    Standard(File),
    File {
        // In this order: while the file is being removed, its guard still holds.
        file: OutputFile,
        temporary: Option<Temporary>,
    },
}

/// Why what was written is not where it belongs.
#[derive(Debug)]
pub(crate) enum FinishError {
    /// Standard output: only at its end it was said that it could not be stored.
    Close(io::Error),
    /// A file.
    Commit(OutputError),
}

impl GuardedOutput {
    /// Standard output; refused when it is one of the inputs as well, which would change while it is read.
    pub(crate) fn standard(inputs: &[&File]) -> Result<Self, OutputError> {
        interrupt::report_file_size_limit();
        let failed = |step| move |source| OutputError { path: "-".into(), step, source };
        let file = standard_streams::output().map_err(failed(OutputStep::Open))?;
        if inputs.iter().any(|input| is_read_from(&file, input)) {
            return Err(failed(OutputStep::IsInput)(io::ErrorKind::InvalidInput.into()));
        }
        Ok(Self::Standard(file))
    }

    /// A file. Nothing is changed under its name.
    pub(crate) fn create(path: &Path, options: &OutputOptions<'_>) -> Result<Self, OutputError> {
        let create = || OutputFile::create(path, options);
        // Only a file has a temporary to guard. Opening a FIFO may wait for long, and no signal must wait with it.
        let (file, temporary) = if fs::metadata(path).map_or(true, |found| found.is_file()) {
            Temporary::create(|| {
                let file = create()?;
                let path = file.temporary_path().map(Path::to_owned);
                Ok((file, path))
            })?
        } else {
            (create()?, None)
        };
        Ok(Self::File { file, temporary })
    }

    /// Writes what is kept back of the output of work that is done.
    pub(crate) fn flushed(&mut self, stats: Stats) -> Result<Stats, Error> {
        let offset = stats.bytes_out;
        let flushed = self.flush().map_err(|source| Error::Io { side: Side::Write, offset, source });
        flushed.map(|()| stats)
    }

    /// Lets the output appear, and tells what writing it has kept to itself so far.
    pub(crate) fn finish(self) -> Result<(), FinishError> {
        match self {
            Self::Standard(file) => {
                interrupt::done();
                standard_streams::close(file).map_err(FinishError::Close)
            }
            Self::File { file, temporary } => {
                let commit = || file.commit().map_err(FinishError::Commit);
                match temporary {
                    Some(temporary) => temporary.finish(commit),
                    None => commit(),
                }
            }
        }
    }
}

impl Write for GuardedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(file) => file.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(file) => file.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

impl FileBacked for GuardedOutput {
    fn as_file(&self) -> Option<&File> {
        match self {
            Self::Standard(file) => Some(file),
            Self::File { file, .. } => file.as_file(),
        }
    }

    fn make_room(&self, len: u64) {
        if let Self::File { file, .. } = self {
            file.make_room(len);
        }
    }
}

/// Whether `input` reads what is written to `output`. A terminal or a socket may be both: what is read there was written
/// by somebody else.
#[cfg(unix)]
fn is_read_from(output: &File, input: &File) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let (Ok(output), Ok(input)) = (output.metadata(), input.metadata()) else { return false };
    let kind = output.file_type();
    let same_inode = (output.dev(), output.ino()) == (input.dev(), input.ino());
    let both_block = kind.is_block_device() && input.file_type().is_block_device();
    same_inode && (kind.is_file() || kind.is_fifo()) || both_block && output.rdev() == input.rdev()
}

#[cfg(not(unix))]
fn is_read_from(_: &File, _: &File) -> bool {
    false
}
