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

/// So many short copies in turn out of one region of the file, in whatever order, make it worth to read all of it: so many
/// reads take longer.
const AT_HOME: u32 = 32;

/// Bytes of the basis' file around the last short copy. Copies that lie close behind each other are served from one read
/// of them all; of what is read, half at least was of use the last time. Copies that go to and fro within a region are served
/// from one read of the region.
#[derive(Debug, Default)]
pub(super) struct Window {
    buffer: Option<Buffer>,
    /// Where in the file the last read began.
    offset: u64,
    len: usize,
    /// How many of its bytes were of use.
    used: usize,
    /// They are in the buffer.
    is_held: bool,
    /// The region of the last read, a multiple of `MOST`, and how many there were in turn.
    region: u64,
    at_home: u32,
    /// It is a regular file; `None` as long as nobody has asked.
    is_of_file: Option<bool>,
}

impl Window {
    /// Reads bytes of a copy that has `left` of them; how many, and 0 when the basis itself is to be asked.
    pub(super) fn read(&mut self, file: &File, offset: u64, left: u64, place: &mut [u8]) -> usize {
        let aliased = is_aliased(place, offset);
        if left >= LONG && !aliased {
            return 0;
        }
        if self.holds(offset) {
            return self.serve(offset, place);
        }
        let is_file = || file.metadata().is_ok_and(|metadata| metadata.is_file());
        if !*self.is_of_file.get_or_insert_with(is_file) {
            return 0;
        }
        let (start, wanted) = self.choose(offset, place.len(), aliased);
        if start == offset && wanted <= place.len() && !aliased {
            return self.pass_by(file, offset, place);
        }
        self.fill(file, start, wanted);
        self.serve(offset, place)
    }

    fn holds(&self, offset: u64) -> bool {
        self.is_held && offset >= self.offset && offset - self.offset < self.len as u64
    }

    /// From where and how much is to be read.
    fn choose(&mut self, offset: u64, least: usize, exactly: bool) -> (u64, usize) {
        let end = self.offset + self.len as u64;
        let is_near = (self.offset..=end + NEAR.max(self.len as u64)).contains(&offset);
        let region = offset - offset % MOST as u64;
        self.at_home = if region == self.region { self.at_home + 1 } else { 0 };
        self.region = region;
        if exactly || self.at_home < AT_HOME {
            let ahead = if is_near && !exactly { 2 * self.used } else { 0 };
            return (offset, least.max(ahead).min(MOST));
        }
        self.at_home = 0;
        (region, MOST)
    }

    fn fill(&mut self, file: &File, offset: u64, wanted: usize) {
        let buffer = self.buffer.get_or_insert_with(|| Buffer::new(MOST + PAGE));
        // The same place in a page as in the file's.
        let start = skew(offset);
        (buffer.start, buffer.end) = (start, start);
        // What fails here fails again where it is needed, if it is.
        let len = read_file_at(file, offset, &mut buffer.free()[..wanted]).unwrap_or(0);
        buffer.end += len;
        (self.offset, self.len, self.used, self.is_held) = (offset, len, 0, true);
    }

    /// Reads what is asked for and no more: none of it is held.
    fn pass_by(&mut self, file: &File, offset: u64, place: &mut [u8]) -> usize {
        let len = read_file_at(file, offset, place).unwrap_or(0);
        (self.offset, self.len, self.used, self.is_held) = (offset, len, len.min(MOST), false);
        len
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

#[cfg(test)]
mod tests {
    use super::{AT_HOME, MOST, Window};
    use std::{fs::File, io::Write};

    const LEN: u64 = 3 * MOST as u64 + 5000;

    /// A file in which every four bytes are their offset's.
    fn file() -> File {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> =
            (0..LEN.div_ceil(4)).flat_map(|i| u32::try_from(4 * i).unwrap().to_le_bytes()).collect();
        file.write_all(&bytes[..usize::try_from(LEN).unwrap()]).unwrap();
        file
    }

    fn assert_right(offset: u64, bytes: &[u8]) {
        for (at, byte) in (offset..).zip(bytes) {
            let word = u32::try_from(at - at % 4).unwrap().to_le_bytes();
            assert_eq!(*byte, word[usize::try_from(at % 4).unwrap()], "at {at}");
        }
    }

    #[test]
    fn copies_to_and_fro_come_out_of_one_read_of_their_region() {
        let (file, mut window, mut place) = (file(), Window::default(), vec![0; 2000]);
        // Backwards, so that no read can see the next one coming.
        let region = MOST as u64;
        let offsets = (0..200).map(|i| region + region - 3000 * (i % 80 + 1));
        let mut reads = 0;
        for offset in offsets {
            reads += u32::from(!window.holds(offset));
            let len = window.read(&file, offset, 2000, &mut place);
            assert_right(offset, &place[..len]);
            assert!(len > 0);
        }
        assert_eq!(reads, AT_HOME + 1);
        assert_eq!((window.offset, window.len), (region, MOST));
    }

    #[test]
    fn a_region_at_the_end_of_the_file_is_as_long_as_there_is_file() {
        let (file, mut window, mut place) = (file(), Window::default(), vec![0; 1000]);
        for i in 0..u64::from(3 * AT_HOME) {
            let offset = LEN - 200 * (i % 20 + 1);
            let len = window.read(&file, offset, 1000, &mut place);
            assert_eq!(len as u64, (LEN - offset).min(1000).min(window.offset + window.len as u64 - offset));
            assert_right(offset, &place[..len]);
        }
        assert_eq!((window.offset, window.len), (3 * MOST as u64, 5000));
        assert_eq!(window.read(&file, LEN, 1000, &mut place), 0);
    }
}
