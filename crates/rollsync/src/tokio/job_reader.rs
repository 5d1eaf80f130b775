//! A job as an async reader of its output.

use super::{AsyncBasis, turn};
use crate::{Drive, NoBasis, drive::Turn};
use rollsync_core::{Job, Stats};
use std::{
    io::{self, Cursor},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, ReadBuf};

/// Reads as the output of a job that is fed from another async reader.
///
/// While that one lets it wait, what has been produced can be read.
///
/// ```
/// use rollsync::{SignatureJob, SignatureParams, tokio::JobReader};
/// use tokio::io::AsyncReadExt;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut signature = Vec::new();
/// let job = SignatureJob::new(SignatureParams::recommended(None));
/// JobReader::new(job, &b"hello world"[..]).read_to_end(&mut signature).await?;
/// assert_eq!(signature.len(), 48);
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct JobReader<J, R, B = NoBasis> {
    drive: Drive<J>,
    input: R,
    basis: B,
}

impl<J: Job, R: AsyncRead + Unpin> JobReader<J, R> {
    /// The output of `job`, which reads `input`.
    #[must_use]
    pub fn new(job: J, input: R) -> Self {
        Self::with_basis(Drive::new(job), input, NoBasis)
    }
}

impl<J: Job, R: AsyncRead + Unpin, B: AsyncBasis> JobReader<J, R, B> {
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
impl<J: Job + Unpin, R: AsyncRead + Unpin, B: AsyncBasis + Unpin> AsyncRead for JobReader<J, R, B> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        place: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { drive, input, basis } = self.get_mut();
        if place.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut output = Cursor::new(place.initialize_unfilled());
        let len = ready!(turn::poll_until(
            cx,
            |cx| turn::poll(drive, cx, input, basis, &mut output),
            |turn| match turn {
                Turn::Written(len) => Some(len),
                Turn::Done => Some(0),
                Turn::Read(_) | Turn::ReadBasis | Turn::Starved | Turn::Busy => None,
            },
        ))?;
        place.advance(len);
        Poll::Ready(Ok(()))
    }
}
