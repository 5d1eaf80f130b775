//! The jobs around a signature: making one, and loading one.

use crate::{
    buffers::Room,
    cause::Failure,
    job::Work,
    result_code::RsResult,
    sig_args::Asked,
    signature::{RsSignature, State},
    step::{Pause, advance, no_basis},
};
use rollsync::{Job, Limits, LoadJob, SignatureJob, Stats};
use std::sync::{Arc, atomic::AtomicBool};

/// `rs_sig_begin`'s job. What was asked for is looked at when it first runs.
#[derive(Debug)]
pub(crate) struct SignatureWork {
    asked: Asked,
    limits: Limits,
    sealed: bool,
    job: Option<SignatureJob>,
}

impl SignatureWork {
    pub(crate) const fn new(asked: Asked) -> Self {
        Self { asked, limits: Limits::NONE, sealed: false, job: None }
    }
}

impl Work for SignatureWork {
    fn go_on(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Pause, Failure> {
        let job = match &mut self.job {
            Some(job) => job,
            None => {
                let job = SignatureJob::new(self.asked.resolve(None)?).with_limits(self.limits);
                self.job.insert(if self.sealed { job.sealed() } else { job })
            }
        };
        advance(job, room, stop, &mut no_basis)
    }

    fn stats(&self) -> Stats {
        self.job.as_ref().map_or_else(Stats::default, |job| job.stats().clone())
    }

    fn set_limits(&mut self, limits: Limits) -> Result<(), RsResult> {
        self.limits = limits;
        Ok(())
    }

    fn set_sealed(&mut self, sealed: bool) -> Result<(), RsResult> {
        self.sealed = sealed;
        Ok(())
    }
}

/// `rs_loadsig_begin`'s job: the signature itself holds what is loaded, whichever of the two is freed first.
#[derive(Debug)]
pub(crate) struct LoadWork {
    signature: Arc<RsSignature>,
    stats: Stats,
}

impl LoadWork {
    pub(crate) fn new(signature: Arc<RsSignature>) -> Self {
        Self { signature, stats: Stats::default() }
    }
}

impl Work for LoadWork {
    fn go_on(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Pause, Failure> {
        let mut state = self.signature.state();
        let State::Loading(job, _) = &mut *state else { return Ok(Pause::Done) };
        job.rearm();
        let advanced = advance(&mut **job, room, stop, &mut no_basis);
        self.stats = job.stats().clone();
        if advanced == Ok(Pause::Done) {
            state.finish_loading();
        }
        advanced
    }

    fn stats(&self) -> Stats {
        self.stats.clone()
    }

    fn set_limits(&mut self, limits: Limits) -> Result<(), RsResult> {
        match &mut *self.signature.state() {
            State::Loading(job, old) => {
                **job = LoadJob::new().with_limits(limits);
                *old = limits;
                Ok(())
            }
            State::Loaded(..) | State::Indexed(..) | State::Failed(_) => Err(RsResult::PARAM_ERROR),
        }
    }

    fn cancel(&mut self) {
        let mut state = self.signature.state();
        if let State::Loading(..) = *state {
            *state = State::Failed(RsResult::CANCELLED);
        }
    }
}
