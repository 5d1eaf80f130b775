//! Disk space for an output, taken ahead of what is written.

#[cfg(target_os = "linux")]
use rustix::fs::{FallocateFlags, fallocate, fstatfs};
use std::fs::File;
#[cfg(target_os = "linux")]
use std::{
    io::{self, Seek},
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// What is taken at least. A shorter output asks for none.
#[cfg(target_os = "linux")]
const LEAST: u64 = 1 << 20;

/// What is taken at most.
#[cfg(target_os = "linux")]
const MOST: u64 = 64 << 20;

/// Space behind the end of a file that grows. The system has to find each page's place only once for all of them then, and
/// keeps them together on the disk. What is too much is to be [given back](Self::give_back).
///
/// Only ext4 is asked: others find places by themselves later (XFS), write twice (tmpfs), or no longer compress (Btrfs).
#[derive(Debug, Default)]
pub(super) struct Space {
    /// Where what was taken ends.
    #[cfg(target_os = "linux")]
    end: AtomicU64,
    #[cfg(target_os = "linux")]
    is_refused: AtomicBool,
}

#[cfg(target_os = "linux")]
impl Space {
    /// Makes room for `len` bytes at the file's position, and for some behind them: as many as were written so far.
    pub(super) fn make(&self, mut file: &File, len: u64) {
        if self.is_refused.load(Relaxed) {
            return;
        }
        let Ok(place) = file.stream_position() else { return };
        let (taken, needed) = (self.end.load(Relaxed), place.saturating_add(len));
        if needed <= taken || needed < LEAST {
            return;
        }
        let from = place.max(taken);
        let end = from.saturating_add(needed.clamp(LEAST, MOST)).next_multiple_of(LEAST);
        let is_asked = taken > 0 || is_ext4(file);
        if is_asked && fallocate(file, FallocateFlags::KEEP_SIZE, from, end - from).is_ok() {
            self.end.store(end, Relaxed);
        } else {
            // What comes may fit all the same: writing says it.
            self.is_refused.store(true, Relaxed);
        }
    }

    /// Gives back what lies behind the file's end.
    pub(super) fn give_back(&self, file: &File) {
        if self.end.load(Relaxed) > 0 {
            // An error loses nothing but space.
            let _: io::Result<()> = file.metadata().and_then(|metadata| file.set_len(metadata.len()));
        }
    }
}

#[cfg(target_os = "linux")]
fn is_ext4(file: &File) -> bool {
    // Also that of its forerunners, which refuse.
    const NUMBER: u64 = 0xEF53;
    fstatfs(file).is_ok_and(|system| u64::try_from(system.f_type).is_ok_and(|number| number == NUMBER))
}

#[cfg(not(target_os = "linux"))]
impl Space {
    pub(super) fn make(&self, _: &File, _: u64) {}

    pub(super) fn give_back(&self, _: &File) {}
}
