//! A job as an async writer of its input.

use super::{AsyncBasis, flush, turn};
use crate::{Action, Drive, Error, NoBasis, drive::Turn};
use rollsync_core::{Job, Stats};
use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::AsyncWrite;

/// Takes the input of a job as an async writer, and passes the job's output on to another one.
///
/// [`shutdown`](AsyncWrite::poll_shutdown) says that this was all, completes the job and shuts the other
/// writer down; [`finish`](Self::finish) does so but for the last, and gives the other writer back.
///
/// ```
/// use rollsync::{SignatureJob, SignatureParams, tokio::JobWriter};
/// use tokio::io::AsyncWriteExt;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut writer = JobWriter::new(SignatureJob::new(SignatureParams::recommended(None)), Vec::new());
/// writer.write_all(b"hello ").await?;
/// writer.write_all(b"world").await?;
/// let (signature, stats) = writer.finish().await?;
/// assert_eq!((signature.len(), stats.blocks), (48, 1));
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "the job is complete only after `shutdown` or `finish`"]
pub struct JobWriter<J, W, B = NoBasis> {
    drive: Drive<J>,
    output: W,
    basis: B,
    /// It was said that nothing more comes.
    ended: bool,
}

impl<J: Job, W: AsyncWrite + Unpin> JobWriter<J, W> {
    /// A writer that feeds `job`, whose output goes to `output`.
    pub fn new(job: J, output: W) -> Self {
        Self::with_basis(Drive::new(job), output, NoBasis)
    }
}

impl<J: Job, W: AsyncWrite + Unpin, B: AsyncBasis> JobWriter<J, W, B> {
    /// The same for a job that needs the basis, and with buffers of choice.
    pub const fn with_basis(drive: Drive<J>, output: W, basis: B) -> Self {
        Self { drive, output, basis, ended: false }
    }

    /// Says that this was all; completes the job, and returns the output's writer, flushed but not shut down, and what
    /// was counted.
    ///
    /// # Errors
    /// When the job cannot be completed, or the output fails.
    pub async fn finish(mut self) -> Result<(W, Stats), Error> {
        poll_fn(|cx| self.poll_complete(cx)).await?;
        flush(&self.drive, &mut self.output).await?;
        Ok((self.output, self.drive.stats()))
    }

    /// What the job has counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.drive.stats()
    }

    /// The output's writer, which lacks what the job had not said by now, all of it after a `shutdown`.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.output
    }

    fn poll_complete(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Self { drive, output, basis, ended } = self;
        *ended = true;
        turn::poll_until(
            cx,
            |cx| turn::poll(drive, cx, &mut &[][..], basis, output),
            |turn| (turn == Turn::Done).then_some(()),
        )
    }

    fn poll_settle(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Self { drive, output, basis, .. } = self;
        turn::poll_until(
            cx,
            |cx| {
                let turn = ready!(turn::poll_without_input(drive, cx, basis, output))?;
                if turn == Turn::Starved {
                    drive.flush();
                    return Poll::Ready(Ok(match drive.next()? {
                        // Of no bytes yet: they are the next turn's.
                        Action::Write(_) => Turn::Written(0),
                        _ => Turn::Starved,
                    }));
                }
                Poll::Ready(Ok(turn))
            },
            |turn| matches!(turn, Turn::Starved | Turn::Done).then_some(()),
        )
    }
}

/// An error of the engine is a [`crate::Error`] inside the [`io::Error`]. What comes behind the end of a delta is taken
/// and ignored, as librsync does, unless the drive [looks](Drive::with_seal_check) for a seal; after `shutdown`, nothing
/// is taken.
impl<J: Job + Unpin, W: AsyncWrite + Unpin, B: AsyncBasis + Unpin> AsyncWrite for JobWriter<J, W, B> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, mut bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { drive, output, basis, ended } = self.get_mut();
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if *ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let offered = bytes.len();
        let taken = ready!(turn::poll_until(
            cx,
            |cx| turn::poll(drive, cx, &mut bytes, basis, output),
            |turn| match turn {
                Turn::Read(len) => Some(len),
                Turn::Done => Some(offered),
                Turn::Written(_) | Turn::ReadBasis | Turn::Starved | Turn::Busy => None,
            },
        ))?;
        Poll::Ready(Ok(taken))
    }

    /// Writes what the job has produced; it may know more than it can say yet.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_settle(cx))?;
        Pin::new(&mut this.output).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_complete(cx))?;
        Pin::new(&mut this.output).poll_shutdown(cx)
    }
}
