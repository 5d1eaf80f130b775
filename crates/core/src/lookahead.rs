//! The part of the input that is not done with.

use crate::{Limits, ResourceError, step::Room};
use alloc::vec::Vec;

/// A run of the new file: the bytes from `start` on that are not done with. The first of them are held here, from earlier
/// steps; the others still stand in the step's input, and are looked at and sent from there.
///
/// What is held grows with what has arrived, never with what a parameter says, up to `capacity`. Only when that is
/// reached do the bytes that are done with make place: whoever keeps no more than half of the capacity pays one move a
/// byte.
#[derive(Clone, Debug)]
pub(crate) struct Lookahead {
    buffer: Vec<u8>,
    /// Bytes at the buffer's front that are done with.
    done: usize,
    /// The offset in the new file of the first byte that is not.
    start: u64,
    /// Bytes at the buffer's end that stand in the input too, so that what crosses the border lies in one piece.
    bridge: usize,
    capacity: usize,
}

/// So much of the input is put behind what is held at once.
const BRIDGE: usize = 16 << 10;

impl Lookahead {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self { buffer: Vec::new(), done: 0, start: 0, bridge: 0, capacity }
    }

    /// It holds so much at most from now on.
    pub(crate) const fn set_capacity(&mut self, capacity: usize) {
        self.capacity = capacity;
    }

    /// How many bytes are held.
    pub(crate) const fn held(&self) -> usize {
        self.buffer.len() - self.done - self.bridge
    }

    /// The offset of the first byte that has not arrived.
    pub(crate) const fn end(&self, input: &[u8]) -> u64 {
        self.start + (self.held() + input.len()) as u64
    }

    /// The bytes from a position on, as many as lie in one piece, and whether there is nothing behind them so far.
    pub(crate) fn from<'a>(&'a self, position: u64, input: &'a [u8]) -> (&'a [u8], bool) {
        // A caller that offers less than it did leaves nothing.
        let ahead = usize::try_from(position - self.start).unwrap_or(usize::MAX);
        match ahead.checked_sub(self.held()) {
            Some(ahead) => (input.get(ahead..).unwrap_or(&[]), true),
            None => (&self.buffer[self.done + ahead..], self.bridge == input.len()),
        }
    }

    /// Puts more of the input behind what is held. When all of it stands there, or it does not matter because `position`
    /// lies in the input, everything is taken: `false`, for more must come.
    pub(crate) fn extend(
        &mut self,
        position: u64,
        window_len: usize,
        room: &mut Room<'_, '_>,
        limits: &Limits,
    ) -> Result<bool, ResourceError> {
        let is_held = position < self.start + self.held() as u64;
        if is_held && self.bridge < room.input.len() {
            let more = (room.input.len() - self.bridge).min(window_len.saturating_add(BRIDGE));
            self.append(&room.input[self.bridge..][..more], limits)?;
            self.bridge += more;
            return Ok(true);
        }
        self.take_all(room, limits)?;
        Ok(false)
    }

    /// Takes all of the input.
    pub(crate) fn take_all(&mut self, room: &mut Room<'_, '_>, limits: &Limits) -> Result<(), ResourceError> {
        self.append(&room.input[self.bridge..], limits)?;
        self.bridge = 0;
        room.take(usize::MAX);
        Ok(())
    }

    /// Takes as much of the input as there is place for.
    pub(crate) fn fill(&mut self, room: &mut Room<'_, '_>, limits: &Limits) -> Result<(), ResourceError> {
        let more = room.take(self.capacity - self.held());
        self.append(more, limits)
    }

    /// Takes the input that is not held away from what is held.
    pub(crate) fn part_from_input(&mut self) {
        self.buffer.truncate(self.buffer.len() - self.bridge);
        self.bridge = 0;
    }

    /// The next bytes, at most `n`, as many as lie in one piece.
    pub(crate) fn front<'a>(&'a self, n: usize, input: &'a [u8]) -> &'a [u8] {
        let bytes = match self.held() {
            0 => input,
            held => &self.buffer[self.done..][..held],
        };
        &bytes[..n.min(bytes.len())]
    }

    /// Lets go of up to `n` bytes at the front; how many that were.
    pub(crate) fn advance(&mut self, n: usize, room: &mut Room<'_, '_>) -> usize {
        let held = n.min(self.held());
        self.done += held;
        if self.held() == 0 {
            self.buffer.clear();
            (self.done, self.bridge) = (0, 0);
        }
        let gone = held + room.take(n - held).len();
        self.start += gone as u64;
        gone
    }

    fn append(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), ResourceError> {
        if self.done == self.buffer.len() || self.buffer.len().saturating_add(bytes.len()) > self.capacity {
            self.buffer.drain(..self.done);
            self.done = 0;
        }
        limits.reserve(&mut self.buffer, bytes.len(), self.capacity, 0)?;
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }
}
