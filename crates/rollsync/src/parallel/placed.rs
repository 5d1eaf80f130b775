//! A file of which every thread reads its own part.

use crate::{
    Error, Side,
    basis::read_file_at,
    drive::{failed, uninterrupted},
};
use std::{
    fs::{File, Metadata},
    io::{Seek, SeekFrom},
};

/// So much is read at once, or about so much: what is made of it finds it in the second-level cache.
pub(super) const PART: usize = 256 << 10;

/// A regular file from its position on.
#[derive(Clone, Copy)]
pub(super) struct Placed<'f> {
    file: &'f File,
    extent: Extent,
}

/// What there is of a file to be read.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// Where it stood.
    start: u64,
    /// How many bytes lay behind that. There may be more or fewer by now.
    len: u64,
}

impl<'f> Placed<'f> {
    /// `None` where reading at an offset would not give what reading on gives.
    pub(super) fn of(file: Option<&'f File>) -> Option<Self> {
        let mut file = file.filter(|_| cfg!(any(unix, windows)))?;
        let metadata = file.metadata().ok().filter(Metadata::is_file)?;
        let start = file.stream_position().ok()?;
        Some(Self { file, extent: Extent { start, len: metadata.len().saturating_sub(start) } })
    }

    /// A regular file of which this much is there.
    pub(super) const fn at(file: &'f File, extent: Extent) -> Self {
        Self { file, extent }
    }

    /// How much of it is there.
    pub(super) const fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether nothing stood at `offset` when the file was looked at.
    pub(super) const fn ended_before(&self, offset: u64) -> bool {
        offset >= self.extent.len
    }

    /// Reads from `offset` on, counted from where the file stood, until `place` is full or the file ends; how much that was.
    pub(super) fn read(&self, offset: u64, place: &mut [u8]) -> Result<usize, Error> {
        let mut len = 0;
        while len < place.len() {
            let at = offset + len as u64;
            let place = &mut place[len..];
            let read = uninterrupted(|| read_file_at(self.file, self.extent.start.saturating_add(at), place));
            match read.map_err(|source| failed(Side::Read, at, source))? {
                0 => break,
                read => len += read,
            }
        }
        Ok(len)
    }

    /// Lets the file stand behind its first `len` bytes, as if they had been read one after another.
    pub(super) fn leave_behind(mut self, len: u64) -> Result<(), Error> {
        let place = SeekFrom::Start(self.extent.start.saturating_add(len));
        let moved = self.file.seek(place).map(drop);
        moved.map_err(|source| failed(Side::Read, len, source))
    }
}
