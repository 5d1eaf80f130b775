//! `rs_patch_begin`'s job.

use crate::{
    buffers::Room,
    cause::Failure,
    copy_callback::CopyCallback,
    job::Work,
    result_code::RsResult,
    step::{Pause, advance},
};
use rollsync::{
    EndCheck, Error, Job, Limits, PatchJob, SealCheck, Stats,
    seal::{FileHasher, Seal},
};

#[derive(Debug)]
pub(crate) struct PatchWork {
    job: PatchJob,
    copy: CopyCallback,
    /// Has seen the new file, when a seal is looked for.
    hasher: Option<Box<FileHasher>>,
    /// Whether the seal was compared with the new file.
    checked: bool,
}

impl PatchWork {
    pub(crate) fn new(copy: CopyCallback) -> Self {
        Self { job: PatchJob::new(), copy, hasher: None, checked: false }
    }

    /// Holds the new file to the delta's seal, if there is one.
    fn hold_to_seal(&mut self) -> Result<(), Failure> {
        let Some(hasher) = &self.hasher else { return Ok(()) };
        match SealCheck::IfThere.hold(self.job.seal().as_ref(), hasher.finish()) {
            Ok(()) => self.checked = true,
            Err(Error::Mismatch(mismatch)) => return Err(mismatch.into()),
            Err(error) => return Err(Failure::from(RsResult::from(error.kind()))),
        }
        Ok(())
    }
}

impl Work for PatchWork {
    fn go_on(&mut self, room: &mut Room) -> Result<Pause, Failure> {
        self.job.rearm();
        let copy = self.copy;
        let advanced = advance(&mut self.job, room, &mut |range, place| copy.read(range, place));
        if let Some(hasher) = &mut self.hasher {
            hasher.update(room.produced());
        }
        let pause = advanced?;
        if pause == Pause::Done && !self.checked {
            self.hold_to_seal()?;
        }
        Ok(pause)
    }

    fn stats(&self) -> Stats {
        self.job.stats().clone()
    }

    fn set_limits(&mut self, limits: Limits) -> Result<(), RsResult> {
        self.job = self.job.clone().with_limits(limits);
        Ok(())
    }

    fn set_sealed(&mut self, sealed: bool) -> Result<(), RsResult> {
        self.job = self.job.clone().with_end_check(if sealed { EndCheck::Seal } else { EndCheck::None });
        self.hasher = sealed.then(Box::default);
        Ok(())
    }

    fn seal(&self) -> Option<Seal> {
        self.job.seal().filter(|_| self.checked)
    }
}
