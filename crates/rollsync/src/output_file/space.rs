//! Disk space for an output, taken ahead of what is written.

#[cfg(target_os = "linux")]
use rustix::fs::{FallocateFlags, fallocate, fstatfs};
use std::{
    fs::File,
    io::{self, Write},
};
#[cfg(target_os = "linux")]
use std::{
    io::Seek,
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

impl Space {
    /// Writes at the file's position, where room is made before.
    pub(super) fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        self.make(file, bytes.len() as u64);
        file.write(bytes)
    }
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
        if taken == 0 && !is_ext4(file) {
            self.is_refused.store(true, Relaxed);
            return;
        }
        // A part may be taken though it fails, and what comes may fit all the same: writing says it.
        self.end.store(end, Relaxed);
        if fallocate(file, FallocateFlags::KEEP_SIZE, from, end - from).is_err() {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    /// What the file takes on the disk, in bytes.
    fn taken(file: &File) -> u64 {
        file.metadata().unwrap().blocks() * 512
    }

    #[test]
    fn space_grows_with_the_file_and_is_given_back() {
        let (mut file, space) = (tempfile::tempfile().unwrap(), Space::default());
        let piece = vec![1; 200_000];
        for _ in 0..40 {
            space.make(&file, piece.len() as u64);
            let (len, end) = (file.metadata().unwrap().len(), space.end.load(Relaxed));
            let needed = len + piece.len() as u64;
            if !is_ext4(&file) {
                assert_eq!((end, space.is_refused.load(Relaxed)), (0, true));
            } else if needed < LEAST {
                assert_eq!((end, taken(&file) > LEAST), (0, false));
            } else {
                assert!((needed..=3 * needed + LEAST).contains(&end), "{end} for {needed}");
                assert!(taken(&file) >= end - LEAST, "{} of {end}", taken(&file));
            }
            file.write_all(&piece).unwrap();
        }
        space.give_back(&file);
        let len = file.metadata().unwrap().len();
        assert_eq!(len, 40 * 200_000);
        assert!(taken(&file) < len + (64 << 10), "{} for {len}", taken(&file));
    }

    #[test]
    fn what_is_taken_has_a_limit() {
        let (mut file, space) = (tempfile::tempfile().unwrap(), Space::default());
        file.seek(io::SeekFrom::Start(1 << 40)).unwrap();
        space.make(&file, u64::MAX);
        assert!(taken(&file) <= MOST + LEAST + (64 << 10));
        assert_eq!(file.metadata().unwrap().len(), 0);
    }

    #[test]
    fn a_refusal_is_no_error_and_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("read");
        std::fs::write(&path, b"whole").unwrap();
        let (file, space) = (File::open(&path).unwrap(), Space::default());
        space.make(&file, 2 << 20);
        assert!(space.is_refused.load(Relaxed));
        space.give_back(&file);
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }
}
