//! Where an async patch finds the bytes of the basis.

use crate::Basis;
use std::{
    io::{self, SeekFrom},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

/// Bytes that can be read at any offset, where that may have to wait.
///
/// Every [`Basis`] is one. It is read on the spot: right for bytes in memory, while a file makes the other tasks of
/// the thread wait for the disk; for that there is [`SeekBasis`].
///
/// An adapter owns its basis, or borrows it: a `&mut` of a [`Basis`], of a [`SeekBasis`] and of a `dyn AsyncBasis` is
/// one. That of another type is not by itself (it might be a [`Basis`] as well), but as a `&mut dyn AsyncBasis`:
///
/// ```
/// use rollsync::{Drive, PatchJob, tokio::{AsyncBasis, JobReader}};
/// use tokio::io::AsyncReadExt;
/// async fn first_byte<B: AsyncBasis>(basis: &mut B, delta: &[u8]) -> std::io::Result<u8> {
///     let basis: &mut dyn AsyncBasis = basis;
///     JobReader::with_basis(Drive::new(PatchJob::new()), delta, basis).read_u8().await
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut basis = &b"hello world"[..];
/// assert_eq!(first_byte(&mut basis, b"rs\x026\x45\x06\x05\x01!\0").await?, b'w');
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
pub trait AsyncBasis {
    /// Reads bytes from `offset` on to the front of `place`; how many, 0 only at the end. While it waits it is asked
    /// for the same again, unless the patch is dropped.
    ///
    /// # Errors
    /// When reading fails.
    fn poll_read_at(
        &mut self,
        cx: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>>;
}

impl<B: Basis + ?Sized> AsyncBasis for B {
    fn poll_read_at(
        &mut self,
        _: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.read_at(offset, place) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }
}

impl AsyncBasis for &mut (dyn AsyncBasis + '_) {
    fn poll_read_at(
        &mut self,
        cx: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        (**self).poll_read_at(cx, offset, place)
    }
}

impl AsyncBasis for &mut (dyn AsyncBasis + Send + '_) {
    fn poll_read_at(
        &mut self,
        cx: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        (**self).poll_read_at(cx, offset, place)
    }
}

/// Anything that can read and seek without blocking, as a basis. It seeks only where a copy does not continue the one
/// before.
#[derive(Debug)]
pub struct SeekBasis<S> {
    inner: S,
    place: Place,
}

/// Where the next read will be.
#[derive(Clone, Copy, Debug)]
enum Place {
    Unknown,
    Seeking(u64),
    At(u64),
}

impl<S: AsyncRead + AsyncSeek + Unpin> SeekBasis<S> {
    /// `inner` as a basis, wherever it stands.
    #[must_use]
    pub const fn new(inner: S) -> Self {
        Self { inner, place: Place::Unknown }
    }

    /// What was made a basis; where it stands is not said.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn poll_seek(&mut self, cx: &mut Context<'_>, offset: u64) -> Poll<io::Result<()>> {
        let mut inner = Pin::new(&mut self.inner);
        match self.place {
            Place::At(at) if at == offset => return Poll::Ready(Ok(())),
            Place::Seeking(to) if to == offset => {}
            _ => {
                // A seek that nobody waits for any longer may still be under way; how it ends is of no interest.
                let _: io::Result<u64> = ready!(inner.as_mut().poll_complete(cx));
                inner.as_mut().start_seek(SeekFrom::Start(offset))?;
                self.place = Place::Seeking(offset);
            }
        }
        let sought = ready!(inner.poll_complete(cx));
        self.place = if sought.is_ok() { Place::At(offset) } else { Place::Unknown };
        Poll::Ready(sought.map(drop))
    }
}

impl<S: AsyncRead + AsyncSeek + Unpin> AsyncBasis for SeekBasis<S> {
    fn poll_read_at(
        &mut self,
        cx: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        // The system refuses to seek past the longest file that can be; the basis has ended before.
        if offset > i64::MAX.cast_unsigned() {
            return Poll::Ready(Ok(0));
        }
        ready!(self.poll_seek(cx, offset))?;
        let mut place = ReadBuf::new(place);
        let read = ready!(Pin::new(&mut self.inner).poll_read(cx, &mut place));
        let len = place.filled().len();
        self.place = if read.is_ok() { Place::At(offset + len as u64) } else { Place::Unknown };
        Poll::Ready(read.map(|()| len))
    }
}

impl<S: AsyncRead + AsyncSeek + Unpin> AsyncBasis for &mut SeekBasis<S> {
    fn poll_read_at(
        &mut self,
        cx: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        (**self).poll_read_at(cx, offset, place)
    }
}
