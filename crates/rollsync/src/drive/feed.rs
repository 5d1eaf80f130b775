//! Input that comes by itself.

use super::{Drive, Turn};
use crate::{Basis, Error};
use rollsync_core::Job;
use std::io::Write;

/// How a turn of a drive that is [fed](Drive::feed) ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// There is more to do with what it has.
    Going,
    /// It has taken all that it was fed, and given all that comes of it.
    Hungry,
    /// The job is done, and all of its output is written.
    Done,
}

/// So much is fed in one turn: in between, somebody may stop the work.
const PART: usize = 256 << 10;

impl<J: Job> Drive<J> {
    /// One turn with input that comes by itself: for who is given bytes and does not fetch them. What is taken is cut off the
    /// front of `input`, at most some hundred KiB a turn; `last` says that nothing follows it.
    ///
    /// ```
    /// use rollsync::{Drive, Fed, NoBasis, SignatureJob, SignatureParams};
    /// let (mut drive, mut signature) = (Drive::new(SignatureJob::new(SignatureParams::recommended(None))), Vec::new());
    /// for (mut piece, last) in [(&b"hello "[..], false), (b"world", true)] {
    ///     while drive.feed(&mut piece, last, &mut NoBasis, &mut signature)? == Fed::Going {}
    /// }
    /// assert_eq!(signature.len(), 48);
    /// # Ok::<(), rollsync::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a stream fails or the job does. An output that takes no more for now fails with
    /// [`WouldBlock`](std::io::ErrorKind::WouldBlock): nothing is lost, the next turn offers the same.
    pub fn feed(
        &mut self,
        input: &mut &[u8],
        last: bool,
        basis: &mut (impl Basis + ?Sized),
        output: &mut impl Write,
    ) -> Result<Fed, Error> {
        let mut part = &input[..input.len().min(PART)];
        let offered = part.len();
        let turn = self.turn_over(&mut part, basis, output);
        *input = &input[offered - part.len()..];
        match turn? {
            Turn::Done => return Ok(Fed::Done),
            Turn::Starved if !input.is_empty() => {}
            Turn::Starved if last => self.was_read(0),
            Turn::Starved if self.has_output() => self.flush(),
            Turn::Starved => return Ok(Fed::Hungry),
            Turn::Read(_) | Turn::ReadBasis | Turn::Written(_) | Turn::Busy => {}
        }
        Ok(Fed::Going)
    }

    /// Writes all that can be said without further input.
    pub(crate) fn settle(
        &mut self,
        basis: &mut (impl Basis + ?Sized),
        output: &mut impl Write,
    ) -> Result<(), Error> {
        while self.feed(&mut &[][..], false, basis, output)? == Fed::Going {}
        Ok(())
    }
}
