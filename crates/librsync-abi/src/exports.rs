//! The variables.

use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, Ordering};

/// Fifteen bytes: an executable that was built against 2.3.2 has reserved so many for its copy.
#[unsafe(no_mangle)]
static rs_librsync_version: [u8; 15] = *b"librsync 2.3.4\0";

#[unsafe(no_mangle)]
static RS_MD4_SUM_LENGTH: c_int = 16;

#[unsafe(no_mangle)]
static RS_BLAKE2_SUM_LENGTH: c_int = 32;

// An executable that names these holds them in its own memory (a copy relocation), and stores to them without asking.
// They are atomic so that nobody assumes their value; being exported, they are reached through the table of dynamic
// symbols.
#[unsafe(no_mangle)]
static rs_inbuflen: AtomicI32 = AtomicI32::new(0);

#[unsafe(no_mangle)]
static rs_outbuflen: AtomicI32 = AtomicI32::new(0);

/// The lengths of buffers that the application asks for, input and output; 0 leaves it to the library.
pub(crate) fn buffer_lens() -> [i32; 2] {
    [rs_inbuflen.load(Ordering::Relaxed), rs_outbuflen.load(Ordering::Relaxed)]
}
