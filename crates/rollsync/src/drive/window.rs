//! Reading ahead in the basis.

use crate::{
    basis::read_file_at,
    buffer::{ALIGN as PAGE, Buffer},
};
use std::fs::File;

/// The most that is read at once.
const MOST: usize = 256 << 10;

/// Copies of so many bytes are worth a read of their own.
const LONG: u64 = 16 << 10;

/// Short copies lie near each other when no more than this is between them.
const NEAR: u64 = 16 << 10;

/// Bytes of the basis' file around the last short copy. Copies that lie close behind each other are served from one read
/// of them all; of what is read, half at least was of use the last time.
#[derive(Debug, Default)]
pub(super) struct Window {
    buffer: Option<Buffer>,
    /// Where in the file the buffer's bytes begin.
    offset: u64,
    len: usize,
    /// How many bytes it has served.
    used: usize,
    is_refused: bool,
}

impl Window {
    /// Reads bytes of a copy that has `left` of them; how many, and 0 when the basis itself is to be asked.
    pub(super) fn read(&mut self, file: &File, offset: u64, left: u64, place: &mut [u8]) -> usize {
        let aliased = is_aliased(place, offset);
        if self.is_refused || left >= LONG && !aliased {
            return 0;
        }
        if !self.holds(offset) {
            self.fill(file, offset, place.len(), aliased);
        }
        self.serve(offset, place)
    }

    fn holds(&self, offset: u64) -> bool {
        offset >= self.offset && offset - self.offset < self.len as u64
    }

    fn fill(&mut self, file: &File, offset: u64, least: usize, exactly: bool) {
        if self.buffer.is_none() && !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            self.is_refused = true;
            return;
        }
        let buffer = self.buffer.get_or_insert_with(|| Buffer::new(MOST + PAGE));
        let end = self.offset + self.len as u64;
        let is_near = (self.offset..=end + NEAR.max(self.len as u64)).contains(&offset);
        let ahead = if is_near && !exactly { 2 * self.used } else { 0 };
        let wanted = least.max(ahead).min(MOST);
        // The same place in a page as in the file's.
        let start = skew(offset);
        (buffer.start, buffer.end) = (start, start);
        // What fails here fails again where it is needed, if it is.
        let len = read_file_at(file, offset, &mut buffer.free()[..wanted]).unwrap_or(0);
        buffer.end += len;
        (self.offset, self.len, self.used) = (offset, len, 0);
    }

    fn serve(&mut self, offset: u64, place: &mut [u8]) -> usize {
        let Some(buffer) = self.buffer.as_ref().filter(|_| self.holds(offset)) else { return 0 };
        let from = usize::try_from(offset - self.offset).map_or(&[][..], |from| &buffer.used()[from..]);
        let len = from.len().min(place.len());
        // A long copy would be made by the instruction that `is_aliased` is about.
        for (to, from) in place[..len].chunks_mut(1024).zip(from[..len].chunks(1024)) {
            to.copy_from_slice(from);
        }
        self.used = (self.used + len).min(MOST);
        len
    }
}

/// Where in a page a file's offset is.
fn skew(offset: u64) -> usize {
    usize::try_from(offset % PAGE as u64).unwrap_or(0)
}

/// Whether a place begins less than half a cache line behind where a file's bytes begin in their page. The processor's own
/// copying instruction, by which the system reads, then takes each store for one that the next load depends on: on some
/// processors it is three times slower.
fn is_aliased(place: &[u8], offset: u64) -> bool {
    let behind = place.as_ptr().addr().wrapping_sub(skew(offset)) % PAGE;
    place.len() >= PAGE && (1..32).contains(&behind)
}
