//! The engine's jobs, each with its drive.

use crate::{basis::LuaBasis, failure::Failure, settings::Settings};
use rollsync::{
    Action, Basis, DeltaJob, DeltaOptions, Drive, EndCheck, Error, HashingWriter, Job, LoadJob, Mismatch,
    NoBasis, PatchJob, SealCheck, Side, SignatureIndex, SignatureJob, Stats, seal::Seal,
};
use std::{io::Write, rc::Rc};

/// One of the four jobs.
#[derive(Debug)]
pub(super) enum Engine {
    Signature(Box<Drive<SignatureJob>>),
    Load(Box<Drive<LoadJob>>, rollsync::Limits),
    Delta(Box<Drive<DeltaJob<Rc<SignatureIndex>>>>),
    Patch(Box<Patch>),
}

/// A patch, and what its result is held to.
#[derive(Debug)]
pub(super) struct Patch {
    drive: Drive<PatchJob>,
    basis: LuaBasis,
    /// The digest of the output so far.
    hasher: HashingWriter<std::io::Sink>,
    check: SealCheck,
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
        let check = settings.seal_check();
        let end = if check == SealCheck::Ignored { EndCheck::None } else { EndCheck::Seal };
        let job = PatchJob::new().with_limits(settings.limits).with_end_check(end);
        let hasher = HashingWriter::new(std::io::sink());
        Self::Patch(Box::new(Patch { drive: Drive::new(job), basis, hasher, check }))
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
            Self::Patch(patch) => {
                advance(&mut patch.drive, bytes, &mut patch.basis, output, turn)?;
                if patch.check != SealCheck::Ignored {
                    patch.hasher.write_all(output).map_err(|source| failed(Side::Write, 0, source))?;
                }
                if bytes.is_none() { patch.hold_to_seal() } else { Ok(()) }
            }
        }
    }

    pub(super) fn stats(&self) -> Stats {
        match self {
            Self::Signature(drive) => drive.stats(),
            Self::Load(drive, _) => drive.stats(),
            Self::Delta(drive) => drive.stats(),
            Self::Patch(patch) => patch.drive.stats(),
        }
    }

    /// What a finished load job has loaded; `None` for other jobs.
    pub(super) fn into_index(self) -> Result<Option<SignatureIndex>, Failure> {
        let Self::Load(drive, limits) = self else { return Ok(None) };
        let Some(signature) = drive.into_job().into_signature() else { return Ok(None) };
        Ok(Some(SignatureIndex::build(signature, &limits)?))
    }
}

impl Patch {
    fn hold_to_seal(&self) -> Result<(), Failure> {
        match self.drive.job().seal() {
            Some(Seal::Delta { new, .. }) if self.check != SealCheck::Ignored => {
                let found = self.hasher.finish();
                if found != new {
                    return Err(Mismatch::New { expected: new, found, basis_is_right: false }.into());
                }
                Ok(())
            }
            None if self.check == SealCheck::Required => Err(Error::Unsealed.into()),
            _ => Ok(()),
        }
    }
}

/// Is told what was counted; an error stops the work.
pub(super) type Turn<'a> = dyn FnMut(Stats) -> Result<(), Failure> + 'a;

/// Gives the job `bytes`, or the end of its input, and takes all the output that is certain by then.
fn advance<J: Job>(
    drive: &mut Drive<J>,
    bytes: Option<&[u8]>,
    basis: &mut dyn Basis,
    output: &mut Vec<u8>,
    turn: &mut Turn<'_>,
) -> Result<(), Failure> {
    let last = bytes.is_none();
    let mut bytes = bytes.unwrap_or(&[]);
    let mut flushed = false;
    loop {
        let bytes_out = drive.stats().bytes_out;
        match drive.next()? {
            Action::Read(_) if bytes.is_empty() && !last => {
                if flushed {
                    return Ok(());
                }
                flushed = true;
                drive.flush();
                continue;
            }
            Action::Read(place) => {
                let len = bytes.len().min(place.len());
                place[..len].copy_from_slice(&bytes[..len]);
                bytes = &bytes[len..];
                drive.was_read(len);
            }
            Action::ReadBasis { offset, place } => {
                let read = basis.read_at(offset, place);
                let len = read.map_err(|source| failed(Side::Basis, offset, source))?;
                drive.basis_was_read(len);
            }
            Action::Write(part) => {
                let room = output.try_reserve(part.len());
                room.map_err(|_| failed(Side::Write, bytes_out, std::io::ErrorKind::OutOfMemory.into()))?;
                output.extend_from_slice(part);
                let len = part.len();
                drive.was_written(len);
            }
            // What follows the end of a delta is not the job's, as in librsync.
            Action::Done => return Ok(()),
        }
        turn(drive.stats())?;
    }
}

fn failed(side: Side, offset: u64, source: std::io::Error) -> Error {
    Error::Io { side, offset, source }
}
