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
    BasisRange, EndCheck, Error, Job, Limits, Mismatch, PatchJob, SealCheck, Stats,
    seal::{FileDigest, FileHasher, Seal},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// So many bytes of a basis under suspicion are read at once.
const PART: usize = 16 << 10;

#[derive(Debug)]
pub(crate) struct PatchWork {
    job: PatchJob,
    copy: CopyCallback,
    /// Has seen the new file, when a seal is looked for.
    hasher: Option<Box<FileHasher>>,
    course: Course,
}

/// What is under way.
#[derive(Debug)]
enum Course {
    Patching,
    /// The basis has ended too early, which fails in this way. A seal at the delta's end can say more.
    WithoutBasis(Failure),
    /// The delta is the one that was sealed, and what it was sealed for did not come out.
    Suspecting(Box<Suspect>),
    /// The new file is there, and the seal holds if there is one.
    Held,
    Failed(Failure),
}

/// A basis that may be the wrong one.
#[derive(Debug)]
struct Suspect {
    sealed: FileDigest,
    /// Has seen what was read of it.
    seen: FileHasher,
    /// How the patch fails when it is the right one.
    otherwise: Failure,
}

impl PatchWork {
    pub(crate) fn new(copy: CopyCallback) -> Self {
        Self { job: PatchJob::new(), copy, hasher: None, course: Course::Patching }
    }

    fn patch(&mut self, room: &mut Room) -> Result<Option<Pause>, Failure> {
        let (copy, mut basis_has_ended) = (self.copy, false);
        let advanced = advance(&mut self.job, room, &mut |range, place| {
            let read = copy.read(range, place);
            basis_has_ended = has_ended(read);
            read
        });
        if let Some(hasher) = &mut self.hasher {
            hasher.update(room.produced());
        }
        let failure = match advanced {
            Ok(Pause::Done) => {
                self.course = self.held_to_seal();
                return Ok(None);
            }
            Ok(Pause::Blocked) => return Ok(Some(Pause::Blocked)),
            Err(failure) => failure,
        };
        if basis_has_ended && self.hasher.is_some() {
            self.job.basis_copied(0);
            if self.job.forgo_basis() {
                self.course = Course::WithoutBasis(failure);
                return Ok(None);
            }
        }
        Err(failure)
    }

    /// How it goes on when all is written.
    fn held_to_seal(&self) -> Course {
        let Some(hasher) = &self.hasher else { return Course::Held };
        let seal = self.job.seal();
        match SealCheck::IfThere.hold(seal.as_ref(), hasher.finish()) {
            Ok(()) => Course::Held,
            Err(Error::Mismatch(Mismatch::New { expected, found, .. })) => {
                // That is so when it turns out to be.
                let basis_is_right = matches!(seal, Some(Seal::Delta { basis: Some(_), .. }));
                Course::suspecting(seal, Mismatch::New { expected, found, basis_is_right }.into())
            }
            Err(error) => Course::Failed(RsResult::from(error.kind()).into()),
        }
    }

    /// Goes on with the one course that is under way; `None` when that is another then.
    fn turn(&mut self, room: &mut Room, stop: &AtomicBool) -> Result<Option<Pause>, Failure> {
        match &mut self.course {
            Course::Patching => return self.patch(room),
            Course::WithoutBasis(failure) => match read_on(&mut self.job, room)? {
                Pause::Blocked => return Ok(Some(Pause::Blocked)),
                Pause::Done => self.course = Course::suspecting(self.job.seal(), failure.clone()),
            },
            Course::Suspecting(suspect) => match suspect.read(self.copy, stop)? {
                Pause::Blocked => return Ok(Some(Pause::Blocked)),
                Pause::Done => self.course = Course::Failed(suspect.verdict()),
            },
            Course::Held => return Ok(Some(Pause::Done)),
            Course::Failed(failure) => return Err(failure.clone()),
        }
        Ok(None)
    }
}

impl Course {
    /// What follows when the delta is read to its end, and the patch is to fail `otherwise`.
    fn suspecting(seal: Option<Seal>, otherwise: Failure) -> Self {
        match seal {
            Some(Seal::Delta { basis: Some(sealed), .. }) => {
                Self::Suspecting(Box::new(Suspect { sealed, seen: FileHasher::new(), otherwise }))
            }
            _ => Self::Failed(otherwise),
        }
    }
}

impl Suspect {
    /// Reads it to its end, as long as nobody says stop: one call of `rs_job_iter` may last as long as that takes.
    fn read(&mut self, copy: CopyCallback, stop: &AtomicBool) -> Result<Pause, Failure> {
        let mut place = [0; PART];
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(RsResult::CANCELLED.into());
            }
            match copy.read(BasisRange { offset: self.seen.len(), len: PART }, &mut place) {
                read if has_ended(read) => return Ok(Pause::Done),
                Ok(len) => self.seen.update(&place[..len]),
                Err(RsResult::BLOCKED) => return Ok(Pause::Blocked),
                Err(code) => return Err(code.into()),
            }
        }
    }

    fn verdict(&self) -> Failure {
        let mismatch = Mismatch::of_basis(self.sealed, self.seen.finish());
        mismatch.map_or_else(|| self.otherwise.clone(), Into::into)
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
        self.hasher = sealed.then(Box::default);
        Ok(())
    }

    fn seal(&self) -> Option<Seal> {
        self.job.seal().filter(|_| matches!(self.course, Course::Held))
    }
}
