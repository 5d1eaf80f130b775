//! A job as a writer of its input.

use crate::{Basis, Drive, Error, NoBasis, drive::Turn};
use rollsync_core::{Job, Stats};
use std::io::{self, Write};

/// Takes the input of a job as a writer, and passes the job's output on to another writer.
///
/// ```
/// use rollsync::{JobWriter, SignatureJob, SignatureParams};
/// use std::io::Write;
/// let mut writer = JobWriter::new(SignatureJob::new(SignatureParams::recommended(None)), Vec::new());
/// writer.write_all(b"hello ")?;
/// writer.write_all(b"world")?;
/// let (signature, stats) = writer.finish()?;
/// assert_eq!((signature.len(), stats.blocks), (48, 1));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the job is complete only after `finish`"]
pub struct JobWriter<J, W, B = NoBasis> {
    drive: Drive<J>,
    output: W,
    basis: B,
}

impl<J: Job, W: Write> JobWriter<J, W> {
    /// A writer that feeds `job`, whose output goes to `output`.
    pub fn new(job: J, output: W) -> Self {
        Self::with_basis(Drive::new(job), output, NoBasis)
    }
}

impl<J: Job, W: Write, B: Basis> JobWriter<J, W, B> {
    /// The same for a job that needs the basis, and with buffers of choice.
    pub const fn with_basis(drive: Drive<J>, output: W, basis: B) -> Self {
        Self { drive, output, basis }
    }

    /// What the job has counted so far.
    pub fn stats(&self) -> Stats {
        self.drive.stats()
    }

    /// The writer that takes the output, as far as it has come. The job is given up.
    pub fn into_inner(self) -> W {
        self.output
    }

    /// Says that this was all; completes the job, and returns the output's writer, flushed, and what was counted.
    ///
    /// # Errors
    /// When the job cannot be completed, or the output fails.
    pub fn finish(mut self) -> Result<(W, Stats), Error> {
        while self.drive.turn(&mut io::empty(), &mut self.basis, &mut self.output)? != Turn::Done {}
        let stats = self.drive.stats();
        let flushed = self.output.flush();
        flushed.map_err(|source| Error::Io { side: crate::Side::Write, offset: stats.bytes_out, source })?;
        Ok((self.output, stats))
    }
}

/// An error of the engine is a [`crate::Error`] inside the [`io::Error`]. What comes behind the end of a delta is taken
/// and ignored, as librsync does, unless the drive [looks](Drive::with_seal_check) for a seal.
impl<J: Job, W: Write, B: Basis> Write for JobWriter<J, W, B> {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let offered = bytes.len();
        loop {
            match self.drive.turn(&mut bytes, &mut self.basis, &mut self.output)? {
                Turn::Read(len) => return Ok(len),
                Turn::Done => return Ok(offered),
                Turn::Written(_) | Turn::ReadBasis | Turn::Starved | Turn::Busy => {}
            }
        }
    }

    /// Writes what the job has produced; it may know more than it can say yet.
    fn flush(&mut self) -> io::Result<()> {
        self.drive.settle(&mut self.basis, &mut self.output)?;
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Buffers, PatchJob};

    const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0 and what follows";

    #[test]
    fn writes_in_pieces_of_any_length() {
        for piece in 1..DELTA.len() {
            let drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 3, output: 4 });
            let mut writer = JobWriter::with_basis(drive, Vec::new(), &b"hello world"[..]);
            for bytes in DELTA.chunks(piece) {
                writer.write_all(bytes).unwrap();
            }
            let (new, stats) = writer.finish().unwrap();
            assert_eq!((new.as_slice(), stats.literal.bytes), (&b"world!"[..], 1));
        }
    }

    #[test]
    fn flush_passes_on_what_is_known() {
        let mut writer = JobWriter::with_basis(Drive::new(PatchJob::new()), Vec::new(), &b"hello world"[..]);
        writer.write_all(&DELTA[..7]).unwrap();
        writer.flush().unwrap();
        writer.write_all(&DELTA[7..9]).unwrap();
        writer.flush().unwrap();
        assert_eq!(writer.output, b"world!", "all but END is there");
        assert!(writer.finish().is_err(), "END is missing");
    }
}
