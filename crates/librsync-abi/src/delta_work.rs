//! `rs_delta_begin`'s job.

use crate::{
    buffers::Room,
    cause::Failure,
    job::Work,
    result_code::RsResult,
    settings,
    signature::RsSignature,
    step::{Pause, advance, no_basis},
};
use rollsync::{
    DeltaJob, DeltaOptions, EmptyBasis, Job, Limits, Profile, SearchStats, SignatureIndex, Stats,
};
use std::sync::{Arc, atomic::AtomicBool};

#[derive(Debug)]
pub(crate) struct DeltaWork {
    index: Arc<SignatureIndex>,
    /// What counts the searches.
    signature: Option<Arc<RsSignature>>,
    counted: SearchStats,
    profile: Option<Profile>,
    limits: Limits,
    sealed: bool,
    job: Option<DeltaJob<Arc<SignatureIndex>>>,
}

impl DeltaWork {
    pub(crate) fn new(index: Arc<SignatureIndex>, signature: Option<Arc<RsSignature>>) -> Self {
        Self {
            index,
            signature,
            counted: SearchStats::default(),
            profile: None,
            limits: Limits::NONE,
            sealed: false,
            job: None,
        }
    }

    fn start(&self) -> DeltaJob<Arc<SignatureIndex>> {
        let profile = self.profile.unwrap_or_else(settings::profile);
        // librsync's have no input buffer here: each call's input becomes a literal.
        let empty_basis = (profile != Profile::Compact).then_some(EmptyBasis::AsOffered);
        let options = DeltaOptions { profile, empty_basis };
        let job = DeltaJob::new(Arc::clone(&self.index), options).with_limits(self.limits);
        if self.sealed { job.sealed() } else { job }
    }
}

impl Work for DeltaWork {
    fn go_on(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Pause, Failure> {
        let mut job = self.job.take().unwrap_or_else(|| self.start());
        let advanced = advance(&mut job, room, stop, &mut no_basis);
        if let Some(signature) = &self.signature {
            let now = job.stats().search;
            signature.count(&now, &self.counted);
            self.counted = now;
        }
        self.job = Some(job);
        advanced
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

    fn set_profile(&mut self, profile: Profile) -> Result<(), RsResult> {
        self.profile = Some(profile);
        Ok(())
    }
}
