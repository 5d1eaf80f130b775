//! Where a patch finds the bytes of the basis.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// Bytes that can be read at any offset.
pub trait Basis {
    /// Reads bytes from `offset` on to the front of `place`; how many, 0 only at the end.
    ///
    /// # Errors
    /// When reading fails.
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize>;

    /// The file that these bytes are, as a whole and each at its own offset, when there is one that may be read ahead,
    /// and by the system. `None` makes no difference but to the time.
    fn as_file(&self) -> Option<&File> {
        None
    }
}

impl<B: Basis + ?Sized> Basis for &mut B {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, place)
    }

    fn as_file(&self) -> Option<&File> {
        (**self).as_file()
    }
}

/// A basis in memory.
impl Basis for &[u8] {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or(&[]);
        let len = rest.len().min(place.len());
        place[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }
}

/// A basis in a file. On Unix its position is not moved.
impl Basis for File {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        read_file_at(self, offset, place)
    }

    fn as_file(&self) -> Option<&File> {
        Some(self)
    }
}

pub(crate) fn read_file_at(file: &File, offset: u64, place: &mut [u8]) -> io::Result<usize> {
    if is_behind_any_file(offset, place.len()) {
        return Ok(0);
    }
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, place, offset);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, place, offset);
    #[cfg(not(any(unix, windows)))]
    return SeekBasis(file).read_at(offset, place);
}

/// Anything that can seek, as a basis.
#[derive(Debug)]
pub struct SeekBasis<S>(pub S);

impl<S: Read + Seek> Basis for SeekBasis<S> {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        if is_behind_any_file(offset, place.len()) {
            return Ok(0);
        }
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.read(place)
    }
}

/// Whether a range ends behind the longest file that can be: systems refuse to look there, the basis has ended before.
fn is_behind_any_file(offset: u64, len: usize) -> bool {
    offset.checked_add(len as u64).is_none_or(|end| end > i64::MAX.cast_unsigned())
}

/// For jobs that have no basis: every read fails.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBasis;

impl Basis for NoBasis {
    fn read_at(&mut self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "there is no basis"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    #[test]
    fn every_kind_of_basis_gives_the_same_bytes() {
        let data = b"0123456789";
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(data).unwrap();
        let kinds: [&mut dyn Basis; 3] = [&mut &data[..], &mut file, &mut SeekBasis(Cursor::new(data))];
        for basis in kinds {
            for (offset, len, expected) in [
                (0, 4, &b"0123"[..]),
                (7, 9, b"789"),
                (10, 1, b""),
                (99, 5, b""),
                (i64::MAX as u64 - 2, 2, b""),
            ] {
                let mut place = vec![0; len];
                let got = basis.read_at(offset, &mut place).unwrap();
                assert_eq!(&place[..got], expected, "{len} bytes at {offset}");
            }
        }
        assert_eq!(SeekBasis(&file).read_at(u64::MAX, &mut [0; 4]).unwrap(), 0);
        assert_eq!(file.read_at(u64::MAX, &mut [0; 4]).unwrap(), 0);
        assert_eq!((&data[..]).read_at(u64::MAX, &mut [0; 4]).unwrap(), 0);
    }
}
