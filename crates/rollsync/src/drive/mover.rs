//! Copies that the system makes, from file to file.

use std::{
    fs::File,
    io::{self, Seek},
};

/// What is moved begins and ends at pages: only there can a file system share what it stores, and elsewhere the system's
/// copies are slower than ours.
const PAGE: u64 = 4096;

/// Less than this is sooner read and written.
const LEAST: u64 = 256 << 10;

/// No call takes longer than this many bytes do: between two of them the work can be cancelled.
const MOST: u64 = 8 << 20;

/// How far a copy can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Not: its bytes are to be read, so many at most.
    Read(u64),
    /// So many bytes, when all that stands before them is written.
    Move(u64),
}

/// Moves bytes from the basis' file to the output's, if these two can do so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Mover {
    /// Nobody has asked yet.
    #[default]
    Unknown,
    /// The new file begins at this place of the output.
    Ready { start: u64 },
    /// They cannot.
    Refused,
}

impl Mover {
    /// The way for `wanted` bytes of the basis from `offset` on, when the new file has `new_len` bytes before them, of
    /// which `written` are written.
    pub(super) fn way(
        &mut self,
        (from, offset): (&File, u64),
        (to, written, new_len): (&File, u64, u64),
        wanted: u64,
    ) -> Way {
        if wanted < LEAST {
            return Way::Read(wanted);
        }
        if matches!(self, Self::Unknown) {
            *self = match start_of(from, to, written) {
                Ok(Some(start)) => Self::Ready { start },
                _ => Self::Refused,
            };
        }
        let Self::Ready { start } = *self else { return Way::Read(wanted) };
        let (place, head) = (start + new_len, offset.wrapping_neg() % PAGE);
        if place % PAGE != offset % PAGE || wanted - head < LEAST {
            return Way::Read(wanted);
        }
        match head {
            0 => Way::Move(wanted.min(MOST) / PAGE * PAGE),
            head => Way::Read(head),
        }
    }

    /// Moves up to `len` bytes to the output's position. `None` when it cannot be said here why none were moved: then
    /// they are to be read and written, now and later on.
    pub(super) fn move_bytes(&mut self, from: &File, offset: u64, to: &File, len: u64) -> Option<u64> {
        loop {
            match copy_range(from, offset, to, usize::try_from(len).unwrap_or(usize::MAX)) {
                Ok(moved @ 1..) => return Some((moved as u64).min(len)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Other file systems, appended to, the same file twice, full, at the end: reading or writing says it.
                Ok(0) | Err(_) => {
                    *self = Self::Refused;
                    return None;
                }
            }
        }
    }

    /// Where in the output's file a place of the new file is, when something has been moved there.
    pub(super) const fn place_of(&self, new_len: u64) -> u64 {
        match self {
            Self::Ready { start } => *start + new_len,
            Self::Unknown | Self::Refused => new_len,
        }
    }
}

/// Where the new file begins in the output, when both are regular files.
fn start_of(from: &File, mut to: &File, written: u64) -> io::Result<Option<u64>> {
    if !from.metadata()?.is_file() || !to.metadata()?.is_file() {
        return Ok(None);
    }
    Ok(to.stream_position()?.checked_sub(written))
}

#[cfg(target_os = "linux")]
fn copy_range(from: &File, mut offset: u64, to: &File, len: usize) -> io::Result<usize> {
    Ok(rustix::fs::copy_file_range(from, Some(&mut offset), to, None, len)?)
}

#[cfg(not(target_os = "linux"))]
fn copy_range(_: &File, _: u64, _: &File, _: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}
