//! The whole-file work: the engine's fast road between streams of the application.

use crate::{
    basis::StreamBasis,
    buffer_sizes::of_application,
    cause::{Failure, report},
    file::ended,
    file_options::FileOptions,
    result_code::RsResult,
    seal::RollsyncSeal,
    sig_args::Asked,
    signal_mask::SignalMask,
    signature::{RsSignature, State},
    stats::{Op, RsStats},
    stream::Stream,
    watch::{Watch, Watched},
};
use rollsync::librsync::Cause;
use rollsync::{
    Buffers, DeltaJob, DeltaOptions, Drive, EmptyBasis, EngineError, Error, LoadJob, Options, PatchError,
    PatchJob, SealCheck, Side, SignatureParams, Stats, StrongLenChoice, Threads,
};
use std::io::{self, Read};
use std::num::NonZeroUsize;

/// librsync's own: of what stands behind a delta's end, the statistics count as much as it reads.
const PATCH_BUFFERS: Buffers = Buffers { input: 65_536, output: 262_144 };
/// Likewise: of a signature that is broken, they count as much as was read before that was noticed.
const LOAD_BUFFERS: Buffers = Buffers { input: 16_384, output: 1 };

/// The caller's place for statistics, or NULL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatsPlace(*mut RsStats);

impl StatsPlace {
    /// # Safety
    /// `place` is NULL, or may be written to for as long as this is used.
    pub(crate) const unsafe fn new(place: *mut RsStats) -> Self {
        Self(place)
    }

    fn store(self, stats: RsStats) {
        if !self.0.is_null() {
            // SAFETY: the promise of `new`'s caller.
            unsafe { self.0.write(stats) };
        }
    }
}

/// `rs_sig_file`.
pub(crate) fn signature(
    old: Stream,
    signature: Stream,
    asked: Asked,
    options: &FileOptions,
    stats: StatsPlace,
) -> RsResult {
    let basis_len = old.len();
    let prepared = asked.resolve(basis_len).and_then(|params| Ok((params, of_application()?)));
    let (params, sizes) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => return refuse(&failure),
    };
    let run = Run::begin(Op::Signature, &options.watch);
    let [old, signature] = [old, signature].map(|stream| options.watch.of(stream));
    let threads = options.threads(basis_len);
    // Others are started before the first byte is read, and get no signals.
    let mask = if threads > 1 { SignalMask::block_all() } else { None };
    let mut asked = Options::new()
        .format(params.format())
        .block_len(params.block_len())
        .strong_len(StrongLenChoice::Exactly(params.strong_len()))
        .limits(options.limits)
        .buffers(sizes.buffers_or(Buffers::default()))
        .seal(options.is_sealed())
        .threads(Threads::Exactly(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN)));
    let old = UnmaskedAtFirstRead { stream: old, mask };
    let (counted, result) = match rollsync::signature(old, basis_len, signature, &mut asked) {
        Ok(counted) => (counted, Ok(())),
        Err(error) => (unfinished(params, moved(&options.watch)), Err(error)),
    };
    run.end(&counted, result, |_| None, stats)
}

/// What is known of work that was not finished by those who do the whole of it.
fn moved(watch: &Watch) -> Stats {
    let mut counted = Stats::default();
    [counted.bytes_in, counted.bytes_out] = watch.moved();
    counted
}

/// The same of a signature.
fn unfinished(params: SignatureParams, mut moved: Stats) -> Stats {
    moved.block_len = params.block_len().get();
    moved.blocks = moved.bytes_out.saturating_sub(params.header().len() as u64) / params.record_len() as u64;
    moved
}

/// `rs_loadsig_file`.
pub(crate) fn load(file: Stream, loaded: &RsSignature, options: &FileOptions, stats: StatsPlace) -> RsResult {
    let sizes = match of_application() {
        Ok(sizes) => sizes,
        Err(failure) => return refuse(&failure),
    };
    let run = Run::begin(Op::Loadsig, &options.watch);
    let job = LoadJob::new().with_limits(options.limits);
    let mut drive = Drive::with_buffers(job, sizes.buffers_or(LOAD_BUFFERS));
    let mut result = drive.run(options.watch.of(file), io::sink());
    let counted = drive.stats();
    let signature = drive.into_job().into_signature();
    let is_unsealed = signature.as_ref().is_some_and(|signature| signature.basis().is_none());
    if is_unsealed && options.seal_check == Some(SealCheck::Required) {
        result = result.and(Err(Error::Unsealed));
    }
    let code = run.end(&counted, result, |_| None, stats);
    *loaded.state() = match signature.filter(|_| code == RsResult::DONE) {
        Some(signature) => State::Loaded(signature, options.limits),
        None => State::Failed(code),
    };
    code
}

/// `rs_delta_file`.
pub(crate) fn delta(
    signature: &RsSignature,
    new: Stream,
    delta: Stream,
    options: &FileOptions,
    stats: StatsPlace,
) -> RsResult {
    let prepared = signature.index().and_then(|index| Ok((index, of_application()?)));
    let (index, sizes) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => return refuse(&failure),
    };
    let profile = options.profile();
    let empty_basis = Some(sizes.empty_basis(EmptyBasis::of_profile(profile, &index), profile));
    let run = Run::begin(Op::Delta, &options.watch);
    let job = DeltaJob::new(index, DeltaOptions { profile, empty_basis }).with_limits(options.limits);
    let job = if options.is_sealed() { job.sealed() } else { job };
    let buffers = sizes.buffers_or(Buffers::default()).in_batches(job.batch_len());
    let mut drive = Drive::with_buffers(job, buffers);
    let threads = options.threads(new.len());
    let mask = if threads > 1 { SignalMask::block_all() } else { None };
    let [new, delta] = [new, delta].map(|stream| options.watch.of(stream));
    let result = drive.run_with_threads(UnmaskedAtFirstRead { stream: new, mask }, delta, threads);
    let counted = drive.stats();
    signature.count(&counted.search, &rollsync::SearchStats::default());
    run.end(&counted, result, |_| None, stats)
}

/// `rs_patch_file`, and the seal that has held.
pub(crate) fn patch(
    basis: Stream,
    delta: Stream,
    new: Stream,
    options: &FileOptions,
    stats: StatsPlace,
) -> Result<Option<RollsyncSeal>, RsResult> {
    let sizes = match of_application() {
        Ok(sizes) => sizes,
        Err(failure) => return Err(refuse(&failure)),
    };
    let run = Run::begin(Op::Patch, &options.watch);
    let mut basis = StreamBasis::new(options.watch.of_basis(basis), [delta, new]);
    let [delta, new] = [delta, new].map(|stream| options.watch.of(stream));
    let buffers = sizes.buffers_or(PATCH_BUFFERS);
    let mut found = None;
    let (counted, result) = match options.seal_check {
        Some(check) => {
            let asked = Options::new().limits(options.limits).buffers(buffers);
            let mut asked = asked.seal_check(check).seal_found(&mut found);
            match rollsync::patch(&mut basis, delta, None, new, &mut asked) {
                Ok(counted) => (counted, Ok(())),
                Err(error) => (moved(&options.watch), Err(error)),
            }
        }
        None => {
            let mut drive = Drive::with_buffers(PatchJob::new().with_limits(options.limits), buffers);
            let result = drive.run_with_basis(delta, &mut basis, new);
            (drive.stats(), result)
        }
    };
    let cause = |error: &Error| match error {
        Error::Io { side: Side::Basis, source, .. } => {
            Some(Cause::system("rs_file_copy_cb", basis.step(), source))
        }
        Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => Some(ended(basis.stream())),
        _ => None,
    };
    match run.end(&counted, result, cause, stats) {
        RsResult::DONE => Ok(found.as_ref().and_then(RollsyncSeal::of_delta)),
        code => Err(code),
    }
}

fn refuse(failure: &Failure) -> RsResult {
    failure.cause.iter().for_each(report);
    failure.code
}

/// An input whose first reading lets signals in again.
#[derive(Debug)]
struct UnmaskedAtFirstRead<'w> {
    stream: Watched<'w>,
    mask: Option<SignalMask>,
}

impl Read for UnmaskedAtFirstRead<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.mask = None;
        self.stream.read(place)
    }
}

/// One call of a whole-file function.
struct Run<'w> {
    op: Op,
    stats: RsStats,
    watch: &'w Watch,
}

impl<'w> Run<'w> {
    fn begin(op: Op, watch: &'w Watch) -> Self {
        Self { op, stats: RsStats::begun(op), watch }
    }

    /// Says how it ended: statistics, log lines, the result. `cause` knows what the engine cannot say of an error.
    fn end(
        mut self,
        counted: &Stats,
        result: Result<(), Error>,
        cause: impl FnOnce(&Error) -> Option<Cause>,
        stats: StatsPlace,
    ) -> RsResult {
        self.stats.count(counted);
        self.stats.end_now();
        stats.store(self.stats);
        let Err(error) = result else { return RsResult::DONE };
        if let Some(code) = self.watch.stopped() {
            Failure::from(code).report(self.op);
            return code;
        }
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
            Error::Mismatch(mismatch) => mismatch.into(),
            Error::Unsealed => RsResult::UNSEALED.into(),
            error => Failure { code: error.kind().into(), cause },
        };
        failure.report(self.op);
        failure.code
    }
}
