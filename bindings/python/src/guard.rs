//! What ends work that nobody else watches.

use crate::{settings::Settings, watch::PAUSE};
use pyo3::Python;
use rollsync::{CancelToken, Error, LimitError, LimitKind, ResourceError};
use std::{
    io::{self, Read},
    time::{Duration, Instant},
};

/// Ends work: by the caller's token, when its time is over, or by Ctrl-C.
#[derive(Clone)]
pub(crate) struct Guard {
    cancel: Option<CancelToken>,
    time: Option<Duration>,
    began: Instant,
    /// When Python was asked last.
    asked: Instant,
}

impl Guard {
    /// From now on.
    pub(crate) fn new(settings: &Settings) -> Self {
        let now = Instant::now();
        Self { cancel: settings.cancel.clone(), time: settings.limits.time, began: now, asked: now }
    }

    /// Why the work is to end, if it is.
    pub(crate) fn over(&self) -> Option<Error> {
        if self.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            return Some(Error::Cancelled);
        }
        let passed = self.began.elapsed();
        let time = self.time.filter(|time| passed >= *time)?;
        let limit = millis(time);
        let needed = millis(passed).max(limit.saturating_add(1));
        Some(ResourceError::Limit(LimitError { kind: LimitKind::Time, limit, needed }).into())
    }

    /// The same as what a reader says, and whether Ctrl-C was pressed.
    fn check(&mut self) -> io::Result<()> {
        if let Some(over) = self.over() {
            return Err(over.into());
        }
        if self.asked.elapsed() >= PAUSE {
            Python::attach(|py| py.check_signals()).map_err(io::Error::other)?;
            self.asked = Instant::now();
        }
        Ok(())
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A reader that a guard ends.
pub(crate) struct Guarded<R> {
    pub(crate) reader: R,
    pub(crate) guard: Guard,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.guard.check()?;
        self.reader.read(place)
    }
}
