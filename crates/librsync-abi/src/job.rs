//! `rs_job_t`, which every `rs_*_begin` makes.

use crate::{
    boundary::guarded,
    buffers::{Room, RsBuffers},
    cause::{Failure, report},
    copy_callback::{CopyCallback, RsCopyCb},
    delta_work::DeltaWork,
    patch_work::PatchWork,
    result_code::RsResult,
    sig_args::Asked,
    signature::{RsSignature, empty_index},
    signature_work::{LoadWork, SignatureWork},
    stats::{Op, RsStats},
    step::Pause,
    trace::log,
};
use rollsync::{Limits, Profile, SignatureParams, Stats, librsync::Severity, seal::Seal};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a job does.
pub(crate) trait Work {
    /// Goes on as far as `room` allows; where one call may take long, until `stop` is set.
    fn go_on(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Pause, Failure>;

    /// What it has counted.
    fn stats(&self) -> Stats;

    /// Sets what it may take. Settings are made before the first step: [`RsJob::set`] sees to that.
    fn set_limits(&mut self, _: Limits) -> Result<(), RsResult> {
        Err(RsResult::PARAM_ERROR)
    }

    /// Sets whether a seal is written, or looked for.
    fn set_sealed(&mut self, _: bool) -> Result<(), RsResult> {
        Err(RsResult::PARAM_ERROR)
    }

    /// Sets whose deltas are written.
    fn set_profile(&mut self, _: Profile) -> Result<(), RsResult> {
        Err(RsResult::PARAM_ERROR)
    }

    /// Is told that it will not go on.
    fn cancel(&mut self) {}

    /// The seal that was found and that holds.
    fn seal(&self) -> Option<Seal> {
        None
    }
}

/// A job, as C holds it: always by a shared reference, since callbacks may ask for its statistics while it runs.
pub(crate) struct RsJob {
    op: Op,
    /// Borrowed while it runs: a callback cannot run it a second time.
    work: RefCell<Box<dyn Work>>,
    /// Whether it has gone on: what it does is settled then.
    started: Cell<bool>,
    /// Whether the last step has panicked, or is under way.
    broken: Cell<bool>,
    /// C reads it whenever it likes between calls, so nothing holds a reference to it.
    stats: UnsafeCell<RsStats>,
    pub(crate) progress: Cell<Option<ProgressCallback>>,
    /// Bytes consumed and produced.
    moved: Cell<[u64; 2]>,
    pub(crate) cancelled: AtomicBool,
    /// How the last step has failed, if it has.
    failure: RefCell<Option<Failure>>,
}

/// `rollsync_progress_cb` with its argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgressCallback {
    pub(crate) function: unsafe extern "C" fn(opaque: *mut c_void, bytes_in: u64, bytes_out: u64),
    pub(crate) opaque: *mut c_void,
}

/// A job that was begun in a way that cannot be gone on from.
struct Refused(Failure);

impl Work for Refused {
    fn go_on(&mut self, _: &mut Room, _: &AtomicBool) -> Result<Pause, Failure> {
        Err(self.0.clone())
    }

    fn stats(&self) -> Stats {
        Stats::default()
    }
}

impl RsJob {
    /// A job for C, which frees it by `rs_job_free`.
    fn begin(op: Op, work: impl Work + 'static) -> *mut Self {
        Box::into_raw(Box::new(Self {
            op,
            work: RefCell::new(Box::new(work)),
            started: Cell::new(false),
            broken: Cell::new(false),
            stats: UnsafeCell::new(RsStats::begun(op)),
            progress: Cell::new(None),
            moved: Cell::new([0; 2]),
            cancelled: AtomicBool::new(false),
            failure: RefCell::new(None),
        }))
    }

    /// Changes what it does, or asks it; `None` while it runs.
    pub(crate) fn with_work<T>(&self, change: impl FnOnce(&mut dyn Work) -> T) -> Option<T> {
        Some(change(&mut **self.work.try_borrow_mut().ok()?))
    }

    /// Changes a setting, as long as it has not gone on.
    pub(crate) fn set(&self, change: impl FnOnce(&mut dyn Work) -> Result<(), RsResult>) -> RsResult {
        if self.started.get() {
            return RsResult::PARAM_ERROR;
        }
        match self.with_work(change) {
            Some(Ok(())) => RsResult::DONE,
            Some(Err(code)) => code,
            None => RsResult::PARAM_ERROR,
        }
    }

    /// What is wrong, as far as the last step has failed.
    pub(crate) fn error(&self) -> Option<String> {
        let failure = self.failure.borrow();
        let Failure { code, cause } = failure.as_ref()?;
        Some(
            cause
                .as_ref()
                .map_or_else(|| code.text().to_string_lossy().into_owned(), |cause| cause.message.clone()),
        )
    }

    fn go_on(&self, room: &mut Room) -> RsResult {
        self.started.set(true);
        if self.broken.replace(true) {
            return self.end(RsResult::INTERNAL_ERROR.into());
        }
        if self.cancelled.load(Ordering::Relaxed) {
            self.with_work(|work| work.cancel());
            self.broken.set(false);
            return self.fail(RsResult::CANCELLED.into());
        }
        let Ok(mut work) = self.work.try_borrow_mut() else { return RsResult::INTERNAL_ERROR };
        let result = work.go_on(room, &self.cancelled);
        let counted = work.stats();
        drop(work);
        self.broken.set(false);
        self.update_stats(|stats| {
            stats.count(&counted);
            if stats.end == 0 && result != Ok(Pause::Blocked) {
                stats.end_now();
            }
        });
        let pause = match result {
            Ok(pause) => pause,
            Err(failure) => return self.fail(failure),
        };
        if stands_still(room) {
            return self.end(RsResult::INTERNAL_ERROR.into());
        }
        self.failure.replace(None);
        self.tell(room);
        match pause {
            Pause::Blocked => RsResult::BLOCKED,
            Pause::Done => RsResult::DONE,
        }
    }

    fn fail(&self, failure: Failure) -> RsResult {
        failure.report(self.op);
        self.end(failure)
    }

    fn end(&self, failure: Failure) -> RsResult {
        let code = failure.code;
        self.failure.replace(Some(failure));
        code
    }

    fn update_stats(&self, change: impl FnOnce(&mut RsStats)) {
        // SAFETY: a job is used by one thread at a time, and `change`, which is given in this file, calls nobody who
        // could come by the statistics in another way.
        change(unsafe { &mut *self.stats.get() });
    }

    fn tell(&self, room: &Room) {
        let (consumed, produced) = room.moved();
        let [bytes_in, bytes_out] = self.moved.get();
        let moved = [bytes_in + consumed as u64, bytes_out + produced as u64];
        self.moved.set(moved);
        if let Some(ProgressCallback { function, opaque }) = self.progress.get() {
            // SAFETY: whoever set it promised that it may be called with this argument while the job runs.
            unsafe { function(opaque, moved[0], moved[1]) };
        }
    }
}

/// Whether nothing was moved though input and space were there: librsync calls that an error of its own.
fn stands_still(room: &Room) -> bool {
    let (offered_in, offered_out) = room.offered();
    if offered_in == 0 || offered_out == 0 || room.moved() != (0, 0) {
        return false;
    }
    let message = format!(
        "internal error: job made no progress [orig_in={offered_in}, orig_out={offered_out}, \
         final_in={offered_in}, final_out={offered_out}]"
    );
    log(Severity::Error, "rs_job_iter", message);
    true
}

#[unsafe(no_mangle)]
extern "C" fn rs_sig_begin(block_len: usize, strong_len: usize, magic: c_int) -> *mut RsJob {
    guarded(ptr::null_mut(), || {
        // Both were `int` for a time, and still pass through it: that is how -1 in four bytes means the minimum.
        let asked = Asked { magic, block_len: through_int(block_len), strong_len: through_int(strong_len) };
        RsJob::begin(Op::Signature, SignatureWork::new(asked))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
const fn through_int(len: usize) -> usize {
    (len as c_int as isize).cast_unsigned()
}

/// # Safety
/// `signature` is NULL, or a place for a pointer.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_loadsig_begin(signature: *mut *mut RsSignature) -> *mut RsJob {
    guarded(ptr::null_mut(), || {
        if signature.is_null() {
            return RsJob::begin(Op::Loadsig, Refused(RsResult::PARAM_ERROR.into()));
        }
        let loaded = RsSignature::new();
        let job = RsJob::begin(Op::Loadsig, LoadWork::new(loaded.clone()));
        // SAFETY: the caller's promise.
        unsafe { signature.write(RsSignature::into_raw(loaded)) };
        job
    })
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_delta_begin(signature: *mut RsSignature) -> *mut RsJob {
    guarded(ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let signature = unsafe { RsSignature::of_raw(signature) };
        let index = match &signature {
            Some(signature) => signature.index(),
            None => empty_index(SignatureParams::recommended(Some(0))),
        };
        match index {
            Ok(index) => RsJob::begin(Op::Delta, DeltaWork::new(index, signature)),
            Err(failure) => {
                failure.cause.iter().for_each(report);
                RsJob::begin(Op::Delta, Refused(failure.code.into()))
            }
        }
    })
}

/// # Safety
/// `copy` is NULL, or may be called with `opaque` while the job runs, as librsync.h says.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_patch_begin(copy: Option<RsCopyCb>, opaque: *mut c_void) -> *mut RsJob {
    guarded(ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let copy = unsafe { CopyCallback::new(copy, opaque) };
        RsJob::begin(Op::Patch, PatchWork::new(copy))
    })
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed; `buffers` is NULL or describes memory that is there, and
/// that nobody else uses during the call.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rs_job_iter(job: *mut RsJob, buffers: *mut RsBuffers) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise. Jobs are shared, so a callback may look at this one too.
        let Some(job) = (unsafe { job.as_ref() }) else { return RsResult::PARAM_ERROR };
        if buffers.is_null() {
            return RsResult::PARAM_ERROR;
        }
        // SAFETY: the caller's promise. The struct is copied: it is the caller's again while callbacks run.
        let Some(mut room) = (unsafe { Room::new(&buffers.read()) }) else { return RsResult::PARAM_ERROR };
        let result = job.go_on(&mut room);
        // SAFETY: the caller's promise.
        room.store(unsafe { &mut *buffers });
        result
    })
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_job_statistics(job: *mut RsJob) -> *const RsStats {
    // SAFETY: the caller's promise.
    guarded(ptr::null(), || unsafe { job.as_ref() }.map_or(ptr::null(), |job| job.stats.get().cast_const()))
}

/// # Safety
/// `job` is NULL, or came from an `rs_*_begin`, is not freed, does not run, and is not used afterwards.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_job_free(job: *mut RsJob) -> RsResult {
    guarded(RsResult::DONE, || {
        if !job.is_null() {
            // SAFETY: `RsJob::begin` has made a box of it, and the caller gives it up.
            drop(unsafe { Box::from_raw(job) });
        }
        RsResult::DONE
    })
}
