//! A job that is fed.

use crate::{
    blame::{At, Files},
    errors::{Failure, internal, param},
    number::Number,
    settings::Settings,
    source::Data,
    stats::to_bytes,
    watch::{Report, Watcher, caught},
};
use pyo3::{PyTraverseError, PyVisit, prelude::*, pybacked::PyBackedBytes, types::PyBytes};
use rollsync::{Basis, Drive, Error, Fed, Job, Phase, SealCheck, Side, Stats};
use std::{
    collections::VecDeque,
    io::{self, Write},
};

/// A job with the bytes that it was fed and has not taken yet.
pub(crate) struct Push<J> {
    drive: Drive<J>,
    phase: Phase,
    waiting: VecDeque<PyBackedBytes>,
    /// How many bytes of the first that waits are taken.
    taken: usize,
    /// What is made and was not handed over yet. A job is gone on with after what Python raised: nothing of it may be lost.
    made: Vec<u8>,
    /// It was said that no more comes.
    ended: bool,
    /// Output is kept back, for want of room.
    full: bool,
    done: bool,
    /// It has panicked.
    broken: bool,
    files: Files,
    watcher: Watcher,
}

/// A limit of time is one of a call; a job's time passes between its steps.
pub(crate) fn refuse_time(py: Python<'_>, settings: &Settings) -> PyResult<()> {
    match settings.limits.time {
        Some(_) => Err(param(py, "a job has no limit of time: its caller decides when to feed it")),
        None => Ok(()),
    }
}

impl Push<rollsync::PatchJob> {
    /// The same, done when the new file is what a seal says.
    pub(crate) fn with_seal_check(self, check: SealCheck) -> Self {
        Self { drive: self.drive.with_seal_check(check), ..self }
    }
}

impl<J: Job + Send> Push<J> {
    /// A job at its first byte, told of its cancel token and of who wants to know.
    pub(crate) fn new(py: Python<'_>, job: J, phase: Phase, settings: &Settings) -> PyResult<Self> {
        refuse_time(py, settings)?;
        Ok(Self {
            drive: Drive::new(job),
            phase,
            waiting: VecDeque::new(),
            taken: 0,
            made: Vec::new(),
            ended: false,
            full: false,
            done: false,
            broken: false,
            files: Files::default(),
            watcher: Watcher::new(settings, py),
        })
    }

    /// The same with the file that its basis is.
    pub(crate) fn with_basis_at(mut self, at: Option<At>) -> Self {
        self.files.basis = at;
        self
    }

    /// Feeds it; what comes out, and no more than `max_len` bytes of it unless that is negative. The data is taken, also when
    /// this fails.
    pub(crate) fn feed<'py>(
        &mut self,
        py: Python<'py>,
        data: Data,
        Number(max_len): Number<isize>,
        basis: &mut (impl Basis + Send),
    ) -> PyResult<Bound<'py, PyBytes>> {
        if self.ended {
            return Err(param(py, "the job is finished: nothing can be fed to it"));
        }
        if !data.0.is_empty() && !self.done {
            self.waiting.push_back(data.0);
        }
        let most = usize::try_from(max_len).unwrap_or(usize::MAX);
        self.work(py, most, basis)?;
        self.hand_over(py, most)
    }

    /// Says that no more comes; all that is left to come out.
    pub(crate) fn finish<'py>(
        &mut self,
        py: Python<'py>,
        basis: &mut (impl Basis + Send),
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.ended = true;
        self.work(py, usize::MAX, basis)?;
        self.watcher.finish(py)?;
        self.hand_over(py, usize::MAX)
    }

    /// Goes on until `most` bytes are made, with the interpreter free.
    fn work(&mut self, py: Python<'_>, most: usize, basis: &mut (impl Basis + Send)) -> PyResult<()> {
        if self.broken {
            return Err(internal(py, "a bug in rollsync has ended the job"));
        }
        let done = py.detach(|| caught(|| self.advance(most, basis)));
        done.map_err(|failure| {
            self.broken = matches!(failure, Failure::Panic(_));
            failure.into_exception(py)
        })
    }

    fn hand_over<'py>(&mut self, py: Python<'py>, most: usize) -> PyResult<Bound<'py, PyBytes>> {
        let len = self.made.len().min(most);
        let given = to_bytes(py, &self.made[..len])?;
        if len == self.made.len() {
            self.made = Vec::new();
        } else {
            self.made.drain(..len);
        }
        Ok(given)
    }

    fn advance(&mut self, most: usize, basis: &mut impl Basis) -> Result<(), Failure> {
        self.full = false;
        while !self.done {
            let Stats { bytes_in, bytes_out, .. } = self.drive.stats();
            self.watcher.see(Report::new(self.phase, bytes_in, None, bytes_out));
            if let Some(stopped) = self.watcher.stopped() {
                return Err(stopped);
            }
            let first = self.waiting.front().map_or(&[][..], |first| &first[self.taken..]);
            let mut rest = first;
            let last = self.ended && self.waiting.len() <= 1;
            let mut made = Kept { bytes: &mut self.made, most };
            let fed = self.drive.feed(&mut rest, last, basis, &mut made);
            self.taken += first.len() - rest.len();
            if rest.is_empty() && self.waiting.pop_front().is_some() {
                self.taken = 0;
            }
            match fed {
                Ok(Fed::Going) => {}
                Ok(Fed::Hungry) if self.waiting.is_empty() => return Ok(()),
                Ok(Fed::Hungry) => {}
                Ok(Fed::Done) => {
                    self.done = true;
                    self.waiting.clear();
                }
                // Its place is full.
                Err(Error::Io { side: Side::Write, source, .. })
                    if source.kind() == io::ErrorKind::WouldBlock =>
                {
                    self.full = true;
                    return Ok(());
                }
                Err(error) => return Err(self.files.blame(error)),
            }
        }
        Ok(())
    }

    /// Whether it has taken all that it was fed, and given all that comes of it.
    pub(crate) fn needs_input(&self) -> bool {
        !self.done && !self.full && self.waiting.is_empty() && self.made.is_empty()
    }

    /// Whether all has come out.
    pub(crate) const fn is_done(&self) -> bool {
        self.done && self.made.is_empty()
    }

    /// Shows the garbage collector what it holds.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.watcher.traverse(visit)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.drive.stats()
    }

    pub(crate) const fn job(&self) -> &J {
        self.drive.job()
    }

    pub(crate) fn into_job(self) -> J {
        self.drive.into_job()
    }
}

/// Output in memory, up to so many bytes, and as far as there is memory.
struct Kept<'m> {
    bytes: &'m mut Vec<u8>,
    most: usize,
}

impl Write for Kept<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.most.saturating_sub(self.bytes.len()));
        if len == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.try_reserve(len).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.bytes.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
