//! `rs_stats_t`.

use rollsync::Stats;
use std::ffi::{CStr, c_char, c_int};
use std::ptr;

/// Which job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Signature,
    Loadsig,
    Delta,
    Patch,
}

impl Op {
    pub(crate) const fn name(self) -> &'static CStr {
        match self {
            Self::Signature => c"signature",
            Self::Loadsig => c"loadsig",
            Self::Delta => c"delta",
            Self::Patch => c"patch",
        }
    }
}

/// `rs_stats_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct RsStats {
    pub(crate) op: *const c_char,
    pub(crate) lit_cmds: c_int,
    pub(crate) lit_bytes: i64,
    pub(crate) lit_cmdbytes: i64,
    pub(crate) copy_cmds: i64,
    pub(crate) copy_bytes: i64,
    pub(crate) copy_cmdbytes: i64,
    pub(crate) sig_cmds: i64,
    pub(crate) sig_bytes: i64,
    pub(crate) false_matches: c_int,
    pub(crate) sig_blocks: i64,
    pub(crate) block_len: usize,
    pub(crate) in_bytes: i64,
    pub(crate) out_bytes: i64,
    pub(crate) start: libc::time_t,
    pub(crate) end: libc::time_t,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<RsStats>() == 128 && align_of::<RsStats>() == 8);
    assert!(offset_of!(RsStats, op) == 0 && offset_of!(RsStats, lit_cmds) == 8);
    assert!(offset_of!(RsStats, lit_bytes) == 16 && offset_of!(RsStats, lit_cmdbytes) == 24);
    assert!(offset_of!(RsStats, copy_cmds) == 32 && offset_of!(RsStats, copy_bytes) == 40);
    assert!(offset_of!(RsStats, copy_cmdbytes) == 48 && offset_of!(RsStats, sig_cmds) == 56);
    assert!(offset_of!(RsStats, sig_bytes) == 64 && offset_of!(RsStats, false_matches) == 72);
    assert!(offset_of!(RsStats, sig_blocks) == 80 && offset_of!(RsStats, block_len) == 88);
    assert!(offset_of!(RsStats, in_bytes) == 96 && offset_of!(RsStats, out_bytes) == 104);
    assert!(offset_of!(RsStats, start) == 112 && offset_of!(RsStats, end) == 120);
};

impl RsStats {
    /// Those of a job that begins now.
    pub(crate) fn begun(op: Op) -> Self {
        Self {
            op: op.name().as_ptr(),
            lit_cmds: 0,
            lit_bytes: 0,
            lit_cmdbytes: 0,
            copy_cmds: 0,
            copy_bytes: 0,
            copy_cmdbytes: 0,
            sig_cmds: 0,
            sig_bytes: 0,
            false_matches: 0,
            sig_blocks: 0,
            block_len: 0,
            in_bytes: 0,
            out_bytes: 0,
            start: now(),
            end: 0,
        }
    }

    /// Takes over what a job has counted.
    pub(crate) fn count(&mut self, stats: &Stats) {
        let Stats { literal, copy, .. } = stats;
        self.lit_cmds = c_int::try_from(literal.commands).unwrap_or(c_int::MAX);
        self.lit_bytes = long(literal.bytes);
        self.lit_cmdbytes = long(literal.command_bytes);
        self.copy_cmds = long(copy.commands);
        self.copy_bytes = long(copy.bytes);
        self.copy_cmdbytes = long(copy.command_bytes);
        self.sig_blocks = long(stats.blocks);
        self.block_len = stats.block_len as usize;
        self.in_bytes = long(stats.bytes_in);
        self.out_bytes = long(stats.bytes_out);
    }

    /// Notes that the job has ended.
    pub(crate) fn end_now(&mut self) {
        self.end = now();
    }
}

fn long(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn now() -> libc::time_t {
    // SAFETY: with NULL, the time is only returned.
    unsafe { libc::time(ptr::null_mut()) }
}
