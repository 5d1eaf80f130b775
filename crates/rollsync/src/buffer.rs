//! A buffer for reads and writes.

use std::fmt;

/// Reading into memory that is not aligned to a page costs up to five times as much.
pub(crate) const ALIGN: usize = 4096;

/// Bytes that begin at a page, of which `start..end` are in use.
pub(crate) struct Buffer {
    memory: Vec<u8>,
    /// Where the page begins.
    origin: usize,
    len: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Buffer {
    pub(crate) fn new(len: usize) -> Self {
        let memory = vec![0; len + ALIGN];
        // No alignment to be had (usize::MAX) costs speed, nothing else.
        let origin = memory.as_ptr().align_offset(ALIGN).min(ALIGN);
        Self { memory, origin, len, start: 0, end: 0 }
    }

    /// The bytes in use.
    pub(crate) fn used(&self) -> &[u8] {
        &self.memory[self.origin..][self.start..self.end]
    }

    /// The free bytes behind those in use.
    pub(crate) fn free(&mut self) -> &mut [u8] {
        &mut self.memory[self.origin..][..self.len][self.end..]
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Lets the next bytes, when there are none, begin where they do in a file that is written a buffer's length at once.
    pub(crate) fn begin_at(&mut self, place: u64) {
        if self.is_empty() {
            let start = usize::try_from(place % self.len as u64).unwrap_or(0);
            (self.start, self.end) = (start, start);
        }
    }

    /// Lets go of all bytes in use.
    pub(crate) const fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Lets go of `n` bytes at the front.
    pub(crate) const fn consume(&mut self, n: usize) {
        self.start += n;
        if self.is_empty() {
            self.clear();
        }
    }
}

impl fmt::Debug for Buffer {
    /// Without the bytes: they are many, and may be somebody's secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { len, start, end, .. } = self;
        f.debug_struct("Buffer")
            .field("len", len)
            .field("start", start)
            .field("end", end)
            .finish_non_exhaustive()
    }
}
