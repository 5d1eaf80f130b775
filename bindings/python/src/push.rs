//! A job that is fed.

use crate::{
    errors::{Failure, param},
    settings::Settings,
    source::Data,
    watch::{Report, Watcher},
};
use pyo3::{PyTraverseError, PyVisit, prelude::*, pybacked::PyBackedBytes};
use rollsync::{Action, Basis, Drive, Error, Job, Phase, ResourceError, Side, Stats};
use std::collections::VecDeque;

/// A job with the bytes that it was fed and has not taken yet.
pub(crate) struct Push<J> {
    drive: Drive<J>,
    phase: Phase,
    waiting: VecDeque<PyBackedBytes>,
    /// How many bytes of the first that waits are taken.
    taken: usize,
    /// It was said that no more comes.
    ended: bool,
    /// Output is kept back, for want of room.
    full: bool,
    done: bool,
    watcher: Watcher,
}

impl<J: Job + Send> Push<J> {
    /// A job at its first byte, told of its cancel token and of who wants to know.
    pub(crate) fn new(py: Python<'_>, job: J, phase: Phase, settings: &Settings) -> PyResult<Self> {
        if settings.limits.time.is_some() {
            // The clock of a call; a job's time passes between its steps.
            return Err(param(py, "a job has no limit of time: its caller decides when to feed it"));
        }
        Ok(Self {
            drive: Drive::new(job),
            phase,
            waiting: VecDeque::new(),
            taken: 0,
            ended: false,
            full: false,
            done: false,
            watcher: Watcher::new(settings, py),
        })
    }

    /// Feeds it; what comes out, and no more than `max_len` bytes of it unless that is negative.
    pub(crate) fn feed(
        &mut self,
        py: Python<'_>,
        data: Data,
        max_len: isize,
        basis: &mut (impl Basis + Send),
    ) -> PyResult<Vec<u8>> {
        if self.ended {
            return Err(param(py, "the job is finished: nothing can be fed to it"));
        }
        if !data.0.is_empty() && !self.done {
            self.waiting.push_back(data.0);
        }
        py.detach(|| self.advance(usize::try_from(max_len).unwrap_or(usize::MAX), basis))
            .map_err(|failure| failure.into_exception(py))
    }

    /// Says that no more comes; all that is left to come out.
    pub(crate) fn finish(&mut self, py: Python<'_>, basis: &mut (impl Basis + Send)) -> PyResult<Vec<u8>> {
        self.ended = true;
        let rest = py.detach(|| self.advance(usize::MAX, basis));
        let rest = rest.map_err(|failure| failure.into_exception(py))?;
        self.watcher.finish(py)?;
        Ok(rest)
    }

    fn advance(&mut self, most: usize, basis: &mut impl Basis) -> Result<Vec<u8>, Failure> {
        let (mut made, mut flushed) = (Vec::new(), false);
        self.full = false;
        while !self.done {
            let Stats { bytes_in, bytes_out, .. } = self.drive.stats();
            self.watcher.see(Report::new(self.phase, bytes_in, None, bytes_out));
            if let Some(stopped) = self.watcher.stopped() {
                return Err(stopped);
            }
            match self.drive.next()? {
                Action::Read(place) => {
                    let Some(first) = self.waiting.front() else {
                        if self.ended {
                            self.drive.was_read(0);
                        } else if flushed {
                            break;
                        } else {
                            // What is made goes out, though there would be room for more of it.
                            self.drive.flush();
                            flushed = true;
                        }
                        continue;
                    };
                    let rest = &first[self.taken..];
                    let len = rest.len().min(place.len());
                    place[..len].copy_from_slice(&rest[..len]);
                    if len == rest.len() {
                        self.waiting.pop_front();
                        self.taken = 0;
                    } else {
                        self.taken += len;
                    }
                    self.drive.was_read(len);
                    flushed = false;
                }
                Action::Write(bytes) => {
                    let len = bytes.len().min(most - made.len());
                    if len == 0 {
                        self.full = true;
                        break;
                    }
                    made.try_reserve(len).map_err(|_| no_memory(made.len() + len))?;
                    made.extend_from_slice(&bytes[..len]);
                    self.drive.was_written(len);
                }
                Action::ReadBasis { offset, place } => {
                    let len = basis.read_at(offset, place).map_err(|source| Error::Io {
                        side: Side::Basis,
                        offset,
                        source,
                    })?;
                    self.drive.basis_was_read(len);
                }
                Action::Done => self.done = true,
            }
        }
        if self.done {
            self.waiting.clear();
        }
        Ok(made)
    }

    /// Whether it has taken all that it was fed, and given all that comes of it.
    pub(crate) fn needs_input(&self) -> bool {
        !self.done && !self.full && self.waiting.is_empty()
    }

    /// Whether all has come out.
    pub(crate) const fn is_done(&self) -> bool {
        self.done
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

/// The allocator refuses: an error of this call, not the end of the process.
fn no_memory(bytes: usize) -> Error {
    ResourceError::Memory { bytes: bytes as u64 }.into()
}
