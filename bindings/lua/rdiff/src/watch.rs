//! Who is told how far the work is, and what stops it.

use crate::{
    failure::Failure,
    protected::{Protected, is_memory},
};
use mlua::{Function, Value};
use rollsync::{CancelToken, ErrorKind, LimitError, LimitKind, Phase, Report, Stats};
use std::{
    cell::{Cell, RefCell},
    io,
    time::{Duration, Instant},
};

/// Who is told how far the work is, and may stop it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watcher {
    pub(crate) progress: Option<(Protected, Function)>,
    pub(crate) cancel: Option<CancelToken>,
}

impl Watcher {
    fn check(&self) -> Result<(), Failure> {
        if self.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            return Err(Failure::new(ErrorKind::Cancelled, "cancelled"));
        }
        Ok(())
    }

    fn tell(&self, told: Told) -> Result<(), Failure> {
        self.check()?;
        if let Some((protected, progress)) = &self.progress {
            let Told { phase, bytes_in, total_in, bytes_out } = told;
            match protected.call((progress, phase.to_string(), bytes_in, total_in, bytes_out)) {
                Ok((Value::Boolean(false), _)) => {
                    return Err(Failure::new(ErrorKind::Cancelled, "cancelled"));
                }
                Ok(_) => {}
                Err(error) => {
                    let kind = if is_memory(&error) { ErrorKind::Memory } else { ErrorKind::Cancelled };
                    return Err(Failure::new(kind, error.to_string()));
                }
            }
        }
        self.check()
    }
}

/// How far the work is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    phase: Phase,
    bytes_in: u64,
    total_in: Option<u64>,
    bytes_out: u64,
}

impl Told {
    pub(crate) const fn of_job(phase: Phase, total_in: Option<u64>, stats: &Stats) -> Self {
        Self { phase, bytes_in: stats.bytes_in, total_in, bytes_out: stats.bytes_out }
    }
}

impl From<Report> for Told {
    fn from(Report { phase, bytes_in, total_in, bytes_out, .. }: Report) -> Self {
        Self { phase, bytes_in, total_in, bytes_out }
    }
}

/// A piece of work that is watched, from its beginning on.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: Watcher,
    time: Option<(Instant, Duration)>,
    /// What was told last.
    last: Cell<Option<Told>>,
    /// Why it was stopped, where that cannot be returned.
    stopped: RefCell<Option<Failure>>,
}

impl Watch {
    /// The clock starts here.
    pub(crate) fn new(watcher: Watcher, time: Option<Duration>) -> Self {
        let time = time.map(|time| (Instant::now(), time));
        Self { watcher, time, last: Cell::new(None), stopped: RefCell::new(None) }
    }

    /// Looks whether a token has stopped it.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.watcher.check()
    }

    /// Looks at the token and the time.
    pub(crate) fn look(&self) -> Result<(), Failure> {
        self.check()?;
        self.in_time()
    }

    /// Tells how far it is. The time is not looked at: who calls this does it.
    pub(crate) fn tell(&self, told: Told) -> Result<(), Failure> {
        self.last.set(Some(told));
        self.watcher.tell(told)
    }

    /// Tells how far it is if that has changed.
    pub(crate) fn tell_change(&self, told: Told) -> Result<(), Failure> {
        if self.last.get() == Some(told) { Ok(()) } else { self.tell(told) }
    }

    /// Looks at the token and the time, and tells again how far it is, while a source has given nothing. The error only
    /// stops the reading: what has stopped it is [`stopped`](Self::stopped).
    pub(crate) fn idle(&self) -> io::Result<()> {
        let told = self.last.get().map_or(Ok(()), |told| self.watcher.tell(told));
        match told.and_then(|()| self.look()) {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.stop(failure);
                Err(io::Error::other("stopped"))
            }
        }
    }

    /// Keeps the first reason to stop.
    pub(crate) fn stop(&self, failure: Failure) {
        self.stopped.borrow_mut().get_or_insert(failure);
    }

    /// Why it was stopped, if it was.
    pub(crate) fn stopped(self) -> Option<Failure> {
        self.stopped.into_inner()
    }

    fn in_time(&self) -> Result<(), Failure> {
        let Some((start, time)) = self.time else { return Ok(()) };
        let taken = start.elapsed();
        if taken < time {
            return Ok(());
        }
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let limit = millis(time);
        let needed = millis(taken).max(limit.saturating_add(1));
        Err(LimitError { kind: LimitKind::Time, limit, needed }.into())
    }
}
