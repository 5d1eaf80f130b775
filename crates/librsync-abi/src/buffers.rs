//! `rs_buffers_t`, and the caller's memory behind it.

use std::ffi::{c_char, c_int};
use std::slice;

/// `rs_buffers_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct RsBuffers {
    next_in: *mut c_char,
    avail_in: usize,
    pub(crate) eof_in: c_int,
    next_out: *mut c_char,
    avail_out: usize,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<RsBuffers>() == 40 && align_of::<RsBuffers>() == 8);
    assert!(offset_of!(RsBuffers, next_in) == 0 && offset_of!(RsBuffers, avail_in) == 8);
    assert!(offset_of!(RsBuffers, eof_in) == 16 && offset_of!(RsBuffers, next_out) == 24);
    assert!(offset_of!(RsBuffers, avail_out) == 32);
};

impl RsBuffers {
    /// No input, and no room for output.
    pub(crate) const EMPTY: Self = Self {
        next_in: std::ptr::null_mut(),
        avail_in: 0,
        eof_in: 0,
        next_out: std::ptr::null_mut(),
        avail_out: 0,
    };
}

/// Input and output of one call, as slices that get shorter at the front.
#[derive(Debug)]
pub(crate) struct Room {
    left: RsBuffers,
    offered: RsBuffers,
}

impl Room {
    /// The room that `buffers` describes; `None` when there are bytes at NULL.
    ///
    /// # Safety
    /// For as long as the room is used, at `next_in` are `avail_in` bytes that nobody writes to, and at `next_out` is memory
    /// of `avail_out` bytes that nobody else uses, but for the copy callback that it is lent to.
    pub(crate) unsafe fn new(buffers: &RsBuffers) -> Option<Self> {
        let holds = |place: *mut c_char, len: usize| len == 0 || !place.is_null();
        if !holds(buffers.next_in, buffers.avail_in) || !holds(buffers.next_out, buffers.avail_out) {
            return None;
        }
        Some(Self { left: *buffers, offered: *buffers })
    }

    /// What is left of both.
    pub(crate) fn both(&mut self) -> (&[u8], &mut [u8]) {
        let RsBuffers { next_in, avail_in, next_out, avail_out, .. } = self.left;
        let input = match avail_in {
            0 => &[],
            // SAFETY: `new`'s caller vouches for these bytes, and `consume` takes no more off than there are.
            len => unsafe { slice::from_raw_parts(next_in.cast::<u8>(), slice_len(len)) },
        };
        let output: &mut [u8] = match avail_out {
            0 => &mut [],
            // SAFETY: `new`'s caller vouches for this memory, and `produce` takes no more off than there is. The engine
            // only writes to it.
            len => unsafe { slice::from_raw_parts_mut(next_out.cast::<u8>(), slice_len(len)) },
        };
        (input, output)
    }

    /// Whether the input ends behind what is here.
    pub(crate) const fn is_last(&self) -> bool {
        self.left.eof_in != 0
    }

    /// Takes `len` bytes off the input.
    pub(crate) fn consume(&mut self, len: usize) {
        assert!(len <= self.left.avail_in, "no more than there are");
        self.left.next_in = self.left.next_in.wrapping_add(len);
        self.left.avail_in -= len;
    }

    /// Takes `len` bytes off the output's room: they are written.
    pub(crate) fn produce(&mut self, len: usize) {
        assert!(len <= self.left.avail_out, "no more than there is room for");
        self.left.next_out = self.left.next_out.wrapping_add(len);
        self.left.avail_out -= len;
    }

    /// All that was written so far.
    pub(crate) fn produced(&self) -> &[u8] {
        match self.moved().1 {
            0 => &[],
            // SAFETY: `produce` was called for these bytes of the caller's memory: they are written.
            len => unsafe { slice::from_raw_parts(self.offered.next_out.cast(), len) },
        }
    }

    /// How many bytes were consumed and produced.
    pub(crate) const fn moved(&self) -> (usize, usize) {
        (self.offered.avail_in - self.left.avail_in, self.offered.avail_out - self.left.avail_out)
    }

    /// What it was when it was new.
    pub(crate) const fn offered(&self) -> (usize, usize) {
        (self.offered.avail_in, self.offered.avail_out)
    }

    /// Tells the caller what is left.
    pub(crate) const fn store(&self, buffers: &mut RsBuffers) {
        let RsBuffers { next_in, avail_in, next_out, avail_out, .. } = self.left;
        buffers.next_in = next_in;
        buffers.avail_in = avail_in;
        buffers.next_out = next_out;
        buffers.avail_out = avail_out;
    }
}

/// "As much as you like" is no length of a slice.
const fn slice_len(len: usize) -> usize {
    const MAX: usize = isize::MAX.cast_unsigned();
    if len < MAX { len } else { MAX }
}
