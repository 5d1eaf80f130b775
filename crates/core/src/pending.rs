//! Bytes that a job has made and not yet got rid of.

use crate::step::Room;

/// A short queue of output bytes: headers, records, commands. Payload is not queued.
#[derive(Clone, Debug)]
pub(crate) struct Pending<const N: usize> {
    bytes: [u8; N],
    sent: usize,
    len: usize,
}

impl<const N: usize> Pending<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], sent: 0, len: 0 }
    }

    /// Appends what `write` puts at the front of the free space; it returns how much that is.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut [u8]) -> usize) -> usize {
        if self.sent == self.len {
            (self.sent, self.len) = (0, 0);
        }
        let written = write(&mut self.bytes[self.len..]);
        self.len += written;
        written
    }

    /// Appends `bytes`, which must find room.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.append(|free| {
            free[..bytes.len()].copy_from_slice(bytes);
            bytes.len()
        });
    }

    /// Moves what it holds to the output; whether all of it went.
    pub(crate) fn drain(&mut self, room: &mut Room<'_, '_>) -> bool {
        self.sent += room.put(&self.bytes[self.sent..self.len]);
        self.sent == self.len
    }
}
