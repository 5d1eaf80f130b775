//! The engine's jobs, each with its drive.

use crate::{basis::LuaBasis, failure::Failure, settings::Settings};
use rollsync::{
    Basis, DeltaJob, DeltaOptions, Drive, Fed, Job, LoadJob, NoBasis, PatchJob, SignatureIndex, SignatureJob,
    Stats,
};
use std::{
    io::{self, Write},
    rc::Rc,
};

/// One of the four jobs.
#[derive(Debug)]
pub(super) enum Engine {
    Signature(Box<Drive<SignatureJob>>),
    Load(Box<Drive<LoadJob>>, rollsync::Limits),
    Delta(Box<Drive<DeltaJob<Rc<SignatureIndex>>>>),
    Patch(Box<Drive<PatchJob>>, LuaBasis),
}

impl Engine {
    pub(super) fn signature(settings: &Settings) -> Result<Self, Failure> {
        let params = settings.signature.resolve(settings.source_len)?;
        let job = SignatureJob::new(params).with_limits(settings.limits);
        let job = if settings.seals() { job.sealed() } else { job };
        Ok(Self::Signature(Box::new(Drive::new(job))))
    }

    pub(super) fn load(settings: &Settings) -> Self {
        let job = LoadJob::new().with_limits(settings.limits);
        Self::Load(Box::new(Drive::new(job)), settings.limits)
    }

    pub(super) fn delta(index: Rc<SignatureIndex>, settings: &Settings) -> Self {
        let options = DeltaOptions { profile: settings.profile, empty_basis: settings.empty_basis };
        let job = DeltaJob::new(index, options).with_limits(settings.limits);
        let job = if settings.seals() { job.sealed() } else { job };
        Self::Delta(Box::new(Drive::new(job)))
    }

    pub(super) fn patch(basis: LuaBasis, settings: &Settings) -> Self {
        let job = PatchJob::new().with_limits(settings.limits);
        Self::Patch(Box::new(Drive::new(job).with_seal_check(settings.seal_check())), basis)
    }

    /// Takes input, `None` when it has ended, and gives the output that is certain by then. `turn` is told after
    /// every turn what was counted; an error of its stops the work.
    pub(super) fn go_on(
        &mut self,
        bytes: Option<&[u8]>,
        output: &mut Vec<u8>,
        turn: &mut Turn<'_>,
    ) -> Result<(), Failure> {
        match self {
            Self::Signature(drive) => advance(drive, bytes, &mut NoBasis, output, turn),
            Self::Load(drive, _) => advance(drive, bytes, &mut NoBasis, output, turn),
            Self::Delta(drive) => advance(drive, bytes, &mut NoBasis, output, turn),
            Self::Patch(drive, basis) => advance(drive, bytes, basis, output, turn),
        }
    }

    pub(super) fn stats(&self) -> Stats {
        match self {
            Self::Signature(drive) => drive.stats(),
            Self::Load(drive, _) => drive.stats(),
            Self::Delta(drive) => drive.stats(),
            Self::Patch(drive, _) => drive.stats(),
        }
    }

    /// What a finished load job has loaded; `None` for other jobs.
    pub(super) fn into_index(self) -> Result<Option<SignatureIndex>, Failure> {
        let Self::Load(drive, limits) = self else { return Ok(None) };
        let Some(signature) = drive.into_job().into_signature() else { return Ok(None) };
        Ok(Some(SignatureIndex::build(signature, &limits)?))
    }
}

/// Is told what was counted; an error stops the work.
pub(super) type Turn<'a> = dyn FnMut(Stats) -> Result<(), Failure> + 'a;

/// Gives the job `bytes`, or the end of its input, and takes all the output that is certain by then. What follows the end of
/// a delta is not the job's, as in librsync.
fn advance<J: Job>(
    drive: &mut Drive<J>,
    bytes: Option<&[u8]>,
    basis: &mut dyn Basis,
    output: &mut Vec<u8>,
    turn: &mut Turn<'_>,
) -> Result<(), Failure> {
    let mut input = bytes.unwrap_or(&[]);
    let mut output = Kept(output);
    while drive.feed(&mut input, bytes.is_none(), basis, &mut output)? == Fed::Going {
        turn(drive.stats())?;
    }
    Ok(())
}

/// Output in memory, as far as there is some.
struct Kept<'o>(&'o mut Vec<u8>);

impl Write for Kept<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
