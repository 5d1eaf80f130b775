//! Who is told how far whole-file work is, and who may stop it.

use crate::{job::ProgressCallback, result_code::RsResult, stream::Stream};
use rollsync::CancelToken;
use std::cell::Cell;
use std::io::{self, Read, Write};
use std::time::Instant;

/// What may be slow is read and written in parts of so many bytes.
const SLOW: usize = 4096;

/// Looks at every read and every write, all of which happen on the thread that has called the library.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    progress: Option<ProgressCallback>,
    cancel: Option<CancelToken>,
    deadline: Option<Instant>,
    /// Bytes read and written.
    moved: Cell<[u64; 2]>,
    stopped: Cell<Option<RsResult>>,
}

impl Watch {
    pub(crate) const fn new(
        progress: Option<ProgressCallback>,
        cancel: Option<CancelToken>,
        deadline: Option<Instant>,
    ) -> Self {
        Self { progress, cancel, deadline, moved: Cell::new([0; 2]), stopped: Cell::new(None) }
    }

    /// Why the work was stopped, if it was.
    pub(crate) const fn stopped(&self) -> Option<RsResult> {
        self.stopped.get()
    }

    /// How many bytes were read and written so far.
    pub(crate) const fn moved(&self) -> [u64; 2] {
        self.moved.get()
    }

    /// What is read and written counts.
    pub(crate) fn of(&self, stream: Stream) -> Watched<'_> {
        Watched { stream, watch: self, counts: true, most: self.most(stream) }
    }

    /// What is read of a basis does not count; it is looked at nevertheless.
    pub(crate) fn of_basis(&self, stream: Stream) -> Watched<'_> {
        Watched { counts: false, ..self.of(stream) }
    }

    /// How many bytes are read or written at once: the C library waits until all of them are.
    fn most(&self, stream: Stream) -> usize {
        let is_idle = self.progress.is_none() && self.cancel.is_none() && self.deadline.is_none();
        if is_idle || stream.len().is_some() { usize::MAX } else { SLOW }
    }

    fn look(&self) -> io::Result<()> {
        let result = if self.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            RsResult::CANCELLED
        } else if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            RsResult::LIMIT
        } else {
            return Ok(());
        };
        self.stopped.set(Some(result));
        Err(io::Error::other("stopped"))
    }

    fn tell(&self, [bytes_in, bytes_out]: [usize; 2]) {
        let [before_in, before_out] = self.moved.get();
        let moved = [before_in + bytes_in as u64, before_out + bytes_out as u64];
        self.moved.set(moved);
        if let Some(ProgressCallback { function, opaque }) = self.progress {
            // SAFETY: whoever has given it promised that it may be called with this argument during the call.
            unsafe { function(opaque, moved[0], moved[1]) };
        }
    }
}

/// A stream at which somebody looks.
#[derive(Debug)]
pub(crate) struct Watched<'w> {
    stream: Stream,
    watch: &'w Watch,
    counts: bool,
    /// How many bytes are read or written at once.
    most: usize,
}

impl Watched<'_> {
    pub(crate) const fn stream(&self) -> Stream {
        self.stream
    }

    /// An error when the work is to stop.
    pub(crate) fn look(&self) -> io::Result<()> {
        self.watch.look()
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.watch.look()?;
        let most = place.len().min(self.most);
        let len = self.stream.read(&mut place[..most])?;
        self.watch.tell([if self.counts { len } else { 0 }, 0]);
        Ok(len)
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch.look()?;
        let len = self.stream.write(&bytes[..bytes.len().min(self.most)])?;
        self.watch.tell([0, len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
