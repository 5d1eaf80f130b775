//! The commands of a delta, and how they are written.
//!
//! ```text
//! literal  01, length u32, bytes
//! copy     02, block u32, count u8: `count` blocks one behind the other
//! ```
//!
//! Numbers are little-endian. Nothing stands before or behind the commands.

use crate::search::Search;
use std::{collections::TryReserveError, ptr};

/// A step of the delta, in the order of the new file.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The bytes of a literal, valid until the search has room for more; null for a copy.
    pub data: *const u8,
    /// How many they are.
    pub len: usize,
    /// The block that a copy copies.
    pub block: u32,
}

impl Command {
    pub(crate) const fn literal(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), len: bytes.len(), block: 0 }
    }

    pub(crate) const fn copy(block: u32) -> Self {
        Self { data: ptr::null(), len: 0, block }
    }
}

/// Writes commands; copies of blocks that follow each other become one.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    pending: Option<(u32, u8)>,
    out: Vec<u8>,
}

impl Encoder {
    fn copy(&mut self, block: u32) -> Result<(), TryReserveError> {
        if let Some((first, count)) = &mut self.pending
            && u64::from(*first) + u64::from(*count) == u64::from(block)
            && *count < u8::MAX
        {
            *count += 1;
            return Ok(());
        }
        self.flush()?;
        self.pending = Some((block, 1));
        Ok(())
    }

    fn literal(&mut self, bytes: &[u8]) -> Result<(), TryReserveError> {
        self.flush()?;
        for part in bytes.chunks(u32::MAX as usize) {
            // A chunk is no longer than that.
            let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
            self.put(&[&[1], &len.to_le_bytes(), part])?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), TryReserveError> {
        if let Some((block, count)) = self.pending.take() {
            self.put(&[&[2], &block.to_le_bytes(), &[count]])?;
        }
        Ok(())
    }

    fn put(&mut self, parts: &[&[u8]]) -> Result<(), TryReserveError> {
        for part in parts {
            self.out.try_reserve(part.len())?;
            self.out.extend_from_slice(part);
        }
        Ok(())
    }
}

/// The commands of the last step, `*count` of them, valid until the search has room for more.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet; `count` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_commands(
    search: *const Search,
    count: *mut usize,
) -> *const Command {
    // SAFETY: the caller says so.
    let (search, count) = unsafe { (&*search, &mut *count) };
    *count = search.commands.len();
    search.commands.as_ptr()
}

/// The commands of the last step as they stand in a delta, `*len` bytes, valid until the next call; null when there is no
/// memory. To be asked once a step: a copy may stay behind until it is known that the next block does not follow it.
///
/// # Safety
/// `search` is one of `rollsync_search_new`, not freed yet; `len` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_search_encoded(search: *mut Search, len: *mut usize) -> *const u8 {
    // SAFETY: the caller says so.
    let (search, len) = unsafe { (&mut *search, &mut *len) };
    let encoder = &mut search.encoder;
    encoder.out.clear();
    let encoded = search.commands.iter().try_for_each(|command| {
        if command.data.is_null() {
            return encoder.copy(command.block);
        }
        // SAFETY: it is a part of the search's buffer, which was not written since.
        encoder.literal(unsafe { std::slice::from_raw_parts(command.data, command.len) })
    });
    let flushed = encoded.and_then(|()| if search.is_done { encoder.flush() } else { Ok(()) });
    *len = encoder.out.len();
    flushed.map_or(ptr::null(), |()| encoder.out.as_ptr())
}
