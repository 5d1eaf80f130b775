//! A basis that cannot be read at any offset, made one that can.

use crate::{Error, Side};
use rollsync_core::{LimitError, LimitKind, ResourceError};
use std::{
    fs::File,
    io::{self, Read, Seek},
};

/// Copies what `input` has into a temporary file without a name, which is a [`Basis`](crate::Basis): for a basis that
/// comes through a pipe or a socket.
///
/// ```
/// use rollsync::{Drive, PatchJob, spill};
/// let piped = &b"hello world"[..];
/// let mut basis = spill(piped, Some(1 << 30))?;
/// let mut new = Vec::new();
/// Drive::new(PatchJob::new()).run_with_basis(&b"rs\x026\x45\x06\x05\0"[..], &mut basis, &mut new)?;
/// assert_eq!(new, b"world");
/// # Ok::<(), rollsync::Error>(())
/// ```
///
/// # Errors
/// When there are more than `limit` bytes, or reading, or writing the temporary, fails; the offset is the input's.
pub fn spill(input: impl Read, limit: Option<u64>) -> Result<File, Error> {
    let on = |side| move |source| Error::Io { side, offset: 0, source };
    let mut file = tempfile::tempfile().map_err(on(Side::Write))?;
    let mut input = Failing { input, offset: 0, failed: false };
    // One byte more than allowed tells "as many" from "more".
    let copied =
        io::copy(&mut (&mut input).take(limit.map_or(u64::MAX, |limit| limit.saturating_add(1))), &mut file);
    let side = if input.failed { Side::Read } else { Side::Write };
    let copied = copied.map_err(|source| Error::Io { side, offset: input.offset, source })?;
    if let Some(limit) = limit.filter(|limit| copied > *limit) {
        return Err(ResourceError::Limit(LimitError { kind: LimitKind::Input, limit, needed: copied }).into());
    }
    file.rewind().map_err(on(Side::Write))?;
    Ok(file)
}

/// Remembers whether it was the reader that failed, and where.
struct Failing<R> {
    input: R,
    offset: u64,
    failed: bool,
}

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(place);
        match &read {
            Ok(len) => self.offset += *len as u64,
            Err(error) => self.failed = error.kind() != io::ErrorKind::Interrupted,
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Basis, ErrorKind};

    #[test]
    fn what_was_piped_can_be_read_anywhere() {
        let mut file = spill(&b"0123456789"[..], Some(10)).unwrap();
        let mut place = [0; 4];
        assert_eq!(file.read_at(6, &mut place).unwrap(), 4);
        assert_eq!(&place, b"6789");
    }

    #[test]
    fn one_byte_too_many_is_an_error() {
        let error = spill(&b"0123456789"[..], Some(9)).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Limit, "10 bytes of input needed, 9 allowed")
        );
    }

    #[test]
    fn a_reader_that_fails_is_named() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        let error = spill((&b"0123"[..]).chain(Broken), None).unwrap_err();
        assert!(matches!(error, Error::Io { side: Side::Read, offset: 4, .. }), "{error}");
    }
}
