//! Output that often has no room.

use std::io::{self, Write};

/// Has room for a few bytes, and then for none for now.
pub(crate) struct Narrow<'v>(pub(crate) &'v mut Vec<u8>, pub(crate) usize);

impl Write for Narrow<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.1);
        self.1 -= len;
        self.0.extend_from_slice(&bytes[..len]);
        if len > 0 { Ok(len) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
