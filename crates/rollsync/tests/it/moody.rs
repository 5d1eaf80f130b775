//! An async stream as no real one would be.

use crate::data::Random;
use std::{
    io::{self, SeekFrom},
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

/// A stream that gives, takes and seeks as it pleases: pieces of any length, and often it is not ready.
pub(crate) struct Moody<T> {
    inner: T,
    random: Random,
    largest: usize,
    /// Where a seek under way leads.
    seeking: Option<SeekFrom>,
}

impl<T> Moody<T> {
    pub(crate) fn new(inner: T, seed: u64, largest: usize) -> Self {
        Self { inner, random: Random::new(seed), largest, seeking: None }
    }

    fn is_ready(&mut self, cx: &Context<'_>) -> bool {
        let ready = self.random.below(3) > 0;
        if !ready {
            cx.waker().wake_by_ref();
        }
        ready
    }

    fn piece(&mut self) -> usize {
        1 + self.random.below(self.largest)
    }
}

impl<T: io::Read + Unpin> AsyncRead for Moody<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        place: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        assert!(self.seeking.is_none(), "nobody reads before the seek is complete");
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        let len = self.piece().min(place.remaining());
        let read = self.inner.read(place.initialize_unfilled_to(len))?;
        place.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl<T: io::Write + Unpin> AsyncWrite for Moody<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        let len = self.piece().min(bytes.len());
        Poll::Ready(self.inner.write(&bytes[..len]))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_ready(cx) { Poll::Ready(self.inner.flush()) } else { Poll::Pending }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

impl<T: io::Seek + Unpin> AsyncSeek for Moody<T> {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        if self.seeking.replace(position).is_some() {
            return Err(io::Error::other("a seek is under way"));
        }
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        match self.seeking.take() {
            Some(position) => Poll::Ready(self.inner.seek(position)),
            None => Poll::Ready(Ok(0)),
        }
    }
}
