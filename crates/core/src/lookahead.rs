//! The tail of the input that is not done with.

use crate::{Limits, ResourceError, step::Room};
use alloc::vec::Vec;

/// A run of the new file: the bytes from `start` on that are not done with.
///
/// It grows with what has arrived, never with what a parameter says, up to `capacity`. Only when that is reached do
/// the bytes that are done with make place: whoever keeps no more than half of the capacity pays one move a byte.
#[derive(Clone, Debug)]
pub(crate) struct Lookahead {
    buffer: Vec<u8>,
    /// Bytes at the buffer's front that are done with.
    done: usize,
    /// The offset in the new file of the first byte that is not.
    start: u64,
    capacity: usize,
}

impl Lookahead {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self { buffer: Vec::new(), done: 0, start: 0, capacity }
    }

    /// The bytes, the first of which stands at [`start`](Self::start) of the new file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.done..]
    }

    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// Lets go of `n` bytes at the front.
    pub(crate) fn advance(&mut self, n: usize) {
        self.done += n;
        self.start += n as u64;
    }

    /// Takes input as far as there is place.
    pub(crate) fn fill(&mut self, room: &mut Room<'_, '_>, limits: &Limits) -> Result<(), ResourceError> {
        if self.done == self.buffer.len()
            || self.buffer.len().saturating_add(room.input.len()) > self.capacity
        {
            self.buffer.drain(..self.done);
            self.done = 0;
        }
        let more = room.input.len().min(self.capacity - self.buffer.len());
        limits.reserve(&mut self.buffer, more, self.capacity, 0)?;
        self.buffer.extend_from_slice(room.take(more));
        Ok(())
    }
}
