//! The search of the new file, with the literals cut as luapower's ring buffer cuts them.
//!
//! ```text
//! bl block length, M ring length, N the new file's length; positions count from its start; E end of what is read
//! send(a, b)  nothing when a = b; two literals, cut at the next multiple of M, when (a mod M) + (b - a) > M; else one
//! refill      E = min(N, data + M)
//!
//! data = next = 0; refill
//! loop
//!   while E - next >= bl
//!     is the weak sum of next .. next + bl known, and its strong sum block k's?
//!       no:  next += 1
//!       yes: send(data, next); copy(k); data = next = next + bl
//!   if next > data: send(data, next - 1); data = next - 1
//!   refill
//!   if E - next < bl: send(data, E); end
//! ```

use crate::{commands::Command, commands::Encoder, index::Index, sums};
use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Filter, Hits, Scan},
    weak::WeakKind,
};
use std::{collections::TryReserveError, ptr};

/// A search under way.
#[derive(Debug)]
pub struct Search {
    block_len: usize,
    ring_len: usize,
    index: Index,
    /// Built when the search begins.
    filter: Option<Filter>,
    scan: Scan,
    hits: Hits,
    /// How many of the hits were looked at.
    seen: usize,
    /// How many positions are scanned at once: few behind a match, where the next one is likely, which makes the scan of
    /// what lies behind it vain.
    limit: usize,
    /// What is read of the new file and may still be sent: `ring_len` bytes, of which those up to `end` count.
    buffer: Vec<u8>,
    /// The position of the buffer's first byte, modulo the ring length.
    ring_at: usize,
    /// From here on these count in the buffer: first byte that is not sent, first position not decided and not scanned,
    /// end of what is read.
    data: usize,
    next: usize,
    scanned: usize,
    end: usize,
    pub(crate) commands: Vec<Command>,
    pub(crate) encoder: Encoder,
    false_alarms: u64,
    good_alarms: u64,
    /// Bytes that were read.
    read: u64,
    /// How many bytes may be hashed for each of them.
    work: Option<u64>,
    pub(crate) is_done: bool,
}

/// Why a search cannot go on.
#[derive(Debug)]
enum Stop {
    Memory,
    /// It would hash more than it may.
    Work,
}

impl From<TryReserveError> for Stop {
    fn from(_: TryReserveError) -> Self {
        Self::Memory
    }
}

impl Search {
    fn new(block_len: usize, ring_len: usize) -> Result<Self, TryReserveError> {
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(ring_len)?;
        buffer.resize(ring_len, 0);
        Ok(Self {
            block_len,
            ring_len,
            index: Index::default(),
            filter: None,
            scan: Scan::new(Isa::detect(), WeakKind::Rollsum, block_len),
            hits: Hits::new(),
            seen: 0,
            limit: CHUNK,
            buffer,
            ring_at: 0,
            data: 0,
            next: 0,
            scanned: 0,
            end: 0,
            commands: Vec::new(),
            encoder: Encoder::default(),
            false_alarms: 0,
            good_alarms: 0,
            read: 0,
            work: None,
            is_done: false,
        })
    }

    /// Where more of the new file is to be read to, as much as there is.
    fn room(&mut self) -> &mut [u8] {
        self.commands.clear();
        let sent = self.data;
        self.buffer.copy_within(sent..self.end, 0);
        self.ring_at = (self.ring_at + sent) % self.ring_len;
        self.data = 0;
        self.next -= sent;
        self.scanned -= sent;
        self.end -= sent;
        &mut self.buffer[self.end..]
    }

    /// Goes on with `read` more bytes: to the end of the new file when they do not fill the room.
    fn step(&mut self, read: usize) -> Result<(), Stop> {
        if self.filter.is_none() {
            self.filter = Some(self.index.filter(self.block_len)?);
        }
        let read = read.min(self.buffer.len() - self.end);
        self.end += read;
        self.read += read as u64;
        if self.end - self.next < self.block_len {
            self.send(self.end)?;
            self.is_done = true;
            return Ok(());
        }
        while let Some(position) = self.next_known() {
            self.next = position + 1;
            if self.is_too_much() {
                return Err(Stop::Work);
            }
            let strong = sums::strong(&self.buffer[position..position + self.block_len]);
            let Some(block) = self.index.block(&strong) else {
                self.false_alarms += 1;
                continue;
            };
            self.good_alarms += 1;
            self.send(position)?;
            self.push(Command::copy(block))?;
            self.jump(position + self.block_len);
        }
        if self.end - self.next >= self.block_len {
            self.next = self.end - self.block_len + 1;
        }
        if self.next > self.data {
            self.send(self.next - 1)?;
        }
        Ok(())
    }

    /// Whether another block may not be hashed.
    fn is_too_much(&self) -> bool {
        let blocks = self.false_alarms + self.good_alarms + 1;
        let hashed = blocks.saturating_mul(self.block_len as u64);
        self.work.is_some_and(|work| hashed > work.saturating_mul(self.read))
    }

    /// The first position from `next` on whose weak sum is known.
    fn next_known(&mut self) -> Option<usize> {
        let filter = self.filter.as_ref()?;
        let data = &self.buffer[..self.end];
        loop {
            while let Some(hit) = self.hits.as_slice().get(self.seen) {
                self.seen += 1;
                if hit.position >= self.next && self.index.is_weak(hit.digest) {
                    return Some(hit.position);
                }
            }
            let from = self.scanned;
            if from + self.block_len > self.end {
                return None;
            }
            self.seen = 0;
            self.scanned = self.scan.find(filter, data, from, self.limit, &mut self.hits);
            self.limit = (2 * self.limit).min(CHUNK);
            if self.scanned == from {
                // The last window: no byte lies behind it.
                let weak = self.scan.window_at(data, from).digest();
                self.jump_scan(from + 1);
                return self.index.is_weak(weak).then_some(from);
            }
        }
    }

    /// Goes on behind a match.
    fn jump(&mut self, position: usize) {
        (self.data, self.next) = (position, position);
        self.limit = 1;
        self.jump_scan(position);
    }

    fn jump_scan(&mut self, position: usize) {
        self.scanned = position;
        self.scan.restart();
        // The hits that were found lie before it, or will be found again.
        self.seen = usize::MAX;
    }

    /// Sends what lies before a place in the buffer.
    fn send(&mut self, until: usize) -> Result<(), TryReserveError> {
        let len = until - self.data;
        let rest = self.ring_len - (self.ring_at + self.data) % self.ring_len;
        for part in [len.min(rest), len.saturating_sub(rest)] {
            if part > 0 {
                self.push(Command::literal(&self.buffer[self.data..self.data + part]))?;
                self.data += part;
            }
        }
        Ok(())
    }

    fn push(&mut self, command: Command) -> Result<(), TryReserveError> {
        self.commands.try_reserve(1)?;
        self.commands.push(command);
        Ok(())
    }
}

/// A search with blocks of `block_len` bytes and a ring of `ring_len`, a multiple of it and at least twice it; null when
/// they are not that, or there is no memory. The caller gives it back to `rollsync_search_free`.
#[unsafe(no_mangle)]
pub extern "C" fn rollsync_search_new(block_len: usize, ring_len: usize) -> *mut Search {
    if block_len == 0 || ring_len / 2 < block_len || !ring_len.is_multiple_of(block_len) {
        return ptr::null_mut();
    }
    Search::new(block_len, ring_len).map_or(ptr::null_mut(), |search| Box::into_raw(Box::new(search)))
}

/// Frees a search.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_free(search: *mut Search) {
    // SAFETY: the caller says so.
    drop(unsafe { Box::from_raw(search) });
}

/// Adds a weak sum of the basis, before the first step; false when there is no memory.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_add_weak(search: *mut Search, weak: i32) -> bool {
    // SAFETY: the caller says so.
    unsafe { &mut *search }.index.add_weak(weak.cast_unsigned()).is_ok()
}

/// Adds a strong sum of the basis and its block, before the first step; false when there is no memory.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet; 32 bytes can be read from `strong`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_add_strong(
    search: *mut Search,
    strong: *const [u8; sums::STRONG_LEN],
    block: u32,
) -> bool {
    // SAFETY: the caller says so.
    let (search, strong) = unsafe { (&mut *search, *strong) };
    search.index.add_strong(strong, block).is_ok()
}

/// Sets how many bytes may be hashed for each byte that is read, before the first step.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_limit_work(search: *mut Search, per_byte: u64) {
    // SAFETY: the caller says so.
    unsafe { &mut *search }.work = Some(per_byte);
}

/// Where the next bytes of the new file are to be written, `*len` of them if there are so many. The commands of the
/// last step are gone then.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet; `len` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_room(search: *mut Search, len: *mut usize) -> *mut u8 {
    // SAFETY: the caller says so.
    let (search, len) = unsafe { (&mut *search, &mut *len) };
    let room = search.room();
    *len = room.len();
    room.as_mut_ptr()
}

/// Searches what is there with the `read` bytes that were written to the room, fewer than it has only at the end of the new file.
/// Returns 0 when more can be read, 1 when the search is done, -1 when there is no memory, -2 when more would be hashed than may
/// be. False alarms and matches so far go to `alarms`.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet; two numbers can be written to `alarms`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_step(
    search: *mut Search,
    read: usize,
    alarms: *mut [u64; 2],
) -> i32 {
    // SAFETY: the caller says so.
    let (search, alarms) = unsafe { (&mut *search, &mut *alarms) };
    if search.is_done {
        return 1;
    }
    let step = search.step(read);
    *alarms = [search.false_alarms, search.good_alarms];
    match step {
        Ok(()) => search.is_done.into(),
        Err(Stop::Memory) => -1,
        Err(Stop::Work) => -2,
    }
}
