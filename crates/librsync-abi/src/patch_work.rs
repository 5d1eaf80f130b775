//! `rs_patch_begin`'s job.

use crate::{
    buffers::Room,
    cause::Failure,
    copy_callback::CopyCallback,
    job::Work,
    result_code::RsResult,
    step::{Pause, advance, read_on},
};
use rollsync::{
    BasisRange, EndCheck, EngineError, Error, HoldStep, Job, Limits, PatchError, PatchJob, SealCheck,
    SealHold, Stats, seal::Seal,
};
use std::sync::atomic::{AtomicBool, Ordering};

/// So many bytes of a basis under suspicion are read at once.
const PART: usize = 16 << 10;

#[derive(Debug)]
pub(crate) struct PatchWork {
    job: PatchJob,
    copy: CopyCallback,
    /// When a seal is looked for.
    hold: Option<Box<SealHold>>,
}

impl PatchWork {
    pub(crate) fn new(copy: CopyCallback) -> Self {
        Self { job: PatchJob::new(), copy, hold: None }
    }

    /// Makes the new file; `None` when all of it is there, or the basis is given up.
    fn patch(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Option<Pause>, Failure> {
        let (copy, mut basis_has_ended) = (self.copy, false);
        let advanced = advance(&mut self.job, room, stop, &mut |range, place| {
            let read = copy.read(range, place);
            basis_has_ended = has_ended(read);
            read
        });
        let Some(hold) = &mut self.hold else { return advanced.map(Some) };
        hold.came_out(room.produced());
        match advanced {
            Ok(Pause::Done) => hold.job_is_done(self.job.seal()),
            Err(failure) => {
                if basis_has_ended {
                    self.job.basis_copied(0);
                }
                if !basis_has_ended || !hold.forgo_basis(&mut self.job) {
                    return Err(failure);
                }
            }
            Ok(Pause::Blocked) => return Ok(Some(Pause::Blocked)),
        }
        Ok(None)
    }

    /// Goes on with the one thing that is to be done; `None` when that is another then.
    fn turn(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Option<Pause>, Failure> {
        let step = self.hold.as_ref().map_or(Ok(HoldStep::Patch), |hold| hold.step());
        match (step.map_err(failure)?, &mut self.hold) {
            (HoldStep::ReadOn, Some(hold)) => match read_on(&mut self.job, room)? {
                Pause::Blocked => return Ok(Some(Pause::Blocked)),
                Pause::Done => hold.job_is_done(self.job.seal()),
            },
            (HoldStep::ReadBasis { offset }, Some(hold)) => {
                if stop.load(Ordering::Relaxed) {
                    return Err(RsResult::CANCELLED.into());
                }
                let mut place = [0; PART];
                match self.copy.read(BasisRange { offset, len: PART }, &mut place) {
                    read if has_ended(read) => hold.basis_was_read(&[]),
                    Ok(len) => hold.basis_was_read(&place[..len]),
                    Err(RsResult::BLOCKED) => return Ok(Some(Pause::Blocked)),
                    Err(code) => return Err(code.into()),
                }
            }
            (HoldStep::Held, _) => return Ok(Some(Pause::Done)),
            _ => return self.patch(room, stop),
        }
        Ok(None)
    }
}

/// A basis that has ended too early is what its callback says; so much is known without a seal, too.
fn failure(error: Error) -> Failure {
    match error {
        Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => RsResult::INPUT_ENDED.into(),
        Error::Engine(error) => error.into(),
        Error::Mismatch(mismatch) => mismatch.into(),
        error => RsResult::from(error.kind()).into(),
    }
}

/// Whether the basis has no byte where one was asked for.
fn has_ended(read: Result<usize, RsResult>) -> bool {
    matches!(read, Ok(0) | Err(RsResult::INPUT_ENDED))
}

impl Work for PatchWork {
    fn go_on(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Pause, Failure> {
        self.job.rearm();
        loop {
            if let Some(pause) = self.turn(room, stop)? {
                return Ok(pause);
            }
        }
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
        self.hold = sealed.then(|| Box::new(SealHold::new(SealCheck::IfThere)));
        Ok(())
    }

    fn seal(&self) -> Option<Seal> {
        let is_held = self.hold.as_ref().is_some_and(|hold| matches!(hold.step(), Ok(HoldStep::Held)));
        self.job.seal().filter(|_| is_held)
    }
}
