//! The whole-file functions: the engine's fast road between streams of the application.

use crate::{
    basis::StreamBasis,
    boundary::guarded,
    buffer_sizes::of_application,
    cause::{Failure, report},
    file::ended,
    result_code::RsResult,
    settings,
    sig_args::Asked,
    signal_mask::SignalMask,
    signature::RsSignature,
    stats::{Op, RsStats},
    stream::Stream,
};
use libc::FILE;
use rollsync::librsync::Cause;
use rollsync::{
    Buffers, DeltaJob, DeltaOptions, Drive, EmptyBasis, EngineError, Error, Job, LoadJob, PatchError,
    PatchJob, Side, SignatureJob,
};
use std::ffi::c_int;
use std::io::{self, Read};
use std::sync::Arc;

/// librsync's own: of what stands behind a delta's end, the statistics count as much as it reads.
const PATCH_BUFFERS: Buffers = Buffers { input: 65_536, output: 262_144 };
/// Likewise: of a signature that is broken, they count as much as was read before that was noticed.
const LOAD_BUFFERS: Buffers = Buffers { input: 16_384, output: 1 };

/// # Safety
/// `old` and `signature` are NULL or open streams; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_sig_file(
    old: *mut FILE,
    signature: *mut FILE,
    block_len: usize,
    strong_len: usize,
    magic: c_int,
    stats: *mut RsStats,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (Some(mut old), Some(mut signature)) = (unsafe { (Stream::new(old), Stream::new(signature)) })
        else {
            return RsResult::PARAM_ERROR;
        };
        let asked = Asked { magic, block_len, strong_len };
        let prepared = asked.resolve(old.len()).and_then(|params| Ok((params, of_application()?)));
        let (params, sizes) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return refuse(&failure),
        };
        let run = Run::begin(Op::Signature);
        let job = SignatureJob::new(params);
        let buffers = sizes.buffers_or(Buffers::default()).in_batches(job.batch_len());
        // One thread: the parallel road reads the basis on its workers, and streams are read on the caller's thread only.
        let mut drive = Drive::with_buffers(job, buffers);
        let result = drive.run(&mut old, &mut signature);
        // SAFETY: the caller's promise.
        unsafe { run.end(&drive, result, |_| None, stats) }
    })
}

/// # Safety
/// `file` is NULL or an open stream; `signature` is NULL or a place for a pointer, `stats` NULL or one for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_loadsig_file(
    file: *mut FILE,
    signature: *mut *mut RsSignature,
    stats: *mut RsStats,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        if signature.is_null() {
            return RsResult::PARAM_ERROR;
        }
        let loaded = RsSignature::new();
        // Stored whatever happens: callers free it after a failure too.
        // SAFETY: the caller's promise.
        unsafe { signature.write(RsSignature::into_raw(Arc::clone(&loaded))) };
        // SAFETY: the caller's promise.
        let Some(mut file) = (unsafe { Stream::new(file) }) else { return RsResult::PARAM_ERROR };
        let sizes = match of_application() {
            Ok(sizes) => sizes,
            Err(failure) => return refuse(&failure),
        };
        let run = Run::begin(Op::Loadsig);
        let mut drive = Drive::with_buffers(LoadJob::new(), sizes.buffers_or(LOAD_BUFFERS));
        let result = drive.run(&mut file, io::sink());
        let is_done = result.is_ok();
        // SAFETY: the caller's promise.
        let code = unsafe { run.end(&drive, result, |_| None, stats) };
        loaded.put_back(drive.into_job(), is_done);
        code
    })
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed; `new` and `delta` are
/// NULL or open streams; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_delta_file(
    signature: *mut RsSignature,
    new: *mut FILE,
    delta: *mut FILE,
    stats: *mut RsStats,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (signature, new, delta) =
            unsafe { (RsSignature::of_raw(signature), Stream::new(new), Stream::new(delta)) };
        let (Some(signature), Some(new), Some(mut delta)) = (signature, new, delta) else {
            return RsResult::PARAM_ERROR;
        };
        let prepared = signature.index().and_then(|index| Ok((index, of_application()?)));
        let (index, sizes) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return refuse(&failure),
        };
        let profile = settings::profile();
        let empty_basis = Some(sizes.empty_basis(EmptyBasis::of_profile(profile, &index), profile));
        let run = Run::begin(Op::Delta);
        let job = DeltaJob::new(index, DeltaOptions { profile, empty_basis });
        let mut drive = Drive::with_buffers(job, sizes.buffers_or(Buffers::default()));
        let threads = settings::threads().count_for(new.len());
        // The workers are started before the first byte is read, and get no signals.
        let mask = if threads > 1 { SignalMask::block_all() } else { None };
        let result = drive.run_with_threads(UnmaskedAtFirstRead { stream: new, mask }, &mut delta, threads);
        signature.count(&drive.stats().search, &rollsync::SearchStats::default());
        // SAFETY: the caller's promise.
        unsafe { run.end(&drive, result, |_| None, stats) }
    })
}

/// # Safety
/// The streams are NULL or open; `stats` is NULL or a place for statistics.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_patch_file(
    basis: *mut FILE,
    delta: *mut FILE,
    new: *mut FILE,
    stats: *mut RsStats,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (Some(basis), Some(mut delta), Some(mut new)) =
            (unsafe { (Stream::new(basis), Stream::new(delta), Stream::new(new)) })
        else {
            return RsResult::PARAM_ERROR;
        };
        let sizes = match of_application() {
            Ok(sizes) => sizes,
            Err(failure) => return refuse(&failure),
        };
        let run = Run::begin(Op::Patch);
        let mut basis = StreamBasis::new(basis, [delta, new]);
        let mut drive = Drive::with_buffers(PatchJob::new(), sizes.buffers_or(PATCH_BUFFERS));
        let result = drive.run_with_basis(&mut delta, &mut basis, &mut new);
        let cause = |error: &Error| match error {
            Error::Io { side: Side::Basis, source, .. } => {
                Some(Cause::system("rs_file_copy_cb", basis.step(), source))
            }
            Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => Some(ended(basis.stream())),
            _ => None,
        };
        // SAFETY: the caller's promise.
        unsafe { run.end(&drive, result, cause, stats) }
    })
}

fn refuse(failure: &Failure) -> RsResult {
    failure.cause.iter().for_each(report);
    failure.code
}

/// The new file, whose first reading lets signals in again.
#[derive(Debug)]
struct UnmaskedAtFirstRead {
    stream: Stream,
    mask: Option<SignalMask>,
}

impl Read for UnmaskedAtFirstRead {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.mask = None;
        self.stream.read(place)
    }
}

/// One call of a whole-file function.
struct Run {
    op: Op,
    stats: RsStats,
}

impl Run {
    fn begin(op: Op) -> Self {
        Self { op, stats: RsStats::begun(op) }
    }

    /// Says how it ended: statistics, log lines, the result. `cause` knows what the engine cannot say of an error.
    ///
    /// # Safety
    /// `stats` is NULL or a place for statistics.
    unsafe fn end<J: Job>(
        mut self,
        drive: &Drive<J>,
        result: Result<(), Error>,
        cause: impl FnOnce(&Error) -> Option<Cause>,
        stats: *mut RsStats,
    ) -> RsResult {
        self.stats.count(&drive.stats());
        self.stats.end_now();
        if !stats.is_null() {
            // SAFETY: the caller's promise.
            unsafe { stats.write(self.stats) };
        }
        let Err(error) = result else { return RsResult::DONE };
        let cause = cause(&error);
        let failure = match error {
            // Reading and writing is no part of a job, so only the cause is told when that fails.
            Error::Io { side: Side::Read, source, .. } => {
                report(&Cause::system("rs_infilebuf_fill", "error filling buf from file", &source));
                return RsResult::IO_ERROR;
            }
            Error::Io { side: Side::Write, source, .. } => {
                report(&Cause::system("rs_outfilebuf_drain", "error draining buf to file", &source));
                return RsResult::IO_ERROR;
            }
            Error::Engine(error) => {
                let failure = Failure::from(error);
                Failure { cause: cause.or(failure.cause), ..failure }
            }
            error => Failure { code: error.kind().into(), cause },
        };
        failure.report(self.op);
        failure.code
    }
}
