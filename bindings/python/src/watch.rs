//! Work while the interpreter is free for other threads, and who is told of it.

use crate::{
    errors::{Failure, exception},
    guard::Guard,
    settings::Settings,
};
use pyo3::{PyTraverseError, PyVisit, exceptions::PyException, prelude::*};
use rollsync::{CancelToken, Error, Options, Phase, seal::Seal};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

/// Python is told, and asked whether Ctrl-C was pressed, so often: to take the interpreter from a busy thread costs 5 ms.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// Tells calls and jobs to stop; may be used from any thread.
#[pyclass(frozen, module = "rollsync")]
#[derive(Default)]
pub(crate) struct Cancel {
    pub(crate) token: CancelToken,
}

#[pymethods]
impl Cancel {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Stops every call that was given this token, once for all.
    fn cancel(&self) {
        self.token.cancel();
    }

    /// Whether it was cancelled.
    #[getter]
    fn cancelled(&self) -> bool {
        self.token.is_cancelled()
    }
}

/// How far a call is. Lengths are in bytes.
#[pyclass(frozen, get_all, module = "rollsync")]
#[derive(Clone, Copy)]
pub(crate) struct Report {
    /// 'signature', 'load', 'delta' or 'patch'.
    phase: &'static str,
    /// Bytes of that phase's input that were read.
    bytes_in: u64,
    /// How many there are, or `None`.
    total_in: Option<u64>,
    /// Bytes of that phase's output that were written.
    bytes_out: u64,
}

#[pymethods]
impl Report {
    fn __repr__(&self) -> String {
        let Self { phase, bytes_in, total_in, bytes_out } = self;
        let total = total_in.map_or_else(|| "None".to_owned(), |total| total.to_string());
        format!("Report(phase='{phase}', bytes_in={bytes_in}, total_in={total}, bytes_out={bytes_out})")
    }
}

impl Report {
    pub(crate) fn new(phase: Phase, bytes_in: u64, total_in: Option<u64>, bytes_out: u64) -> Self {
        let phase = match phase {
            Phase::Signature => "signature",
            Phase::Load => "load",
            Phase::Delta => "delta",
            _ => "patch",
        };
        Self { phase, bytes_in, total_in, bytes_out }
    }
}

/// What a call's work is given.
pub(crate) struct Work<'a> {
    pub(crate) options: Options<'a>,
    pub(crate) keep_existing: bool,
    pub(crate) sync: bool,
    /// For what is read where the engine does not watch.
    pub(crate) guard: Guard,
    stop: &'a CancelToken,
}

impl Work<'_> {
    /// An error when the work is to end with nothing done.
    pub(crate) fn go_on(&self) -> Result<(), Failure> {
        match self.guard.over() {
            Some(over) => Err(over.into()),
            None if self.stop.is_cancelled() => Err(Error::Cancelled.into()),
            None => Ok(()),
        }
    }
}

/// Does the work of a call with the interpreter free. Beside what it comes to: the seal that a patch was held to.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    settings: Settings,
    work: impl FnOnce(&mut Work<'_>) -> Result<T, Failure> + Send,
) -> PyResult<(T, Option<Seal>)> {
    let mut watcher = Watcher::new(&settings, py);
    let guard = watcher.guard.clone();
    if let Some(over) = guard.over() {
        return Err(exception(py, over));
    }
    let (done, seal) = py.detach(|| {
        let (stop, mut seal) = (watcher.stop.clone(), None);
        let mut told = |report: rollsync::Report| {
            let rollsync::Report { phase, bytes_in, total_in, bytes_out, .. } = report;
            watcher.see(Report::new(phase, bytes_in, total_in, bytes_out));
        };
        let options = settings.options().cancel(&stop).progress(&mut told).seal_found(&mut seal);
        let (keep_existing, sync) = (settings.keep_existing, settings.sync);
        let mut given = Work { options, keep_existing, sync, guard, stop: &stop };
        let done = caught(|| work(&mut given));
        (done, seal)
    });
    if let Some(stopped) = watcher.stopped() {
        return Err(stopped.into_exception(py));
    }
    let done = done.map_err(|failure| failure.into_exception(py))?;
    watcher.finish(py)?;
    Ok((done, seal))
}

/// Does work; a panic is an error of this call.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(Failure::Panic(words(&*panic).to_owned())))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words")
}

/// Stands between the engine, which tells of every buffer, and Python.
pub(crate) struct Watcher {
    told: Option<Py<PyAny>>,
    guard: Guard,
    /// What the work looks at: the caller's token is not this call's to set.
    stop: CancelToken,
    last: Option<Instant>,
    /// What Python has not been told yet.
    unsaid: Option<Report>,
    raised: Option<PyErr>,
    /// What the guard said.
    over: Option<Error>,
}

impl Watcher {
    pub(crate) fn new(settings: &Settings, py: Python<'_>) -> Self {
        let told = settings.progress.as_ref().map(|told| told.clone_ref(py));
        // The first report is told at once, if to anybody.
        let last = told.is_none().then(Instant::now);
        let (guard, stop) = (Guard::new(settings), CancelToken::new());
        Self { told, guard, stop, last, unsaid: None, raised: None, over: None }
    }

    /// Takes a report: the first and the last of a phase are told, and others now and then.
    pub(crate) fn see(&mut self, report: Report) {
        if self.is_over() {
            return;
        }
        let ended = self.unsaid.take().filter(|unsaid| unsaid.phase != report.phase);
        let due = ended.is_some() || self.last.is_none_or(|last| last.elapsed() >= PAUSE);
        if !due {
            self.unsaid = Some(report);
            return;
        }
        let said = Python::attach(|py| {
            py.check_signals()?;
            ended.map_or(Ok(()), |ended| self.say(py, ended))?;
            self.say(py, report)
        });
        if let Err(raised) = said {
            self.raised = Some(raised);
            self.stop.cancel();
        }
        self.last = Some(Instant::now());
        // Who was told may have cancelled, and there may be no other report.
        self.is_over();
    }

    fn is_over(&mut self) -> bool {
        if self.over.is_none() {
            self.over = self.guard.over();
        }
        if self.over.is_some() {
            self.stop.cancel();
        }
        self.stop.is_cancelled()
    }

    /// Why the work is to stop, if it is: what Python has raised, or what the guard said.
    pub(crate) fn stopped(&mut self) -> Option<Failure> {
        match self.raised.take() {
            Some(raised) => {
                // A job may be gone on with.
                self.stop = CancelToken::new();
                Some(raised.into())
            }
            None => self.over.take().map(Failure::from),
        }
    }

    /// Tells the last report. The work is done by then: what is raised now cannot undo it, and goes to `sys.unraisablehook`.
    pub(crate) fn finish(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(report) = self.unsaid.take() else { return Ok(()) };
        match self.say(py, report) {
            Err(raised) if raised.is_instance_of::<PyException>(py) => {
                raised.write_unraisable(py, self.told.as_ref().map(|told| told.bind(py)));
                Ok(())
            }
            said => said,
        }
    }

    /// Shows the garbage collector what it holds.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.told)
    }

    fn say(&self, py: Python<'_>, report: Report) -> PyResult<()> {
        match &self.told {
            Some(told) => told.call1(py, (Bound::new(py, report)?,)).map(drop),
            None => Ok(()),
        }
    }
}
