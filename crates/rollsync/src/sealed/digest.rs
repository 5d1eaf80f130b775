//! Digests of what is read and written.

use crate::buffer::Buffer;
use rollsync_core::seal::{FileDigest, FileHasher};
use std::io::{self, Read, Write};

/// Length and digest of what is read, to its end.
///
/// # Errors
/// When reading fails.
pub fn digest(mut input: impl Read) -> io::Result<FileDigest> {
    let mut hasher = FileHasher::new();
    let mut buffer = Buffer::new(PART);
    loop {
        match input.read(buffer.free()) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(len) => hasher.update(&buffer.free()[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// So many bytes are read at once.
const PART: usize = 256 << 10;

/// A writer that hashes what passes through it on its way to another.
#[derive(Debug)]
pub struct HashingWriter<W> {
    output: W,
    hasher: FileHasher,
}

impl<W> HashingWriter<W> {
    /// Around `output`.
    pub fn new(output: W) -> Self {
        Self { output, hasher: FileHasher::new() }
    }

    /// Length and digest of what was written so far.
    #[must_use]
    pub fn finish(&self) -> FileDigest {
        self.hasher.finish()
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.output.write(bytes)?;
        self.hasher.update(&bytes[..len.min(bytes.len())]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
