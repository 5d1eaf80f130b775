//! The four operations, over bytes, paths and file objects.

use crate::{
    digest::Digest,
    errors::Failure,
    inspection::{DeltaInfo, SignatureInfo},
    settings::Settings,
    signature::{Signature, Sums},
    source::Source,
    stats::Made,
    target::{Output, Target},
    watch::{Work, run},
};
use pyo3::{prelude::*, types::PyDict};
use rollsync::{Error, Inspection, Role, Side, SignatureIndex, Stats};
use std::{path::PathBuf, sync::Arc};

const OF_SIGNATURE: &[&str] = &["format", "block_len", "strong_len"];
const OF_DELTA: &[&str] = &["profile"];
const MADE: &[&str] = &["seal", "threads"];
const ALWAYS: &[&str] = &["limits", "progress", "cancel", "overwrite", "sync"];

/// Makes the signature of `basis`: a weak and a strong sum for each of its blocks.
///
/// `basis` is bytes, a path, or a file object. The signature is returned as bytes, or written to `output`, a path or a file object;
/// then `Stats` are returned.
#[pyfunction]
#[pyo3(
    signature = (basis, output=None, **keywords),
    text_signature = "(basis, output=None, *, format='rk-blake2', block_len=None, strong_len='max', seal=True, threads=1, limits=None, progress=None, cancel=None, overwrite=True, sync=True)"
)]
pub(crate) fn signature<'py>(
    py: Python<'py>,
    basis: Source,
    output: Option<Target>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings::read("signature", keywords, &[OF_SIGNATURE, MADE, ALWAYS])?;
    made(py, settings, |work| match (basis, output.unwrap_or(Target::Bytes)) {
        (Source::Path(basis), Target::Path(output)) => {
            on_files(rollsync::signature_file(basis, output, &mut work.options)?)
        }
        (basis, output) => {
            let at = basis.path();
            let basis = basis.open(Role::Basis)?;
            let (len, mut output) = (basis.len()?, output.open(work, &[basis.file()])?);
            let done = rollsync::signature(basis, len, &mut output, &mut work.options);
            let stats = done.map_err(|error| blame(error, at, None, &output))?;
            output.finish(stats, work)
        }
    })
}

/// Makes the delta from the basis of `signature` to `new`.
///
/// `signature` is bytes, a path, a file object, or a `Signature` that is loaded already; `new` is bytes, a path, or a
/// file object. The delta is returned as bytes, or written to `output`; then `Stats` are returned.
#[pyfunction]
#[pyo3(
    signature = (signature, new, output=None, **keywords),
    text_signature = "(signature, new, output=None, *, profile='compact', seal=True, threads=1, limits=None, progress=None, cancel=None, overwrite=True, sync=True)"
)]
pub(crate) fn delta<'py>(
    py: Python<'py>,
    signature: Sums,
    new: Source,
    output: Option<Target>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings::read("delta", keywords, &[OF_DELTA, MADE, ALWAYS])?;
    made(py, settings, |work| match (signature, new, output.unwrap_or(Target::Bytes)) {
        (Sums::Source(Source::Path(signature)), Source::Path(new), Target::Path(output)) => {
            on_files(rollsync::delta_file(signature, new, output, &mut work.options)?)
        }
        (signature, new, output) => {
            let index = signature.load(work)?;
            delta_of(&index, new, output, work)
        }
    })
}

/// Makes the delta from `basis` to `new`, both at hand: `signature` and `delta` in one.
#[pyfunction]
#[pyo3(
    signature = (basis, new, output=None, **keywords),
    text_signature = "(basis, new, output=None, *, format='rk-blake2', block_len=None, strong_len='max', profile='compact', seal=True, threads=1, limits=None, progress=None, cancel=None, overwrite=True, sync=True)"
)]
pub(crate) fn diff<'py>(
    py: Python<'py>,
    basis: Source,
    new: Source,
    output: Option<Target>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings::read("diff", keywords, &[OF_SIGNATURE, OF_DELTA, MADE, ALWAYS])?;
    made(py, settings, |work| match (basis, new, output.unwrap_or(Target::Bytes)) {
        (Source::Path(basis), Source::Path(new), Target::Path(output)) => {
            on_files(rollsync::diff_file(basis, new, output, &mut work.options)?)
        }
        (basis, new, output) => {
            let path = basis.path();
            let basis = basis.open(Role::Basis)?;
            let len = basis.len()?;
            let index = rollsync::index_basis(basis, len, &mut work.options);
            let index = index.map_err(|error| Failure::Work { error, path })?;
            delta_of(&index, new, output, work)
        }
    })
}

fn delta_of(
    index: &SignatureIndex,
    new: Source,
    output: Target,
    work: &mut Work<'_>,
) -> Result<Made, Failure> {
    let at = new.path();
    let new = new.open(Role::New)?;
    let (len, mut output) = (new.len()?, output.open(work, &[new.file()])?);
    let done = rollsync::delta(index, new, len, &mut output, &mut work.options);
    let stats = done.map_err(|error| blame(error, at, None, &output))?;
    output.finish(stats, work)
}

/// Makes the new file from `basis` and `delta`.
///
/// Both are bytes, paths, or file objects. The new file is returned as bytes, or written to `output`; then `Stats` are returned. A
/// path is replaced when all of the new file is there and the delta's seal, if it has one, holds; `output` may be the
/// path of `basis`.
#[pyfunction]
#[pyo3(
    signature = (basis, delta, output=None, **keywords),
    text_signature = "(basis, delta, output=None, *, seal_check='if-there', limits=None, progress=None, cancel=None, overwrite=True, sync=True)"
)]
pub(crate) fn patch<'py>(
    py: Python<'py>,
    basis: Source,
    delta: Source,
    output: Option<Target>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let settings = Settings::read("patch", keywords, &[&["seal_check"], ALWAYS])?;
    made(py, settings, |work| match (basis, delta, output.unwrap_or(Target::Bytes)) {
        (Source::Path(basis), Source::Path(delta), Target::Path(output)) => {
            on_files(rollsync::patch_file(basis, delta, output, &mut work.options)?)
        }
        (basis, delta, output) => {
            let (at, basis_at) = (delta.path(), basis.path());
            let (mut basis, delta) = (basis.open_basis()?, delta.open(Role::Delta)?);
            let (len, mut output) = (delta.len()?, output.open(work, &[basis.file(), delta.file()])?);
            let done = rollsync::patch_onto(&mut basis, delta, len, &mut output, &mut work.options);
            let stats = done.map_err(|error| blame(error, at, basis_at, &output))?;
            output.finish(stats, work)
        }
    })
}

/// Reads a signature and makes it ready to be searched: for several deltas against one basis, also on several threads.
#[pyfunction]
#[pyo3(
    signature = (signature, **keywords),
    text_signature = "(signature, *, limits=None, progress=None, cancel=None)"
)]
pub(crate) fn load(
    py: Python<'_>,
    signature: Source,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Signature> {
    let settings = Settings::read("load", keywords, &[&["limits", "progress", "cancel"]])?;
    let (index, _) = run(py, settings, |work| Sums::Source(signature).load(work))?;
    Ok(Signature { index })
}

/// Says what a file is: `SignatureInfo`, `DeltaInfo`, or `None` when it is neither. A seal is checked.
#[pyfunction]
#[pyo3(signature = (source, **keywords), text_signature = "(source, *, limits=None)")]
pub(crate) fn inspect<'py>(
    py: Python<'py>,
    source: Source,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let settings = Settings::read("inspect", keywords, &[&["limits"]])?;
    let limits = settings.limits.engine;
    let (inspection, _) = run(py, settings, |_| {
        let path = source.path();
        let source = source.open(Role::Delta)?;
        rollsync::inspect(source.interruptible(), &limits).map_err(|error| Failure::Work { error, path })
    })?;
    Ok(match inspection {
        Inspection::Signature(summary) => Some(Bound::new(py, SignatureInfo::new(&summary))?.into_any()),
        Inspection::Delta(summary) => Some(Bound::new(py, DeltaInfo::new(&summary))?.into_any()),
        _ => None,
    })
}

/// Length and BLAKE3 of a file: what a seal knows it by.
#[pyfunction]
pub(crate) fn digest(py: Python<'_>, source: Source) -> PyResult<Digest> {
    let settings = Settings::read("digest", None, &[])?;
    let (digest, _) = run(py, settings, |_| {
        let path = source.path();
        let source = source.open(Role::New)?;
        rollsync::digest(source.interruptible()).map_err(|source| Failure::Work {
            error: Error::Io { side: Side::Read, offset: 0, source },
            path,
        })
    })?;
    Ok(digest.into())
}

fn made<'py>(
    py: Python<'py>,
    settings: Settings,
    work: impl FnOnce(&mut Work<'_>) -> Result<Made, Failure> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let (made, seal) = run(py, settings, work)?;
    made.into_python(py, seal)
}

fn on_files(stats: Stats) -> Result<Made, Failure> {
    Ok(Made { bytes: None, stats })
}

/// A stream that fails is named by its path, if it has one.
fn blame(error: Error, input: Option<PathBuf>, basis: Option<PathBuf>, output: &Output) -> Failure {
    let path = match &error {
        Error::Io { side: Side::Write, .. } => output.path(),
        Error::Io { side: Side::Basis, .. } | Error::Mismatch(_) => basis,
        _ => input,
    };
    Failure::Work { error, path }
}

impl Sums {
    /// The signature, ready to be searched.
    pub(crate) fn load(self, work: &mut Work<'_>) -> Result<Arc<SignatureIndex>, Failure> {
        match self {
            Self::Loaded(index) => Ok(index),
            Self::Source(source) => {
                let path = source.path();
                let stream = source.open(Role::Signature)?;
                let len = stream.len()?;
                let index = rollsync::load(stream, len, &mut work.options);
                Ok(Arc::new(index.map_err(|error| Failure::Work { error, path })?))
            }
        }
    }
}
