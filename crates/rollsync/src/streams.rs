//! The four operations over readers and writers.

use crate::{
    Basis, Drive, Error, FileBacked, FileSource, NoBasis, Options, Phase, file_source::Unplaced,
    index_signature, parallel,
};
use rollsync_core::{
    DeltaJob, Input, Job, Limits, LoadError, LoadJob, PatchJob, Progress, SignatureIndex, SignatureJob,
    SignatureParams, Stats,
};
use std::io::{self, Read, Write};

/// Makes the signature of `basis`, which has `basis_len` bytes as far as that is known.
///
/// ```
/// use rollsync::{Options, signature};
/// let mut sums = Vec::new();
/// let stats = signature(&b"hello world"[..], Some(11), &mut sums, &mut Options::new())?;
/// assert_eq!((sums.len(), stats.blocks), (48, 1));
/// # Ok::<(), rollsync::Error>(())
/// ```
///
/// # Errors
/// When the parameters do not suit each other, a stream fails, a limit is reached, or the work is cancelled.
pub fn signature(
    basis: impl Read,
    basis_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    signature_from(Unplaced(basis), basis_len, output, options)
}

/// The same of a file: where several [threads](Options::threads) work, each reads its own parts of it, at their offsets, which is
/// faster. In the end the file stands behind the last byte that was read, as after [`signature`].
///
/// ```
/// use rollsync::{Options, Threads, signature_from};
/// use std::{fs, fs::File};
/// let file = tempfile::NamedTempFile::new()?;
/// fs::write(file.path(), "hello world")?;
/// let (mut sums, basis) = (Vec::new(), File::open(file.path())?);
/// signature_from(&basis, Some(11), &mut sums, &mut Options::new().threads(Threads::Available))?;
/// assert_eq!(sums.len(), 48);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`signature`] has.
pub fn signature_from(
    basis: impl FileSource,
    basis_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let params = options.signature.resolve(basis_len)?;
    signature_with(params, options.limits, basis, basis_len, output, options)
}

fn signature_with(
    params: SignatureParams,
    limits: Limits,
    basis: impl FileSource,
    basis_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let threads = options.threads.count_for(basis_len);
    if threads > 1 && parallel::can_cut(params) {
        let seal = options.seal;
        let watch = &mut options.watching(Phase::Signature, basis_len);
        return parallel::signature(params, seal, basis, output, limits, threads, watch);
    }
    let mut job = SignatureJob::new(params).with_limits(limits);
    if options.seal {
        job = job.sealed();
    }
    let buffers = options.buffers.in_batches(job.batch_len());
    let mut drive = Drive::with_buffers(job, buffers);
    run(&mut drive, Phase::Signature, basis_len, basis, &mut NoBasis, output, options)?;
    Ok(drive.stats())
}

/// Reads a signature and makes it ready to be searched.
///
/// # Errors
/// When it is no signature, is cut or broken, a limit is reached, the stream fails, or the work is cancelled.
pub fn load(
    input: impl Read,
    input_len: Option<u64>,
    options: &mut Options<'_>,
) -> Result<SignatureIndex, Error> {
    load_from(Unplaced(input), input_len, options)
}

/// The same of a file: where several [threads](Options::threads) work, each reads its own records, which is faster.
///
/// # Errors
/// As [`load`] has.
pub fn load_from(
    input: impl FileSource,
    input_len: Option<u64>,
    options: &mut Options<'_>,
) -> Result<SignatureIndex, Error> {
    let mut drive = Drive::with_buffers(LoadJob::new().with_limits(options.limits), options.buffers);
    let threads = options.threads.count_to_load(input_len);
    drive.run_with_threads_watched(input, threads, &mut options.watching(Phase::Load, input_len))?;
    index(drive.into_job(), options)
}

fn index(job: LoadJob, options: &Options<'_>) -> Result<SignatureIndex, Error> {
    let signature = job.into_signature().expect("a load job that is done has its signature");
    Ok(index_signature(signature, &options.limits, options.threads.count())?)
}

/// Makes the delta of `new`, which has `new_len` bytes as far as that is known, against a signature.
///
/// ```
/// use rollsync::{Options, delta, load, signature};
/// let (basis, mut sums, mut difference) = (b"the old text".repeat(100), Vec::new(), Vec::new());
/// signature(&basis[..], None, &mut sums, &mut Options::new())?;
/// let index = load(&sums[..], None, &mut Options::new())?;
/// let stats = delta(&index, &basis[..], None, &mut difference, &mut Options::new())?;
/// assert_eq!((stats.copy.bytes, stats.literal.bytes), (1200, 0));
/// # Ok::<(), rollsync::Error>(())
/// ```
///
/// # Errors
/// When a stream fails, a limit is reached, or the work is cancelled.
pub fn delta(
    index: &SignatureIndex,
    new: impl Read,
    new_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    delta_from(index, Unplaced(new), new_len, output, options)
}

/// The same of a file: where several [threads](Options::threads) work, each reads its own parts of it, at their offsets, which is
/// faster. In the end the file stands behind the last byte that was read, as after [`delta`].
///
/// # Errors
/// As [`delta`] has.
pub fn delta_from(
    index: &SignatureIndex,
    new: impl FileSource,
    new_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let mut job = DeltaJob::new(index, options.delta).with_limits(options.limits);
    if options.seal {
        job = job.sealed();
    }
    let buffers = options.buffers.in_batches(job.batch_len());
    let mut drive = Drive::with_buffers(job, buffers);
    let threads = options.threads.count_for(new_len);
    drive.run_with_threads_watched(new, output, threads, &mut options.watching(Phase::Delta, new_len))?;
    Ok(drive.stats())
}

/// Makes the new file from `basis` and a delta of `delta_len` bytes, as far as that is known.
///
/// ```
/// use rollsync::{Options, patch};
/// let mut new = Vec::new();
/// patch(&mut &b"hello world"[..], &b"rs\x026\x45\x06\x05\x01!\0"[..], None, &mut new, &mut Options::new())?;
/// assert_eq!(new, b"world!");
/// # Ok::<(), rollsync::Error>(())
/// ```
///
/// # Errors
/// When it is no delta, is cut or broken, copies what the basis has not, its seal does not hold for basis and new file, a
/// stream fails, a limit is reached, or the work is cancelled. What was written to `output` by then is part of no file: throw it away.
pub fn patch(
    basis: &mut (impl Basis + ?Sized),
    delta: impl Read,
    delta_len: Option<u64>,
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let job = PatchJob::new().with_limits(options.limits);
    let mut drive = Drive::with_buffers(job, options.buffers).with_seal_check(options.seal_check);
    run(&mut drive, Phase::Patch, delta_len, delta, basis, output, options)?;
    options.found_seal(drive.job().seal());
    Ok(drive.stats())
}

/// The same onto a file. Where the basis is a file as well, and no seal is [looked for](crate::SealCheck), the system is left to copy
/// what it can: it need not pass through this process, and file systems that can share what two files have in common do
/// so.
///
/// ```
/// use rollsync::{Options, patch_onto};
/// use std::fs::{self, File};
/// let folder = tempfile::tempdir()?;
/// let (old, new) = (folder.path().join("old"), folder.path().join("new"));
/// fs::write(&old, "hello world")?;
/// let (mut basis, output) = (File::open(&old)?, File::create(&new)?);
/// patch_onto(&mut basis, &b"rs\x026\x45\x06\x05\x01!\0"[..], None, &output, &mut Options::new())?;
/// assert_eq!(fs::read(&new)?, b"world!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`patch`] has. What was written to `output` by then is part of no file: throw it away.
pub fn patch_onto(
    basis: &mut (impl Basis + ?Sized),
    delta: impl Read,
    delta_len: Option<u64>,
    output: impl FileBacked,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let job = PatchJob::new().with_limits(options.limits);
    let mut drive = Drive::with_buffers(job, options.buffers).with_seal_check(options.seal_check);
    drive.run_onto_watched(delta, basis, output, &mut options.watching(Phase::Patch, delta_len))?;
    options.found_seal(drive.job().seal());
    Ok(drive.stats())
}

/// The signature of a basis that is here, ready to be searched: what [`signature`] and [`load`] make together, without
/// the bytes between. The block length is the recommended one for `basis_len`.
///
/// # Errors
/// As those have.
pub fn index_basis(
    basis: impl Read,
    basis_len: Option<u64>,
    options: &mut Options<'_>,
) -> Result<SignatureIndex, Error> {
    index_basis_from(Unplaced(basis), basis_len, options)
}

/// The same of a file, as [`signature_from`].
///
/// # Errors
/// As those have.
pub fn index_basis_from(
    basis: impl FileSource,
    basis_len: Option<u64>,
    options: &mut Options<'_>,
) -> Result<SignatureIndex, Error> {
    let mut loader = Loader { job: LoadJob::new().with_limits(options.limits), failed: None };
    let params = options.signature.resolve(basis_len)?;
    // The signature is no output of this work.
    let limits = Limits { output: None, ..options.limits };
    let made = signature_with(params, limits, basis, basis_len, &mut loader, options);
    if let Some(error) = loader.failed {
        return Err(error.into());
    }
    made?;
    let _: Progress = loader.job.step(Input::last(&[]), &mut [])?;
    index(loader.job, options)
}

/// Loads a signature as it is written.
struct Loader {
    job: LoadJob,
    failed: Option<LoadError>,
}

impl Write for Loader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.job.step(Input::more(bytes), &mut []) {
            Ok(progress) => Ok(progress.consumed),
            Err(error) => {
                self.failed = Some(error);
                Err(io::Error::other(error))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run<J: Job>(
    drive: &mut Drive<J>,
    phase: Phase,
    total_in: Option<u64>,
    input: impl Read,
    basis: &mut (impl Basis + ?Sized),
    output: impl Write,
    options: &mut Options<'_>,
) -> Result<(), Error> {
    drive.run_watched(input, basis, output, &mut options.watching(phase, total_in))
}
