//! The jobs as classes: bytes are fed as they come, and what comes of them is returned.

use crate::{
    errors::{exception, internal, param},
    guard::Guard,
    number::Number,
    push::{Push, refuse_time},
    settings::Settings,
    signature::{Signature, Sums},
    source::{Data, Source, Stream},
    stats::Stats,
    watch::{caught, run},
};
use pyo3::{
    PyTraverseError, PyVisit,
    prelude::*,
    types::{PyBytes, PyDict},
};
use rollsync::{NoBasis, Phase, ResourceError, Role, SignatureIndex};
use std::sync::Arc;

const ALWAYS: &[&str] = &["limits", "progress", "cancel"];

/// Makes a signature of a basis that comes piece by piece.
#[pyclass(module = "rollsync")]
pub(crate) struct SignatureJob {
    push: Push<rollsync::SignatureJob>,
}

#[pymethods]
impl SignatureJob {
    #[new]
    #[pyo3(
        signature = (basis_len=None, **keywords),
        text_signature = "(basis_len=None, *, format='rk-blake2', block_len=None, strong_len='max', seal=True, limits=None, progress=None, cancel=None)"
    )]
    fn new(
        py: Python<'_>,
        basis_len: Option<Number<u64>>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let known = &[&["format", "block_len", "strong_len", "seal"], ALWAYS];
        let settings = Settings::read("SignatureJob", keywords, known)?;
        let params = settings.signature.resolve(basis_len.map(|Number(len)| len));
        let params = params.map_err(|error| exception(py, error))?;
        let mut job = rollsync::SignatureJob::new(params).with_limits(settings.limits.engine);
        if settings.seal {
            job = job.sealed();
        }
        Ok(Self { push: Push::new(py, job, Phase::Signature, &settings)? })
    }

    /// Takes more of the basis; what of the signature comes out, at most `max_len` bytes of it unless that is negative. The data
    /// is taken also when this raises: go on with `feed(b"")`.
    #[pyo3(signature = (data, max_len=Number(-1)), text_signature = "($self, data, max_len=-1)")]
    fn feed<'py>(
        &mut self,
        py: Python<'py>,
        data: Data,
        max_len: Number<isize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.push.feed(py, data, max_len, &mut NoBasis)
    }

    /// Says that the basis has ended; the rest of the signature.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.push.finish(py, &mut NoBasis)
    }

    /// Whether more is to be fed: `False` while output is kept back by `max_len`, and when it is done.
    #[getter]
    fn needs_input(&self) -> bool {
        self.push.needs_input()
    }

    /// Whether all of the signature has come out.
    #[getter]
    fn done(&self) -> bool {
        self.push.is_done()
    }

    /// What was counted so far.
    #[getter]
    fn stats(&self) -> Stats {
        Stats::new(&self.push.stats(), false)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.push.traverse(&visit)
    }
}

/// Loads a signature that comes piece by piece.
#[pyclass(module = "rollsync")]
pub(crate) struct LoadJob {
    push: Option<Push<rollsync::LoadJob>>,
    limits: rollsync::Limits,
    made: Option<Result<Arc<SignatureIndex>, ResourceError>>,
}

#[pymethods]
impl LoadJob {
    #[new]
    #[pyo3(
        signature = (**keywords),
        text_signature = "(*, limits=None, progress=None, cancel=None)"
    )]
    fn new(py: Python<'_>, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = Settings::read("LoadJob", keywords, &[ALWAYS])?;
        let limits = settings.limits.engine;
        let job = rollsync::LoadJob::new().with_limits(limits);
        Ok(Self { push: Some(Push::new(py, job, Phase::Load, &settings)?), limits, made: None })
    }

    /// Takes more of the signature.
    fn feed(&mut self, py: Python<'_>, data: Data) -> PyResult<()> {
        match &mut self.push {
            Some(push) => push.feed(py, data, Number(-1), &mut NoBasis).map(drop),
            None => Err(param(py, "the job is finished: nothing can be fed to it")),
        }
    }

    /// Says that the signature has ended; the signature, ready to be searched.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Signature> {
        if let Some(push) = &mut self.push {
            push.finish(py, &mut NoBasis)?;
        }
        if let Some(push) = self.push.take() {
            let limits = self.limits;
            let loaded = push.into_job().into_signature().expect("a load job that is done has its signature");
            let index = py.detach(|| caught(|| Ok(SignatureIndex::build(loaded, &limits).map(Arc::new))));
            self.made = Some(index.map_err(|failure| failure.into_exception(py))?);
        }
        match &self.made {
            Some(Ok(index)) => Ok(Signature { index: Arc::clone(index) }),
            Some(Err(error)) => Err(exception(py, *error)),
            None => Err(internal(py, "a bug in rollsync has ended the job")),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.push.as_ref().map_or(Ok(()), |push| push.traverse(&visit))
    }
}

/// Makes a delta of a new file that comes piece by piece.
#[pyclass(module = "rollsync")]
pub(crate) struct DeltaJob {
    push: Push<rollsync::DeltaJob<Arc<SignatureIndex>>>,
}

#[pymethods]
impl DeltaJob {
    #[new]
    #[pyo3(
        signature = (signature, **keywords),
        text_signature = "(signature, *, profile='compact', seal=True, limits=None, progress=None, cancel=None)"
    )]
    fn new(py: Python<'_>, signature: Sums, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = Settings::read("DeltaJob", keywords, &[&["profile", "seal"], ALWAYS])?;
        refuse_time(py, &settings)?;
        let limits = settings.limits.engine;
        let loading = Settings::read("DeltaJob", None, &[])?.limited_as(&settings);
        let (index, _) = run(py, loading, |work| signature.load(work))?;
        let mut job = rollsync::DeltaJob::new(index, settings.delta).with_limits(limits);
        if settings.seal {
            job = job.sealed();
        }
        Ok(Self { push: Push::new(py, job, Phase::Delta, &settings)? })
    }

    /// Takes more of the new file; what of the delta comes out, at most `max_len` bytes of it unless that is negative. The data
    /// is taken also when this raises: go on with `feed(b"")`.
    #[pyo3(signature = (data, max_len=Number(-1)), text_signature = "($self, data, max_len=-1)")]
    fn feed<'py>(
        &mut self,
        py: Python<'py>,
        data: Data,
        max_len: Number<isize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.push.feed(py, data, max_len, &mut NoBasis)
    }

    /// Says that the new file has ended; the rest of the delta.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.push.finish(py, &mut NoBasis)
    }

    /// Whether more is to be fed: `False` while output is kept back by `max_len`, and when it is done.
    #[getter]
    fn needs_input(&self) -> bool {
        self.push.needs_input()
    }

    /// Whether all of the delta has come out.
    #[getter]
    fn done(&self) -> bool {
        self.push.is_done()
    }

    /// What was counted so far.
    #[getter]
    fn stats(&self) -> Stats {
        Stats::new(&self.push.stats(), false)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.push.traverse(&visit)
    }
}

/// Makes the new file of a basis and a delta that comes piece by piece. What comes out is part of no file until `finish` has
/// returned: only then the delta is known to be whole, and the result to be what its seal says. That the basis is too short is told
/// by `finish`, too, where the seal says which of the two is wrong; unless seals are ignored.
#[pyclass(module = "rollsync")]
pub(crate) struct PatchJob {
    push: Push<rollsync::PatchJob>,
    basis: Stream,
}

#[pymethods]
impl PatchJob {
    #[new]
    #[pyo3(
        signature = (basis, **keywords),
        text_signature = "(basis, *, seal_check='if-there', limits=None, progress=None, cancel=None)"
    )]
    fn new(py: Python<'_>, basis: Source, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = Settings::read("PatchJob", keywords, &[&["seal_check"], ALWAYS])?;
        let job = rollsync::PatchJob::new().with_limits(settings.limits.engine);
        let push = Push::new(py, job, Phase::Patch, &settings)?.with_seal_check(settings.seal_check);
        let (at, guard) = (basis.at(Role::Basis), Guard::new(&settings));
        if let Some(over) = guard.over() {
            return Err(exception(py, over));
        }
        let basis = py.detach(|| caught(|| basis.open(Role::Basis)?.into_basis(at.clone(), guard)));
        let basis = basis.map_err(|failure| failure.into_exception(py))?;
        Ok(Self { push: push.with_basis_at(at), basis })
    }

    /// Takes more of the delta; what of the new file comes out, at most `max_len` bytes of it unless that is negative. A few
    /// bytes of delta can stand for a long file: with `max_len` no more of it than that is in memory. The data is taken also when this raises:
    /// go on with `feed(b"")`.
    #[pyo3(signature = (data, max_len=Number(-1)), text_signature = "($self, data, max_len=-1)")]
    fn feed<'py>(
        &mut self,
        py: Python<'py>,
        data: Data,
        max_len: Number<isize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.push.feed(py, data, max_len, &mut self.basis)
    }

    /// Says that the delta has ended; the rest of the new file, which is now known to be right.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.push.finish(py, &mut self.basis)
    }

    /// Whether more is to be fed: `False` while output is kept back by `max_len`, and when it is done.
    #[getter]
    fn needs_input(&self) -> bool {
        self.push.needs_input()
    }

    /// Whether all of the new file has come out.
    #[getter]
    fn done(&self) -> bool {
        self.push.is_done()
    }

    /// What was counted so far.
    #[getter]
    fn stats(&self) -> Stats {
        Stats::new(&self.push.stats(), self.push.is_done() && self.push.job().seal().is_some())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.push.traverse(&visit)?;
        self.basis.traverse(&visit)
    }
}
