//! A delta that is looked at before it is applied.

use super::{
    Mismatch, SealCheck, digest,
    reread::{FrontToBack, GoOn, watched},
};
use crate::{Basis, Error, Inspection, Options, Phase, Report, Side};
use rollsync_core::{
    Error as EngineError, Limits, PatchError,
    seal::{FileDigest, SEAL_LEN, SEAL_MAGIC, Seal},
};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

/// What the seal at a delta's end says, if there is one. Whether it holds is not known until the delta is read. The file's
/// position stays; a file that cannot be sought in has none.
///
/// # Errors
/// When reading fails, or something stands at the end that begins as a seal and is none.
pub fn peek_seal(mut delta: &File) -> Result<Option<Seal>, Error> {
    let io = |offset| move |source| Error::Io { side: Side::Read, offset, source };
    let Ok(position) = delta.stream_position() else { return Ok(None) };
    let len = delta.seek(SeekFrom::End(0)).map_err(io(position))?;
    let mut record = [0; SEAL_LEN];
    let seal = len.checked_sub(SEAL_LEN as u64).filter(|seal| *seal >= position);
    let read = match seal {
        Some(seal) => delta.seek(SeekFrom::Start(seal)).and_then(|_| delta.read_exact(&mut record)),
        None => Ok(()),
    };
    let seal = seal.unwrap_or(position);
    delta.seek(SeekFrom::Start(position)).map_err(io(position))?;
    read.map_err(io(seal))?;
    if !record.starts_with(&SEAL_MAGIC) {
        return Ok(None);
    }
    Ok(Some(Seal::parse_fields(&record, seal).map_err(PatchError::from)?))
}

/// A patch whose delta was looked at before it is applied: what its seal says of the basis is checked at once, and when the
/// patch fails it is found out which of the files is at fault.
///
/// ```no_run
/// use rollsync::{Checked, Options, patch_onto};
/// use std::fs::File;
/// let (mut basis, mut delta) = (File::open("disk.img")?, File::open("disk.delta")?);
/// let mut options = Options::new();
/// let checked = Checked::new(&basis, &delta, &mut options)?;
/// options = options.seal_check(checked.check());
/// let made = patch_onto(&mut basis, &mut delta, None, File::create("disk.new")?, &mut options);
/// made.map_err(|error| checked.explain(error, &mut basis, &delta, &mut options))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    seal: Option<Seal>,
    check: SealCheck,
    /// Where the delta begins, in a file that can be sought in.
    start: u64,
}

impl Checked {
    /// Looks at the end of the delta, as far as the options ask for a check. The delta's position stays.
    ///
    /// # Errors
    /// When a seal is required and not there, when the basis has another length than the seal says (and the delta is the one
    /// that was sealed), reading fails, or the work is cancelled. Nothing is done then.
    pub fn new(basis: &File, mut delta: &File, options: &mut Options<'_>) -> Result<Self, Error> {
        let asked = options.seal_check;
        options.begin(Report {
            phase: Phase::Patch,
            bytes_in: 0,
            total_in: regular_len(delta),
            bytes_out: 0,
        });
        let unseen = Self { seal: None, check: asked, start: delta.stream_position().unwrap_or(0) };
        if matches!(asked, SealCheck::Ignored | SealCheck::Plain) || !is_seekable(delta) {
            return Ok(unseen);
        }
        let seal = match peek_seal(delta) {
            // It may be part of a literal. What stands behind END is known when the delta is read.
            Err(Error::Engine(_)) => return Ok(unseen),
            seal => seal?,
        };
        let Some(seal) = seal else {
            // One that is cut, or has something behind it, is still to be looked at.
            let check = if shows_magic(delta, unseen.start)? { asked } else { SealCheck::Plain };
            return match (asked, check) {
                (SealCheck::Required, SealCheck::Plain) => Err(Error::Unsealed),
                _ => Ok(Self { check, ..unseen }),
            };
        };
        if let Seal::Delta { basis: Some(expected), .. } = seal
            && let Some(found) = regular_len(basis)
            && found != expected.len
        {
            // Before the basis is blamed.
            match unseen.inspect(delta, options)? {
                Inspection::Delta(summary) if summary.seal == Some(seal) => {
                    return Err(Mismatch::BasisLen { expected: expected.len, found }.into());
                }
                _ => return Ok(unseen),
            }
        }
        Ok(Self { seal: Some(seal), ..unseen })
    }

    /// Reads the whole delta, a seal checked. Its position stays. Of the options, only who may stop it and who is told count.
    ///
    /// # Errors
    /// As [`inspect`](crate::inspect) has; or the work is cancelled, or its time is over.
    pub fn inspect(&self, delta: &File, options: &mut Options<'_>) -> Result<Inspection, Error> {
        let seek = |mut delta: &File| {
            let sought = delta.seek(SeekFrom::Start(self.start));
            sought.map_err(|source| Error::Io { side: Side::Read, offset: 0, source })
        };
        seek(delta)?;
        let inspected =
            watched(delta, &mut || options.watch_again(), |delta| crate::inspect(delta, &Limits::default()));
        seek(delta)?;
        inspected
    }

    /// What the seal says, if the delta could be looked at and has one. It is not known whether that holds.
    #[must_use]
    pub const fn seal(&self) -> Option<Seal> {
        self.seal
    }

    /// What the patch is to check: [`Plain`](SealCheck::Plain) when there is no seal.
    #[must_use]
    pub const fn check(&self) -> SealCheck {
        self.check
    }

    /// The error with which a patch failed, or what is behind it: delta and basis are read again to find out whether they
    /// are the ones that were sealed. That is part of the work: when it is cancelled meanwhile, or its time is over, that is
    /// the error.
    pub fn explain(
        &self,
        error: Error,
        basis: &mut (impl Basis + ?Sized),
        delta: &File,
        options: &mut Options<'_>,
    ) -> Error {
        let is_about_files =
            matches!(error, Error::Engine(EngineError::Patch(_)) | Error::Mismatch(Mismatch::New { .. }));
        let (Some(seal), true) = (self.seal, is_about_files) else { return error };
        match self.inspect(delta, options) {
            Err(fault @ (Error::Engine(_) | Error::Cancelled)) => fault,
            Ok(_) => explained(error, &seal, basis, &mut || options.watch_again()),
            Err(_) => error,
        }
    }
}

/// Whether a seal's magic stands at, or not far from, where it would stand at the end of a delta.
fn shows_magic(mut delta: &File, start: u64) -> Result<bool, Error> {
    let mut end = Vec::with_capacity(2 * SEAL_LEN);
    let mut read = || {
        let len = delta.seek(SeekFrom::End(0))?;
        delta.seek(SeekFrom::Start(len.saturating_sub(2 * SEAL_LEN as u64).max(start)))?;
        delta.take(2 * SEAL_LEN as u64).read_to_end(&mut end)?;
        delta.seek(SeekFrom::Start(start))
    };
    read().map_err(|source| Error::Io { side: Side::Read, offset: 0, source })?;
    Ok(end.windows(SEAL_MAGIC.len()).any(|bytes| bytes == SEAL_MAGIC))
}

/// Whether bytes can be read again, and the end be found: a pipe forgets them, and some devices have none.
fn is_seekable(mut file: &File) -> bool {
    let Ok(position) = file.stream_position() else { return false };
    let has_end = file.seek(SeekFrom::End(0)).is_ok();
    file.seek(SeekFrom::Start(position)).is_ok() && has_end
}

/// The length of a regular file, if it says so: those of `/proc` are empty, and yet have bytes.
fn regular_len(file: &File) -> Option<u64> {
    let metadata = file.metadata().ok()?;
    let is_empty = || Basis::read_at(&mut file.try_clone().ok()?, 0, &mut [0]).ok().filter(|len| *len == 0);
    (metadata.is_file() && (metadata.len() > 0 || is_empty().is_some())).then_some(metadata.len())
}

/// The error with which a delta that is the one that was sealed could not be applied, or that of the basis.
fn explained(error: Error, seal: &Seal, basis: &mut (impl Basis + ?Sized), go_on: &mut GoOn<'_>) -> Error {
    match (&error, *seal) {
        (Error::Engine(EngineError::Patch(PatchError::Limit(_))), _) => error,
        (_, Seal::Delta { basis: Some(sealed), .. }) => {
            check_basis(sealed, basis, go_on).err().unwrap_or(error)
        }
        _ => error,
    }
}

/// Whether the basis is the one that was sealed. It is read to its end, as long as it may go on.
fn check_basis(
    expected: FileDigest,
    basis: &mut (impl Basis + ?Sized),
    go_on: &mut GoOn<'_>,
) -> Result<(), Error> {
    let found = watched(FrontToBack::new(basis), go_on, |input| {
        digest(&mut *input).map_err(|source| Error::Io {
            side: Side::Basis,
            offset: input.input().offset(),
            source,
        })
    })?;
    Mismatch::of_basis(expected, found).map_or(Ok(()), |mismatch| Err(mismatch.into()))
}
