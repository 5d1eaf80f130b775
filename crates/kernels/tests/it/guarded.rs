//! Memory between two guard pages.

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::{ffi::c_void, ptr::null_mut, slice};

/// A multiple of every page size in use.
const GUARD: usize = 64 * 1024;

/// Bytes before and behind which nothing may be touched.
pub(crate) struct Guarded {
    map: *mut c_void,
    room: usize,
}

impl Guarded {
    /// Room for at least `room` bytes.
    pub(crate) fn new(room: usize) -> Self {
        let room = room.next_multiple_of(GUARD);
        // SAFETY: a new mapping, wherever the system likes; its middle may be touched after `mprotect`.
        let map = unsafe {
            let map =
                mmap_anonymous(null_mut(), room + 2 * GUARD, ProtFlags::empty(), MapFlags::PRIVATE).unwrap();
            mprotect(map.byte_add(GUARD), room, MprotectFlags::READ | MprotectFlags::WRITE).unwrap();
            map
        };
        Self { map, room }
    }

    /// `content` placed `gap` bytes behind the guard in front.
    pub(crate) fn at_front(&mut self, content: &[u8], gap: usize) -> &[u8] {
        self.place(content, gap)
    }

    /// `content` placed so that it ends `gap` bytes before the guard behind.
    pub(crate) fn at_back(&mut self, content: &[u8], gap: usize) -> &[u8] {
        self.place(content, self.room - gap - content.len())
    }

    /// Calls `check` with `content` at every alignment, counted from the guard in front and from the one behind.
    pub(crate) fn everywhere(&mut self, content: &[u8], mut check: impl FnMut(&[u8], &str)) {
        for gap in 0..64 {
            check(
                self.at_front(content, gap),
                &format!("{} bytes {gap} behind the front guard", content.len()),
            );
            check(
                self.at_back(content, gap),
                &format!("{} bytes {gap} before the back guard", content.len()),
            );
        }
    }

    fn place(&mut self, content: &[u8], at: usize) -> &[u8] {
        // SAFETY: `room` bytes behind the first guard can be read and written, and `self` is borrowed for as long.
        let room = unsafe { slice::from_raw_parts_mut(self.map.byte_add(GUARD).cast::<u8>(), self.room) };
        let place = &mut room[at..at + content.len()];
        place.copy_from_slice(content);
        place
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and no slice of it outlives the value.
        unsafe { munmap(self.map, self.room + 2 * GUARD).unwrap() };
    }
}
