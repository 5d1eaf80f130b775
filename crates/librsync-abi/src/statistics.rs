//! Statistics as text, in librsync's words and with its irregular spaces, which scripts have learnt to parse.

use crate::{boundary::guarded, stats::RsStats, trace::log};
use rollsync::librsync::{JobStatistics, Severity};
use std::ffi::{CStr, c_char, c_int};
use std::io::Write as _;
use std::ptr;

/// # Safety
/// `stats` points to statistics whose `op` is a C string or NULL; at `text` is room for `size` bytes. Both may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_format_stats(stats: *const RsStats, text: *mut c_char, size: usize) -> *mut c_char {
    guarded(text, || {
        if !text.is_null() && size > 0 {
            // SAFETY: the caller's promise about `stats`.
            let line = unsafe { stats.as_ref().map(|stats| line(stats)) }.unwrap_or_default();
            let len = line.len().min(size - 1);
            // SAFETY: `len` bytes and the NUL fit into `size`.
            unsafe {
                ptr::copy_nonoverlapping(line.as_ptr(), text.cast(), len);
                text.add(len).write(0);
            }
        }
        text
    })
}

/// # Safety
/// `stats` points to statistics whose `op` is a C string or NULL; or it is NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_log_stats(stats: *const RsStats) -> c_int {
    guarded(0, || {
        // SAFETY: the caller's promise.
        if let Some(line) = unsafe { stats.as_ref().map(|stats| line(stats)) } {
            log(Severity::Info, "", line);
        }
        0
    })
}

/// # Safety
/// `stats.op` is a C string or NULL.
unsafe fn line(stats: &RsStats) -> Vec<u8> {
    let op = match stats.op.is_null() {
        true => c"noop",
        // SAFETY: the caller's promise.
        false => unsafe { CStr::from_ptr(stats.op) },
    };
    let mut line = op.to_bytes().to_vec();
    // Writing to a vector does not fail.
    let _ = write!(line, "{}", counted(stats));
    line
}

fn counted(stats: &RsStats) -> JobStatistics {
    JobStatistics {
        literal: [stats.lit_cmds.into(), stats.lit_bytes, stats.lit_cmdbytes],
        in_place_signature: [stats.sig_cmds, stats.sig_bytes],
        copy: [stats.copy_cmds, stats.copy_bytes, stats.copy_cmdbytes],
        false_matches: stats.false_matches.into(),
        blocks: stats.sig_blocks,
        block_len: stats.block_len as u64,
        bytes_in: stats.in_bytes,
        bytes_out: stats.out_bytes,
        seconds: stats.end.wrapping_sub(stats.start),
    }
}
