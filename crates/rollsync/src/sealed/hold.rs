//! Holding a patch to its delta's seal, whoever reads and writes.

use super::{Mismatch, SealCheck};
use crate::Error;
use rollsync_core::{
    Input, Job, PatchError, PatchJob,
    seal::{FileDigest, FileHasher, Seal},
};

/// Holds a [`PatchJob`] that looks for a seal to the one that it finds, and tells which file is at fault when it does not hold:
/// for who drives the job himself. Others have [`Drive::with_seal_check`](crate::Drive::with_seal_check).
///
/// It reads and writes nothing: it is told what happens, and says what is to be done next.
#[derive(Clone, Debug)]
pub struct SealHold {
    check: SealCheck,
    /// Has seen the new file; then the basis, as far as that was read again.
    hasher: FileHasher,
    course: Course,
}

/// What is to be done next with a patch that is [held](SealHold) to its delta's seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldStep {
    /// To go on with the job: what comes out is the new file.
    Patch,
    /// To go on with the job to the end of the delta: what comes out is no new file, and the basis is not asked for.
    ReadOn,
    /// To read the basis again, here from this offset on: it may be the wrong one.
    ReadBasis {
        /// In bytes.
        offset: u64,
    },
    /// Nothing: the new file is whole, and the one that was sealed if there is a seal.
    Held,
}

#[derive(Clone, Debug)]
enum Course {
    Patching,
    /// The basis has ended too early, with this error. A seal at the delta's end can say more.
    WithoutBasis(PatchError),
    /// The delta is the one that was sealed, and what it was sealed for did not come out: the basis is another than this, or
    /// the fault is the other.
    Suspecting(FileDigest, Fault),
    Held,
    Failed(Fault),
}

/// How a patch is to fail.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Patch(PatchError),
    Mismatch(Mismatch),
    Unsealed,
}

impl SealHold {
    /// Before the first byte of the delta, whose job is told to [look](SealCheck::end_check).
    #[must_use]
    pub fn new(check: SealCheck) -> Self {
        Self { check, hasher: FileHasher::new(), course: Course::Patching }
    }

    /// What is to be done next.
    ///
    /// # Errors
    /// Of the file that is at fault, when the patch has failed; again and again.
    pub fn step(&self) -> Result<HoldStep, Error> {
        match self.course {
            Course::Patching => Ok(HoldStep::Patch),
            Course::WithoutBasis(_) => Ok(HoldStep::ReadOn),
            Course::Suspecting(..) => Ok(HoldStep::ReadBasis { offset: self.hasher.len() }),
            Course::Held => Ok(HoldStep::Held),
            Course::Failed(fault) => Err(fault.into()),
        }
    }

    /// Is told of all that comes out, in the order of the new file: in long pieces, since it is hashed.
    pub fn came_out(&mut self, bytes: &[u8]) {
        if let Course::Patching = self.course {
            self.hasher.update(bytes);
        }
    }

    /// Is told that the job has failed; whether it goes on nevertheless, [without the basis](PatchJob::forgo_basis).
    pub fn forgo_basis(&mut self, job: &mut PatchJob) -> bool {
        // A job that has failed says how, again and again.
        let Err(error @ PatchError::BasisEnded { .. }) = job.step(Input::more(&[]), &mut []) else {
            return false;
        };
        let goes_on = job.forgo_basis();
        if goes_on {
            self.course = Course::WithoutBasis(error);
        }
        goes_on
    }

    /// Is told that the job is done, and which [seal](PatchJob::seal) it has found.
    pub fn job_is_done(&mut self, seal: Option<Seal>) {
        let fault = match self.course {
            Course::Patching => self.broken(seal.as_ref()),
            Course::WithoutBasis(error) => Some(Fault::Patch(error)),
            Course::Suspecting(..) | Course::Held | Course::Failed(_) => return,
        };
        self.hasher = FileHasher::new();
        self.course = match (fault, seal) {
            (None, _) => Course::Held,
            (Some(fault), Some(Seal::Delta { basis: Some(sealed), .. })) => Course::Suspecting(sealed, fault),
            (Some(fault), _) => Course::Failed(fault),
        };
    }

    /// How the new file is not what the seal says.
    fn broken(&self, seal: Option<&Seal>) -> Option<Fault> {
        let Some(Seal::Delta { basis, new: expected }) = seal else {
            return (self.check == SealCheck::Required).then_some(Fault::Unsealed);
        };
        let (expected, found) = (*expected, self.hasher.finish());
        // The basis is the right one when it turns out to be: before, this is not told.
        let mismatch = Mismatch::New { expected, found, basis_is_right: basis.is_some() };
        (found != expected).then_some(Fault::Mismatch(mismatch))
    }

    /// Is told the bytes of the basis that were to be [read again](HoldStep::ReadBasis); none where it ends.
    pub fn basis_was_read(&mut self, bytes: &[u8]) {
        let Course::Suspecting(sealed, otherwise) = self.course else { return };
        if bytes.is_empty() {
            let mismatch = Mismatch::of_basis(sealed, self.hasher.finish());
            self.course = Course::Failed(mismatch.map_or(otherwise, Fault::Mismatch));
        } else {
            self.hasher.update(bytes);
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Patch(error) => error.into(),
            Fault::Mismatch(mismatch) => mismatch.into(),
            Fault::Unsealed => Self::Unsealed,
        }
    }
}
