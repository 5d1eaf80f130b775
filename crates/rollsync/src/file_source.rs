//! Files behind readers.

use std::{
    fs::File,
    io::{self, Read},
};

/// A reader that reads straight from a file, at the file's position: the bytes may be read at their offsets instead, by several
/// threads at once and unseen by the reader, and the position moved behind them.
///
/// A reader that holds bytes of its own, or that has to see each of them (to hash the input, say), says `None` or is used as an
/// ordinary [`Read`].
pub trait FileSource: Read {
    /// The file; `None` where there is none, or nobody but the reader may read.
    fn as_file(&self) -> Option<&File>;
}

impl FileSource for File {
    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

impl FileSource for &File {
    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

impl<R: FileSource + ?Sized> FileSource for &mut R {
    fn as_file(&self) -> Option<&File> {
        (**self).as_file()
    }
}

impl FileSource for &[u8] {
    fn as_file(&self) -> Option<&File> {
        None
    }
}

/// An ordinary reader.
pub(crate) struct Unplaced<R>(pub(crate) R);

impl<R: Read> Read for Unplaced<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.0.read(place)
    }
}

impl<R: Read> FileSource for Unplaced<R> {
    fn as_file(&self) -> Option<&File> {
        None
    }
}
