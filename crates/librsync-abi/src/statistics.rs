//! Statistics as text, in librsync's words and with its irregular spaces, which scripts have learnt to parse.

use crate::{
    boundary::guarded,
    stats::RsStats,
    trace::{Level, log},
};
use rollsync::SearchStats;
use std::ffi::{CStr, c_char, c_int};
use std::fmt;
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
            log(Level::Info, "", line);
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
    let _ = write!(line, "{}", Counted(stats));
    line
}

struct Counted<'a>(&'a RsStats);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.0;
        f.write_str(" statistics: ")?;
        if stats.lit_cmds != 0 {
            let RsStats { lit_cmds, lit_bytes, lit_cmdbytes, .. } = stats;
            write!(f, "literal[{lit_cmds} cmds, {lit_bytes} bytes, {lit_cmdbytes} cmdbytes] ")?;
        }
        if stats.sig_cmds != 0 {
            write!(f, "in-place-signature[{} cmds, {} bytes] ", stats.sig_cmds, stats.sig_bytes)?;
        }
        if stats.copy_cmds != 0 || stats.false_matches != 0 {
            let RsStats { copy_cmds, copy_bytes, copy_cmdbytes, false_matches, .. } = stats;
            write!(
                f,
                "copy[{copy_cmds} cmds, {copy_bytes} bytes, {copy_cmdbytes} cmdbytes, {false_matches} false]"
            )?;
        }
        if stats.sig_blocks != 0 {
            write!(f, "signature[{} blocks, {} bytes per block]", stats.sig_blocks, stats.block_len)?;
        }
        // A job of less than a second counts as one of a second.
        let seconds = match stats.end.wrapping_sub(stats.start) {
            0 => 1,
            seconds => seconds,
        };
        let (mb_in, mb_out) = (real(stats.in_bytes) / 1e6, real(stats.out_bytes) / 1e6);
        let (rate_in, rate_out) = (mb_in / real(seconds), mb_out / real(seconds));
        write!(
            f,
            " speed[{mb_in:.1} MB ({rate_in:.1} MB/s) in, {mb_out:.1} MB ({rate_out:.1} MB/s) out, {seconds} sec]"
        )
    }
}

/// What all searches of a signature have counted, as `rs_signature_log_stats` logs it.
pub(crate) struct MatchStatistics(pub(crate) SearchStats);

impl fmt::Display for MatchStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SearchStats { searches, matches, weak_compares, strong_compares, strong_sums, .. } = self.0;
        let percent = |count| Quotient(100.0 * count_of(count), count_of(searches));
        write!(
            f,
            "match statistics: signature[{searches} searches, {matches} ({:.3}%) matches, \
             {weak_compares} ({:.3}x) weak sum compares, {strong_compares} ({:.3}%) strong sum compares, \
             {strong_sums} ({:.3}%) strong sum calcs]",
            percent(matches),
            Quotient(count_of(weak_compares), count_of(searches)),
            percent(strong_compares),
            percent(strong_sums),
        )
    }
}

/// A quotient that prints as C prints it, where 0/0 is `-nan` on the machines that everybody compares with.
struct Quotient(f64, f64);

impl fmt::Display for Quotient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0 / self.1;
        if value.is_nan() { f.write_str("-nan") } else { fmt::Display::fmt(&value, f) }
    }
}

/// Exact below 2^53, which no counter reaches.
#[allow(clippy::cast_precision_loss)]
fn count_of(count: u64) -> f64 {
    count as f64
}

#[allow(clippy::cast_precision_loss)]
fn real(count: i64) -> f64 {
    count as f64
}
