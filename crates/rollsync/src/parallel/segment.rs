//! The new file of a delta, cut into segments that overlap.

use super::{Told, read_full};
use crate::{Error, buffer::ALIGN};
use rollsync_core::{Searched, SignatureIndex};
use std::{io::Read, sync::Arc};

/// Some positions of the new file, with the bytes behind them that their windows reach into.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) data: Arc<Overlapping>,
    pub(super) positions: usize,
    pub(super) last: bool,
}

impl Segment {
    /// The bytes at its positions.
    pub(super) fn own(&self) -> &[u8] {
        &self.data.bytes()[..self.positions]
    }
}

/// A segment, and what was found in it when it was searched ahead.
pub(super) type Found = (Segment, Option<Searched>);

/// Where segments come from.
pub(super) trait Segments {
    /// The next one. `done` is the one before it.
    fn next(&mut self, done: Option<Segment>, told: &mut Told<'_>) -> Result<Option<Found>, Error>;

    /// How many bytes the calling thread has read so far; 0 where each reads for itself.
    fn read_so_far(&self) -> u64 {
        0
    }

    /// So many of those that were searched were of use so far, and so many were not.
    fn learn(&mut self, joined: (u64, u64));
}

/// Cuts the input into segments.
pub(super) struct Cutter<R> {
    input: R,
    segment_len: usize,
    /// How far a window reaches out of its segment, and the byte behind it.
    overlap: usize,
    start: u64,
    /// What is read beyond the last segment.
    held: Vec<u8>,
    /// Memory of segments that are done with.
    spare: Vec<Overlapping>,
    ended: bool,
}

impl<R: Read> Cutter<R> {
    pub(super) fn new(input: R, segment_len: usize, index: &SignatureIndex) -> Self {
        let overlap = index.signature().params().block_len().as_usize() + 1;
        Self { input, segment_len, overlap, start: 0, held: Vec::new(), spare: Vec::new(), ended: false }
    }

    pub(super) fn recycle(&mut self, segment: Option<Segment>) {
        self.spare.extend(segment.and_then(|segment| Arc::into_inner(segment.data)));
    }

    pub(super) const fn segment_len(&self) -> usize {
        self.segment_len
    }

    /// Whether the input is read to its end.
    pub(super) const fn has_ended(&self) -> bool {
        self.ended
    }

    /// How many bytes are read so far.
    pub(super) fn offset(&self) -> u64 {
        self.start + self.held.len() as u64
    }

    pub(super) fn next(&mut self, told: &mut Told<'_>) -> Result<Option<Segment>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut data = self.spare.pop().unwrap_or_else(|| Overlapping::new(self.overlap, self.segment_len));
        let missing = self.segment_len + self.overlap - self.held.len();
        let offset = self.offset();
        let len = read_full(&mut self.input, offset, data.behind(&self.held, missing), told)?;
        data.len = self.held.len() + len;
        self.ended = len < missing;
        let positions = if self.ended { data.len } else { self.segment_len };
        self.held.clear();
        self.held.extend_from_slice(&data.bytes()[positions..]);
        let segment = Segment { start: self.start, data: Arc::new(data), positions, last: self.ended };
        self.start += positions as u64;
        Ok(Some(segment))
    }
}

/// A segment's memory: some bytes of the one before, and behind them, from a page's beginning on, what is read.
#[derive(Debug)]
pub(super) struct Overlapping {
    memory: Vec<u8>,
    /// Where the page begins.
    origin: usize,
    /// Where the bytes in use begin, and how many they are.
    start: usize,
    len: usize,
}

impl Overlapping {
    /// Memory for `len` bytes, with `overlap` before and behind.
    pub(super) fn new(overlap: usize, len: usize) -> Self {
        let memory = vec![0; overlap + ALIGN + len + overlap];
        let origin = overlap + memory[overlap..].as_ptr().align_offset(ALIGN).min(ALIGN);
        Self { memory, origin, start: origin, len: 0 }
    }

    /// The place for `len` bytes behind `held`.
    pub(super) fn behind(&mut self, held: &[u8], len: usize) -> &mut [u8] {
        self.start = self.origin - held.len();
        self.memory[self.start..self.origin].copy_from_slice(held);
        &mut self.memory[self.origin..][..len]
    }

    /// What is there, by now `len` bytes.
    pub(super) fn filled(&mut self, len: usize) -> &[u8] {
        self.len = len;
        self.bytes()
    }

    /// Puts other bytes over the first ones, and perhaps beyond the last.
    pub(super) fn overwrite(&mut self, bytes: &[u8]) {
        self.memory[self.start..][..bytes.len()].copy_from_slice(bytes);
        self.len = self.len.max(bytes.len());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..][..self.len]
    }
}
