//! The four operations, over bytes, paths and file objects.

use crate::{
    blame::Files,
    digest::Digest,
    errors::Failure,
    inspection::{DeltaInfo, SignatureInfo},
    settings::Settings,
    signature::{Signature, Sums},
    source::Source,
    stats::Made,
    target::Target,
    watch::{Work, run},
};
use pyo3::{prelude::*, types::PyDict};
use rollsync::{Error, Inspection, Role, Side, SignatureIndex, Stats};
use std::{fs, os::unix::fs::FileTypeExt, path::Path, sync::Arc};

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
    let output = output.unwrap_or(Target::Bytes).apart_from(py, &[&basis])?;
    made(py, settings, |work| match (basis, output) {
        (Source::Path(basis), Target::Path(output)) => {
            on_files(rollsync::signature_file(basis, output, &mut work.options)?)
        }
        (basis, output) => {
            let (input, written) = (basis.at(Role::Basis), output.at(Role::Signature));
            let files = Files { input, output: written, ..Files::default() };
            let basis = basis.open(Role::Basis)?;
            let (len, mut output) = (basis.len()?, output.open(work, &[basis.file()])?);
            let done = rollsync::signature_from(basis, len, &mut output, &mut work.options);
            output.finish(done.map_err(|error| files.blame(error))?, work)
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
    let inputs: Vec<&Source> = signature.source().into_iter().chain([&new]).collect();
    let output = output.unwrap_or(Target::Bytes).apart_from(py, &inputs)?;
    made(py, settings, |work| match (signature, new, output) {
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
    let output = output.unwrap_or(Target::Bytes).apart_from(py, &[&basis, &new])?;
    made(py, settings, |work| match (basis, new, output) {
        (Source::Path(basis), Source::Path(new), Target::Path(output)) => {
            on_files(rollsync::diff_file(basis, new, output, &mut work.options)?)
        }
        (basis, new, output) => {
            let (input, written) = (basis.at(Role::Basis), output.at(Role::Delta));
            let files = Files { input, output: written, ..Files::default() };
            let basis = basis.open(Role::Basis)?;
            let len = basis.len()?;
            let index = rollsync::index_basis_from(basis, len, &mut work.options);
            let index = index.map_err(|error| files.blame(error))?;
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
    let files = Files { input: new.at(Role::New), output: output.at(Role::Delta), ..Files::default() };
    let new = new.open(Role::New)?;
    let (len, mut output) = (new.len()?, output.open(work, &[new.file()])?);
    let done = rollsync::delta_from(index, new, len, &mut output, &mut work.options);
    output.finish(done.map_err(|error| files.blame(error))?, work)
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
    let output = output.unwrap_or(Target::Bytes).apart_from(py, &[&basis, &delta])?;
    made(py, settings, |work| match (basis, delta, output) {
        (Source::Path(basis), Source::Path(delta), Target::Path(output)) if !is_pipe(&basis) => {
            on_files(rollsync::patch_file(basis, delta, output, &mut work.options)?)
        }
        (basis, delta, output) => {
            let (input, at) = (delta.at(Role::Delta), basis.at(Role::Basis));
            let files = Files { input, basis: at.clone(), output: output.at(Role::New) };
            let (basis, delta) = (basis.open(Role::Basis)?, delta.open(Role::Delta)?);
            let mut basis = basis.into_basis(at, work.guard.clone())?;
            let (len, mut output) = (delta.len()?, output.open(work, &[basis.file(), delta.file()])?);
            let done = rollsync::patch_onto(&mut basis, delta, len, &mut output, &mut work.options);
            output.finish(done.map_err(|error| files.blame(error))?, work)
        }
    })
}

/// Whether a basis has to be copied first, which the engine does unwatched.
fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo() || found.file_type().is_socket())
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
    let (inspection, _) = run(py, settings, |work| {
        let files = Files { input: source.at("file"), ..Files::default() };
        let source = source.open("file")?.guarded(work.guard.clone());
        rollsync::inspect(source, &limits).map_err(|error| files.blame(error))
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
    let (digest, _) = run(py, settings, |work| {
        let files = Files { input: source.at("file"), ..Files::default() };
        let source = source.open("file")?.guarded(work.guard.clone());
        let digest = rollsync::digest(source);
        digest.map_err(|source| files.blame(Error::Io { side: Side::Read, offset: 0, source }))
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

impl Sums {
    /// The signature, ready to be searched.
    pub(crate) fn load(self, work: &mut Work<'_>) -> Result<Arc<SignatureIndex>, Failure> {
        match self {
            Self::Loaded(index) => Ok(index),
            Self::Source(source) => {
                let files = Files { input: source.at(Role::Signature), ..Files::default() };
                let stream = source.open(Role::Signature)?;
                let len = stream.len()?;
                let index = rollsync::load_from(stream, len, &mut work.options);
                Ok(Arc::new(index.map_err(|error| files.blame(error))?))
            }
        }
    }
}
