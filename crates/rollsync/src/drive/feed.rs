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
            Turn::Read(_) | Turn::ReadBasis | Turn::Written(_) => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Buffers, ErrorKind, PatchJob, Side};
    use std::io;

    const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0 and what follows";

    /// Takes so many bytes, and then none for now.
    struct Room<'v>(&'v mut Vec<u8>, usize);

    impl Write for Room<'_> {
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

    #[test]
    fn pieces_of_any_length_into_room_of_any_length() {
        for piece in 1..DELTA.len() {
            for room in 1..7 {
                let mut drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 3, output: 4 });
                let (mut new, mut fed) = (Vec::new(), Fed::Going);
                let mut pieces = DELTA.chunks(piece).peekable();
                while let Some(mut input) = pieces.next() {
                    let last = pieces.peek().is_none();
                    fed = Fed::Going;
                    while fed == Fed::Going {
                        match drive.feed(
                            &mut input,
                            last,
                            &mut &b"hello world"[..],
                            &mut Room(&mut new, room),
                        ) {
                            Ok(now) => fed = now,
                            Err(Error::Io { side: Side::Write, source, .. }) => {
                                assert_eq!(source.kind(), io::ErrorKind::WouldBlock);
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
                assert_eq!(
                    (fed, &new[..]),
                    (Fed::Done, &b"world!"[..]),
                    "pieces of {piece}, room for {room}"
                );
            }
        }
    }

    #[test]
    fn what_is_known_comes_out_and_an_early_end_is_told() {
        let (mut drive, mut new) = (Drive::new(PatchJob::new()), Vec::new());
        let mut feed = |mut input, last| loop {
            match drive.feed(&mut input, last, &mut &b"hello world"[..], &mut new) {
                Ok(Fed::Going) => {}
                ended => return ended.map_err(|error| error.kind()),
            }
        };
        assert_eq!(feed(&DELTA[..9], false), Ok(Fed::Hungry));
        assert_eq!(feed(&[], true), Err(ErrorKind::InputEnded));
        assert_eq!(new, b"world!");
    }
}
