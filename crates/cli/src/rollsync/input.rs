//! A file that is read.

use super::{
    exit::Exit,
    explain,
    failure::{Failure, words},
    place::Place,
    progress::{Progress, Watched},
};
use crate::standard_streams;
use rollsync::FileSource;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// An open input, which remembers how it began.
pub(crate) struct Input {
    /// What it is in the work: `basis`, `signature`, `new file`, `delta`, or `file`.
    noun: &'static str,
    pub(crate) place: Place,
    pub(crate) file: File,
    /// Its bytes, as far as that is known.
    pub(crate) len: Option<u64>,
    first: [u8; 4],
    first_len: usize,
}

impl Input {
    pub(crate) fn open(noun: &'static str, place: &Place) -> Result<Self, Failure> {
        let opened = match place {
            Place::Standard => standard_streams::input(),
            Place::File(path) => File::open(path),
        };
        let mut file = opened.map_err(|error| cannot_open(noun, place, &error))?;
        let metadata = file.metadata().map_err(|error| cannot_open(noun, place, &error))?;
        if metadata.is_dir() {
            return Err(cannot_open(noun, place, &io::ErrorKind::IsADirectory.into()));
        }
        let len = if metadata.is_file() {
            // Standard input may have been read in part.
            let position = file.stream_position().unwrap_or(0);
            Some(metadata.len().saturating_sub(position))
        } else if is_block_device(&metadata) {
            file.seek(SeekFrom::End(0)).and_then(|len| file.rewind().map(|()| len)).ok()
        } else {
            None
        };
        Ok(Self { noun, place: place.clone(), file, len, first: [0; 4], first_len: 0 })
    }

    /// What it is, and which: `basis disk.img`.
    pub(crate) fn name(&self) -> String {
        name(self.noun, &self.place)
    }

    pub(crate) const fn noun(&self) -> &'static str {
        self.noun
    }

    /// The first bytes that were read, 4 at most.
    pub(crate) fn first(&self) -> &[u8] {
        &self.first[..self.first_len]
    }

    /// Makes its bytes readable at any offset, and again: what comes through a pipe, `limit` bytes at most, is kept in a temporary
    /// file, which goes with the program.
    pub(crate) fn keep(&mut self, progress: &mut Progress, limit: Option<u64>) -> Result<(), Failure> {
        if self.is_seekable() {
            return Ok(());
        }
        let phase = if self.noun == "basis" { "keeping the basis" } else { "keeping the file" };
        let total = self.len;
        let kept = rollsync::spill(Watched { input: &mut *self, progress, phase, read: 0, total }, limit);
        self.file = kept.map_err(|error| explain::spill(&error, self))?;
        self.len = self.file.metadata().ok().map(|metadata| metadata.len());
        self.first_len = 0;
        Ok(())
    }

    /// Whether its bytes can be read at any offset, and its first is at 0.
    pub(crate) fn is_seekable(&self) -> bool {
        self.len.is_some() && (&self.file).stream_position().is_ok_and(|position| position == 0)
    }
}

impl Read for Input {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read(place)?;
        let more = len.min(4 - self.first_len);
        self.first[self.first_len..][..more].copy_from_slice(&place[..more]);
        self.first_len += more;
        Ok(len)
    }
}

/// What is read so is not [remembered](Input::first).
impl FileSource for Input {
    fn as_file(&self) -> Option<&File> {
        Some(&self.file)
    }
}

/// Refuses two inputs from the one standard input.
pub(crate) fn standard_once(first: &Place, second: &Place) -> Result<(), Failure> {
    match (first, second) {
        (Place::Standard, Place::Standard) => {
            let failure = Failure::new(Exit::Usage, "both inputs are standard input");
            Err(failure.hint("name a file for one of them"))
        }
        _ => Ok(()),
    }
}

/// What a file is in the work, and which: `basis disk.img`, `delta on standard output`.
pub(crate) fn name(noun: &str, place: &Place) -> String {
    match place {
        Place::Standard => format!("{noun} on standard input"),
        place => format!("{noun} {place}"),
    }
}

fn cannot_open(noun: &str, place: &Place, error: &io::Error) -> Failure {
    let (why, hint) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file".to_owned(), Some("check the path".to_owned())),
        io::ErrorKind::IsADirectory => {
            let hint = "name a file in it, or pack the folder into one, with tar for example";
            ("it is a folder".to_owned(), Some(hint.to_owned()))
        }
        io::ErrorKind::PermissionDenied => ("you may not read it".to_owned(), None),
        _ => (words(error), None),
    };
    let exit = Exit::Io;
    let failure = Failure::new(exit, format!("opening {}: {why}", name(noun, place))).at(place, None);
    Failure { hint, ..failure }
}

#[cfg(unix)]
fn is_block_device(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_block_device(_: &std::fs::Metadata) -> bool {
    false
}
