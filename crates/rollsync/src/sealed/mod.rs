//! Holding a patch to its delta's seal.

mod checked;
mod digest;
mod mismatch;

pub use checked::{Checked, peek_seal};
pub use digest::{HashingWriter, digest};
pub use mismatch::Mismatch;

use crate::{Basis, Error, Side};
use rollsync_core::{
    EndCheck, Error as EngineError, PatchError,
    seal::{FileDigest, Seal},
};
use std::io::{self, Read};

/// What a patch does about its delta's [seal](crate::seal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SealCheck {
    /// One that is there must hold. The delta is read to its end, where nothing else may stand; what is written is hashed,
    /// and so passes through this process.
    #[default]
    IfThere,
    /// The same, and it is an error if there is none.
    Required,
    /// There is none, as far as the caller [knows](peek_seal): one that is there is an error. The delta is read to its end.
    Plain,
    /// Nothing behind END is read.
    Ignored,
}

impl SealCheck {
    /// How a [`PatchJob`](rollsync_core::PatchJob) is told.
    #[must_use]
    pub const fn end_check(self) -> EndCheck {
        match self {
            Self::IfThere | Self::Required => EndCheck::Seal,
            Self::Plain => EndCheck::Plain,
            Self::Ignored => EndCheck::None,
        }
    }

    /// Holds what a patch has made to the seal that its job has found. The basis is not looked at.
    ///
    /// # Errors
    /// When another new file was sealed, or there is no seal where one is required.
    pub fn hold(self, seal: Option<&Seal>, found: FileDigest) -> Result<(), Error> {
        match (self, seal) {
            (Self::Plain | Self::Ignored, _) => Ok(()),
            (_, Some(Seal::Delta { new, .. })) if *new != found => {
                Err(Mismatch::New { expected: *new, found, basis_is_right: false }.into())
            }
            (Self::Required, None) => Err(Error::Unsealed),
            (Self::IfThere | Self::Required, _) => Ok(()),
        }
    }
}

/// The error that a patch does not [hold](SealCheck::hold), or what the basis has to do with it.
pub(crate) fn blame_basis(
    error: Error,
    seal: Option<&Seal>,
    basis: &mut (impl Basis + ?Sized),
    go_on: &mut GoOn<'_>,
) -> Error {
    match (error, seal) {
        (
            Error::Mismatch(Mismatch::New { expected, found, .. }),
            Some(Seal::Delta { basis: Some(sealed), .. }),
        ) => match check_basis(*sealed, basis, go_on) {
            Ok(()) => Mismatch::New { expected, found, basis_is_right: true }.into(),
            Err(error) => error,
        },
        (error, _) => error,
    }
}

/// The error to tell when a patch has failed with `error`, for want of the basis, and the `rest` of its delta was read without
/// it: what stopped that, for the delta is at fault or it is not known; or that of the basis.
pub(crate) fn at_fault(
    error: Error,
    rest: Result<(), Error>,
    seal: Option<Seal>,
    basis: &mut (impl Basis + ?Sized),
    go_on: &mut GoOn<'_>,
) -> Error {
    match (rest, seal) {
        (Err(fault @ (Error::Engine(_) | Error::Cancelled)), _) => fault,
        (Ok(()), Some(seal)) => explained(error, &seal, basis, go_on),
        _ => error,
    }
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
    let found = watched(FrontToBack { basis, offset: 0 }, go_on, |input| {
        digest(&mut *input).map_err(|source| Error::Io {
            side: Side::Basis,
            offset: input.input.offset,
            source,
        })
    })?;
    Mismatch::of_basis(expected, found).map_or(Ok(()), |mismatch| Err(mismatch.into()))
}

/// Who may stop work that takes long: an error does.
type GoOn<'a> = dyn FnMut() -> Result<(), Error> + 'a;

/// Does work that reads `input`, as long as it may go on.
fn watched<R: Read, T>(
    input: R,
    go_on: &mut GoOn<'_>,
    work: impl FnOnce(&mut Watched<'_, '_, R>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut input = Watched { input, go_on, stopped: None };
    let done = work(&mut input);
    input.stopped.map_or(done, Err)
}

/// Input that is read as long as it may go on.
struct Watched<'a, 'g, R> {
    input: R,
    go_on: &'a mut GoOn<'g>,
    stopped: Option<Error>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if let Err(error) = (self.go_on)() {
            self.stopped = Some(error);
            return Err(io::Error::other("stopped"));
        }
        self.input.read(place)
    }
}

/// A basis, read from front to back.
struct FrontToBack<'a, B: ?Sized> {
    basis: &'a mut B,
    offset: u64,
}

impl<B: Basis + ?Sized> Read for FrontToBack<'_, B> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = self.basis.read_at(self.offset, place)?.min(place.len());
        self.offset += len as u64;
        Ok(len)
    }
}
