//! Pieces of a file that their threads read themselves.

use super::{crew::Crew, placed::Placed};
use std::collections::VecDeque;

/// The pieces of a file, by the offsets at which they begin.
pub(super) struct Offsets<'f> {
    file: Placed<'f>,
    pub(super) piece_len: usize,
    /// Where the next one begins.
    pub(super) next: u64,
}

impl<'f> Offsets<'f> {
    /// Pieces of this length, the first of which begins at `next`.
    pub(super) const fn new(file: Placed<'f>, piece_len: usize, next: u64) -> Self {
        Self { file, piece_len, next }
    }

    /// Hands out pieces until `depth` are in the queue, or all that the file had; one if there is none in it. When the crew has all that the file
    /// had, it is closed: should there be more by now, the calling thread is given one at a time.
    pub(super) fn hand_out<R: Send>(
        &mut self,
        crew: &Crew<'_, u64, R>,
        queue: &mut VecDeque<u64>,
        depth: usize,
    ) {
        while queue.is_empty() || queue.len() < depth && !self.file.ended_before(self.next) {
            queue.push_back(crew.give(self.next));
            self.next += self.piece_len as u64;
        }
        if self.file.ended_before(self.next) {
            crew.close();
        }
    }
}
