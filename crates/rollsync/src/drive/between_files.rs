//! Copies from the basis' file to the output's that need not pass through memory of ours.

use super::{
    Drive,
    pipe::Pipe,
    turn::{Behind, Turn, failed, uninterrupted},
};
use crate::{Error, Side, buffer::ALIGN};
use rollsync_core::Job;
use std::{
    fs::File,
    io::{self, Seek},
};

/// What is moved begins and ends at pages: only there can file systems share what they store.
const PAGE: u64 = ALIGN as u64;

/// So many bytes may be shared by two files; less is sooner passed through the pipe.
const LEAST_MOVED: u64 = 1 << 20;

/// Less is sooner read and written.
const LEAST_PASSED: u64 = 32 << 10;

/// No call takes longer than this many bytes do: between two of them the work can be cancelled.
const MOST: u64 = 8 << 20;

/// What is passed through the pipe is written up to a multiple of this: the system keeps a long and well aligned write in
/// one piece.
const WRITTEN: u64 = 256 << 10;

/// A copy that is not so many times as long as what stands before it in our buffer is sooner read: through the pipe, that
/// is copied once more.
const TIMES_PUT: u64 = 8;

/// When the pipe is written.
const HELD: usize = 768 << 10;

/// So much of our own output goes through the pipe, between copies that do; more is sooner written.
const MOST_PUT: usize = 64 << 10;

/// What is known of the two files.
#[derive(Debug, Default)]
pub(super) struct BetweenFiles {
    /// The new file begins at this place of the output. `None` as long as nobody has asked.
    start: Option<u64>,
    refuses_moving: bool,
    refuses_passing: bool,
    pipe: Option<Pipe>,
}

impl BetweenFiles {
    /// Bytes that are on the way from file to file.
    pub(super) fn held(&self) -> u64 {
        self.pipe.as_ref().map_or(0, |pipe| pipe.held() as u64)
    }

    fn refuse(&mut self) {
        (self.refuses_moving, self.refuses_passing) = (true, true);
    }

    /// Where the new file begins in the output; `None` when one of them is no regular file.
    fn start(&mut self, from: &File, to: &File, written: u64) -> Option<u64> {
        if self.start.is_none() {
            self.start = start_of(from, to, written).ok().flatten();
        }
        self.start
    }
}

impl<J: Job> Drive<J> {
    /// Takes a part of the copy that is asked for from file to file, or makes way for that. When it does neither, so many
    /// bytes at most are to be read.
    pub(super) fn copy_between(
        &mut self,
        (from, offset): (&File, u64),
        to: Behind<'_>,
        wanted: u64,
    ) -> Result<Option<u64>, Error> {
        let between = &mut self.between;
        if wanted < LEAST_PASSED || between.refuses_moving && between.refuses_passing {
            return Ok(Some(wanted));
        }
        let (used, held) = (self.output.used().len(), between.held());
        let Some(start) = between.start(from, to.file, self.bytes_out) else {
            between.refuse();
            return Ok(Some(wanted));
        };
        let place = start + self.bytes_out + held + used as u64;
        let head = offset.wrapping_neg() % PAGE;
        let is_level = place % PAGE == offset % PAGE;
        if is_level && wanted - head >= LEAST_MOVED && !between.refuses_moving {
            if head > 0 {
                return Ok(Some(head));
            }
            if held > 0 {
                self.drain(to, u64::MAX)?;
            } else if used > 0 {
                self.flush();
            } else {
                let len = wanted.min(MOST) / PAGE * PAGE;
                // Other file systems, appended to, the same file twice, full, at the end: reading or writing says it.
                to.writer.make_room(len);
                match copy_range(from, offset, to.file, len) {
                    Ok(moved @ 1..) => {
                        self.bytes_out += moved;
                        self.was_given(moved);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => self.between.refuses_moving = true,
                }
            }
            return Ok(None);
        }
        self.pass((from, offset), to, wanted)
    }

    /// The same through the pipe.
    fn pass(
        &mut self,
        (from, offset): (&File, u64),
        to: Behind<'_>,
        wanted: u64,
    ) -> Result<Option<u64>, Error> {
        if self.between.refuses_passing || wanted < TIMES_PUT * self.output.used().len() as u64 {
            return Ok(Some(wanted));
        }
        if self.between.pipe.is_none() {
            self.between.pipe = Pipe::open().ok();
        }
        let Some(pipe) = &mut self.between.pipe else {
            self.between.refuses_passing = true;
            return Ok(Some(wanted));
        };
        if pipe.held() >= HELD {
            self.drain(to, WRITTEN)?;
            return Ok(None);
        }
        if !self.output.is_empty() {
            let bytes = self.output.used();
            if bytes.len() > MOST_PUT {
                self.flush();
            } else {
                match pipe.put(bytes) {
                    Ok(len) => self.output.consume(len),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // It is full.
                    Err(_) if pipe.held() > 0 => self.drain(to, WRITTEN)?,
                    Err(_) => self.between.refuses_passing = true,
                }
            }
            return Ok(None);
        }
        match pipe.take(from, offset, usize::try_from(wanted.min(MOST)).unwrap_or(usize::MAX)) {
            Ok(len @ 1..) => self.was_given(len as u64),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && pipe.held() > 0 => {
                self.drain(to, WRITTEN)?;
            }
            // The end, or an error: reading says which.
            Ok(0) | Err(_) => self.between.refuses_passing = true,
        }
        Ok(None)
    }

    /// Writes what is on the way, up to a multiple of `even` in the output where there is one.
    pub(super) fn drain(&mut self, to: Behind<'_>, even: u64) -> Result<(), Error> {
        let between = &mut self.between;
        let place = between.start.unwrap_or(0) + self.bytes_out;
        let Some(pipe) = &mut between.pipe else { return Ok(()) };
        let held = pipe.held() as u64;
        let most = match (place + held) / even * even {
            end if end > place => end - place,
            _ => held,
        };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        to.writer.make_room(most as u64);
        let drained = uninterrupted(|| pipe.drain(to.file, most));
        let len = drained.map_err(|source| failed(Side::Write, self.bytes_out, source))?;
        self.bytes_out += len as u64;
        Ok(())
    }

    /// Writes all that is on the way, and says whether there was anything.
    pub(super) fn drain_first(&mut self, to: Option<Behind<'_>>) -> Result<Option<Turn>, Error> {
        match to {
            Some(to) if self.between.held() > 0 => {
                self.drain(to, u64::MAX)?;
                Ok(Some(Turn::ReadBasis))
            }
            _ => Ok(None),
        }
    }

    fn was_given(&mut self, len: u64) {
        self.asked = 0;
        self.job.basis_given(len);
        let place = self.between.start.unwrap_or(0) + self.bytes_out + self.between.held();
        self.output.begin_at(place);
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
fn copy_range(from: &File, mut offset: u64, to: &File, len: u64) -> io::Result<u64> {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let moved = rustix::fs::copy_file_range(from, Some(&mut offset), to, None, len)?;
    Ok(moved as u64)
}

#[cfg(not(target_os = "linux"))]
fn copy_range(_: &File, _: u64, _: &File, _: u64) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}
