//! A job as a reader of its output.

use crate::{Basis, Drive, NoBasis, drive::Turn};
use rollsync_core::{Job, Stats};
use std::io::{self, Read};

/// Reads as the output of a job that is fed from another reader.
///
/// ```
/// use rollsync::{JobReader, SignatureJob, SignatureParams};
/// use std::io::Read;
/// let mut signature = Vec::new();
/// let job = SignatureJob::new(SignatureParams::recommended(None));
/// JobReader::new(job, &b"hello world"[..]).read_to_end(&mut signature)?;
/// assert_eq!(signature.len(), 48);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct JobReader<J, R, B = NoBasis> {
    drive: Drive<J>,
    input: R,
    basis: B,
}

impl<J: Job, R: Read> JobReader<J, R> {
    /// The output of `job`, which reads `input`.
    #[must_use]
    pub fn new(job: J, input: R) -> Self {
        Self::with_basis(Drive::new(job), input, NoBasis)
    }
}

impl<J: Job, R: Read, B: Basis> JobReader<J, R, B> {
    /// The same for a job that needs the basis, and with buffers of choice.
    #[must_use]
    pub const fn with_basis(drive: Drive<J>, input: R, basis: B) -> Self {
        Self { drive, input, basis }
    }

    /// What the job has counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.drive.stats()
    }

    /// The reader that fed the job.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.input
    }
}

/// An error of the engine is a [`crate::Error`] inside the [`io::Error`].
impl<J: Job, R: Read, B: Basis> Read for JobReader<J, R, B> {
    fn read(&mut self, mut place: &mut [u8]) -> io::Result<usize> {
        if place.is_empty() {
            return Ok(0);
        }
        loop {
            match self.drive.turn_without_input(&mut self.basis, &mut place)? {
                Turn::Written(len) => return Ok(len),
                Turn::Done => return Ok(0),
                // What is known is told before more is asked for: whoever gives the input may wait for it.
                Turn::Starved if self.drive.has_output() => self.drive.flush(),
                Turn::Starved => {
                    self.drive.turn(&mut self.input, &mut self.basis, &mut place)?;
                }
                Turn::Read(_) | Turn::ReadBasis | Turn::Busy => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Buffers, Error, ErrorKind, PatchJob};

    const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0";

    #[test]
    fn reads_in_pieces_of_any_length() {
        for piece in 1..9 {
            let drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 3, output: 4 });
            let mut reader = JobReader::with_basis(drive, DELTA, &b"hello world"[..]);
            let mut new = Vec::new();
            let mut place = vec![0; piece];
            loop {
                match reader.read(&mut place).unwrap() {
                    0 => break,
                    len => new.extend_from_slice(&place[..len]),
                }
            }
            assert_eq!(new, b"world!");
            assert_eq!((reader.stats().copy.bytes, reader.stats().bytes_out), (5, 6));
        }
    }

    /// Whoever gives the input may wait for what it has made so far.
    #[test]
    fn what_is_known_is_told_before_more_is_asked_for() {
        struct Once<'a>(&'a [u8]);
        impl Read for Once<'_> {
            fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
                let bytes = std::mem::take(&mut self.0);
                assert!(!bytes.is_empty(), "asked again before anything was told");
                place[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
        }
        let mut reader = JobReader::new(PatchJob::new(), Once(b"rs\x026\x05hello"));
        let mut place = [0; 5];
        reader.read_exact(&mut place).unwrap();
        assert_eq!(&place, b"hello");
    }

    #[test]
    fn an_error_of_a_stream_is_itself() {
        struct Full;
        impl Read for Full {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from_raw_os_error(28))
            }
        }
        let error = JobReader::new(PatchJob::new(), Full).read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(28));
    }

    #[test]
    fn the_engine_s_error_is_inside() {
        let mut reader = JobReader::new(PatchJob::new(), &b"rs\x02"[..]);
        let error = reader.read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(inner.kind(), ErrorKind::InputEnded);
    }
}
