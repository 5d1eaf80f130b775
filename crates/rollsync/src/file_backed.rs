//! Writers behind which a file stands.

use std::{
    fs::File,
    io::{self, Write},
};

/// A writer that writes straight into a file, at the file's position: bytes may be put there by the system between two
/// writes, unseen by the writer.
///
/// A writer that keeps bytes back, or that has to see each of them (to hash the output, say), says `None` or is used as
/// an ordinary [`Write`].
pub trait FileBacked: Write {
    /// The file; `None` where there is none, or nobody but the writer may write. It is asked again and again: who does not name
    /// the file yet may name it later, who has named it does so to the end.
    fn as_file(&self) -> Option<&File>;

    /// Is told that up to `len` bytes are about to be put at the file's position: who owns the file can take space for
    /// them, and for more. Does nothing unless said otherwise.
    fn make_room(&self, len: u64) {
        let _ = len;
    }
}

impl FileBacked for File {
    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

impl FileBacked for &File {
    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

impl<W: FileBacked + ?Sized> FileBacked for &mut W {
    fn as_file(&self) -> Option<&File> {
        (**self).as_file()
    }

    fn make_room(&self, len: u64) {
        (**self).make_room(len);
    }
}

impl FileBacked for io::Sink {
    fn as_file(&self) -> Option<&File> {
        None
    }
}

impl FileBacked for Vec<u8> {
    fn as_file(&self) -> Option<&File> {
        None
    }
}
