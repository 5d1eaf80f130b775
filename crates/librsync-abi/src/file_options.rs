//! `rollsync_file_options_t`: how a whole-file function works.

use crate::{
    cause::report, job::ProgressCallback, limits::RollsyncLimits, result_code::RsResult, seal::RollsyncSeal,
    settings, sized, watch::Watch,
};
use rollsync::{CancelToken, Limits, Profile, SealCheck, Threads, librsync::Cause};
use std::ffi::{CStr, c_char, c_void};
use std::num::NonZeroUsize;
use std::ptr;
use std::time::{Duration, Instant};

/// `rollsync_file_options_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollsyncFileOptions {
    size: usize,
    limits: *const RollsyncLimits,
    profile: *const c_char,
    threads: usize,
    seal: usize,
    found: *mut RollsyncSeal,
    progress: Option<unsafe extern "C" fn(opaque: *mut c_void, bytes_in: u64, bytes_out: u64)>,
    opaque: *mut c_void,
    cancel: *const CancelToken,
    milliseconds: usize,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<RollsyncFileOptions>() == 80 && align_of::<RollsyncFileOptions>() == 8);

// SAFETY: a size, integers of its width and pointers, which may be NULL.
unsafe impl sized::Versioned for RollsyncFileOptions {}

/// How a whole-file function works: by default as librsync's.
#[derive(Debug)]
pub(crate) struct FileOptions {
    pub(crate) limits: Limits,
    /// What is done about seals that are read. `None` is librsync's way: none is looked for, and none written.
    pub(crate) seal_check: Option<SealCheck>,
    pub(crate) watch: Watch,
    profile: Option<Profile>,
    threads: Option<Threads>,
    found: *mut RollsyncSeal,
}

impl Default for FileOptions {
    fn default() -> Self {
        Self {
            limits: Limits::NONE,
            seal_check: None,
            watch: Watch::default(),
            profile: None,
            threads: None,
            found: ptr::null_mut(),
        }
    }
}

impl FileOptions {
    /// What the caller asks for; NULL is nothing. The log says why that is refused.
    ///
    /// # Safety
    /// `raw` is NULL or points to a struct that begins with its own size, and what that points to is there.
    pub(crate) unsafe fn read(raw: *const RollsyncFileOptions) -> Result<Self, RsResult> {
        if raw.is_null() {
            return Ok(Self::default());
        }
        // SAFETY: the caller's promise.
        let asked = unsafe { sized::read(raw) }
            .ok_or_else(|| refused("invalid size, or a field that is not known"))?;
        let limits = match asked.limits.is_null() {
            true => Limits::NONE,
            // SAFETY: the caller's promise.
            false => unsafe { sized::read(asked.limits) }
                .ok_or_else(|| refused("invalid size of limits, or a field that is not known"))?
                .into(),
        };
        let profile = match asked.profile.is_null() {
            true => None,
            false => {
                // SAFETY: the caller's promise.
                let name = unsafe { CStr::from_ptr(asked.profile) }.to_string_lossy();
                Some(name.parse().map_err(|_| refused(&format!("unknown profile={name}")))?)
            }
        };
        let seal_check = match asked.seal {
            0 => None,
            1 => Some(SealCheck::IfThere),
            2 => Some(SealCheck::Required),
            unknown => return Err(refused(&format!("invalid seal={unknown}"))),
        };
        // SAFETY: the caller's promise. What else is there is the caller's, and perhaps not written yet.
        let found = unsafe { sized::size(asked.found) };
        if !asked.found.is_null() && found.is_none_or(|size| size < RollsyncSeal::LEAST) {
            return Err(refused("invalid size of found"));
        }
        let progress = asked.progress.map(|function| ProgressCallback { function, opaque: asked.opaque });
        // SAFETY: the caller's promise.
        let cancel = unsafe { asked.cancel.as_ref() }.cloned();
        let time = (asked.milliseconds != 0).then(|| Duration::from_millis(asked.milliseconds as u64));
        // A limit beyond all time is none.
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        Ok(Self {
            limits,
            seal_check,
            watch: Watch::new(progress, cancel, deadline),
            profile,
            threads: NonZeroUsize::new(asked.threads).map(Threads::Exactly),
            found: asked.found,
        })
    }

    /// Whose deltas are written.
    pub(crate) fn profile(&self) -> Profile {
        self.profile.unwrap_or_else(settings::profile)
    }

    /// How many threads are worth it for an input of `len` bytes.
    pub(crate) fn threads(&self, len: Option<u64>) -> usize {
        self.threads.unwrap_or_else(settings::threads).count_for(len)
    }

    /// Whether seals are written.
    pub(crate) const fn is_sealed(&self) -> bool {
        self.seal_check.is_some()
    }

    /// Tells the caller which seal was found.
    ///
    /// # Safety
    /// The promise of [`read`](Self::read) still holds.
    pub(crate) unsafe fn tell(&self, found: Option<&RollsyncSeal>) {
        if self.found.is_null() {
            return;
        }
        let none = RollsyncSeal::default();
        // SAFETY: the caller's promise.
        unsafe { sized::write(found.unwrap_or(&none), self.found) };
    }
}

fn refused(why: &str) -> RsResult {
    report(&Cause::new("rollsync_file_options", why.to_owned()));
    RsResult::PARAM_ERROR
}
