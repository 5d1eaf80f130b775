//! Async driving of jobs, over tokio's [`AsyncRead`] and [`AsyncWrite`] (feature `tokio`, off by default).
//!
//! - [`run`] and [`run_with_basis`] do the whole of a job, as [`Drive::run`] does it over readers and writers;
//! - [`JobReader`] and [`JobWriter`] are a job as an [`AsyncRead`] and as an [`AsyncWrite`];
//! - [`AsyncBasis`] is where a patch finds the old bytes: any [`Basis`](crate::Basis) that does not make one wait
//!   (bytes in memory), or a [`SeekBasis`] around what is [`AsyncRead`] and [`AsyncSeek`](::tokio::io::AsyncSeek).
//!
//! Only tokio's traits are used, so that any runtime serves. All of it is one loop with the blocking drivers: the
//! bytes out are the same.
//!
//! # Cancellation
//! A future or an adapter may be dropped whenever it waits. What has been read and not yet written is then in the
//! [`Drive`], nothing is lost: `run` with the same drive and the same streams goes on where it stopped. With an
//! adapter, which owns its drive, the work itself is dropped. Nothing is put in any file's place by these functions:
//! write to a temporary, as [`OutputFile`](crate::OutputFile) does.
//!
//! # The executor's time
//! A turn of the loop takes in or writes at most a buffer (256 KiB); after 16 turns without waiting, the others on the
//! executor have theirs. Smaller [`Buffers`](crate::Buffers) make that shorter. For a patch that is
//! all; a signature gathers blocks and hashes them side by side, less than 1 MiB at once.
//!
//! Two things may take longer, and are better done where blocking is allowed when the other side is not trusted:
//! - A delta hashes whole blocks, whose length the signature says, up to 32 of them side by side: a turn may find one
//!   that began many buffers before, and at the end of the new file decides all that is held, a block or more. Where the new file has a block's weak
//!   sum and not its strong one, it may hash a block at each byte. [`Work`](crate::Work) bounds the sum of that, not
//!   a turn's share: by default to 8 bytes for each of the new file, and what was not used of a MiB (with long blocks,
//!   of 16 to 32 of them) can come all at once. With librsync's profiles nothing bounds it but a block at each byte.
//! - Building a [`SignatureIndex`](crate::SignatureIndex) is one piece of work that grows with the signature.
//!
//! ```
//! use rollsync::{Drive, PatchJob, SignatureJob, SignatureParams, tokio::{run, run_with_basis}};
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let mut signature = Vec::new();
//! let mut drive = Drive::new(SignatureJob::new(SignatureParams::recommended(None)));
//! run(&mut drive, &b"hello world"[..], &mut signature).await?;
//! assert_eq!((signature.len(), drive.stats().blocks), (48, 1));
//!
//! let mut new = Vec::new();
//! let delta = b"rs\x026\x45\x06\x05\x01!\0";
//! run_with_basis(&mut Drive::new(PatchJob::new()), &delta[..], &mut &b"hello world"[..], &mut new).await?;
//! assert_eq!(new, b"world!");
//! # Ok::<(), rollsync::Error>(())
//! # }).unwrap();
//! ```

mod basis;
mod job_reader;
mod job_writer;
#[cfg(test)]
mod tests;
mod turn;

pub use basis::{AsyncBasis, SeekBasis};
pub use job_reader::JobReader;
pub use job_writer::JobWriter;

use crate::{Drive, Error, NoBasis, Side, drive::Turn};
use ::tokio::io::{AsyncRead, AsyncWrite};
use rollsync_core::Job;
use std::{future::poll_fn, pin::Pin};

/// Drives the job to its end, from `input` to `output`, which is flushed.
///
/// May be dropped and called again with the same drive and streams, and goes on where it stopped.
///
/// # Errors
/// When a stream fails or the job does.
pub async fn run<J: Job>(
    drive: &mut Drive<J>,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> Result<(), Error> {
    run_with_basis(drive, input, &mut NoBasis, output).await
}

/// The same for a job that needs the basis.
///
/// A file as the basis, read where blocking is allowed:
///
/// ```
/// use rollsync::{Drive, PatchJob, tokio::{SeekBasis, run_with_basis}};
/// use tokio::fs;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("basis");
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// fs::write(&path, "hello world").await?;
/// let mut basis = SeekBasis::new(fs::File::open(&path).await?);
/// let mut new = Vec::new();
/// let delta = b"rs\x026\x45\x06\x05\x01!\0";
/// run_with_basis(&mut Drive::new(PatchJob::new()), &delta[..], &mut basis, &mut new).await?;
/// assert_eq!(new, b"world!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// When a stream fails or the job does.
pub async fn run_with_basis<J: Job>(
    drive: &mut Drive<J>,
    mut input: impl AsyncRead + Unpin,
    basis: &mut (impl AsyncBasis + ?Sized),
    mut output: impl AsyncWrite + Unpin,
) -> Result<(), Error> {
    poll_fn(|cx| {
        turn::poll_until(
            cx,
            |cx| turn::poll(drive, cx, &mut input, basis, &mut output),
            |turn| (turn == Turn::Done).then_some(()),
        )
    })
    .await?;
    flush(drive, &mut output).await
}

/// Flushes what a drive has written to.
async fn flush<J: Job>(drive: &Drive<J>, output: &mut (impl AsyncWrite + Unpin)) -> Result<(), Error> {
    let flushed = poll_fn(|cx| Pin::new(&mut *output).poll_flush(cx)).await;
    flushed.map_err(|source| Error::Io { side: Side::Write, offset: drive.stats().bytes_out, source })
}
