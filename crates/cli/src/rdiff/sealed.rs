//! Deltas that `rollsync` has sealed. librsync does not read so far, and the original would not notice that they do not hold.

use rollsync::librsync::Cause;
use rollsync::seal::{FileDigest, Seal};
use rollsync::{Checked, EngineError, Error, Inspection, Mismatch, Options, PatchError, SealCheck};

use super::input::Input;
use super::patch_basis::PatchBasis;

/// The seal of a delta, which is the one that was sealed, and what it is for.
#[derive(Debug)]
pub(crate) struct SealedFor {
    new: FileDigest,
    basis_is_known: bool,
    checked: Checked,
}

impl SealedFor {
    /// Looks for a seal in a delta that is a regular file. What is wrong with the delta otherwise is found when it is applied.
    ///
    /// # Errors
    /// When there is one that does not hold, or that is for a basis of another length.
    pub(crate) fn look(basis: &Input, delta: &Input) -> Result<Option<Self>, Error> {
        let (Some(basis), Some(delta), true) = (basis.file(), delta.file(), delta.len().is_some()) else {
            return Ok(None);
        };
        let checked = match Checked::new(basis, delta, &mut Options::new()) {
            Err(Error::Io { .. }) => return Ok(None),
            checked => checked?,
        };
        if checked.check() == SealCheck::Plain {
            return Ok(None);
        }
        match checked.inspect(delta, &mut Options::new()) {
            Ok(Inspection::Delta(summary)) => Ok(match summary.seal {
                Some(Seal::Delta { basis, new }) => {
                    Some(Self { new, basis_is_known: basis.is_some(), checked })
                }
                _ => None,
            }),
            Err(error @ Error::Engine(EngineError::Patch(PatchError::Seal(_)))) => Err(error),
            _ => Ok(None),
        }
    }

    /// Whether what was written is what was sealed.
    ///
    /// # Errors
    /// When it is not: with the file that is at fault.
    pub(crate) fn hold(&self, found: FileDigest, basis: &mut PatchBasis, delta: &Input) -> Result<(), Error> {
        if found == self.new {
            return Ok(());
        }
        let basis_is_right = self.basis_is_known;
        let error = Mismatch::New { expected: self.new, found, basis_is_right }.into();
        Err(match delta.file() {
            Some(delta) => self.checked.explain(error, basis, delta, &mut Options::new()),
            None => error,
        })
    }
}

/// What the log says is wrong with a seal, or with a file that is not the one it is for.
pub(crate) fn seal_cause(error: &Error) -> Option<Cause> {
    let message = match error {
        Error::Engine(EngineError::Patch(PatchError::Seal(error))) => error.to_string(),
        Error::Mismatch(Mismatch::BasisLen { expected, found }) => {
            format!("basis of {found} bytes, the delta is sealed for one of {expected}")
        }
        Error::Mismatch(Mismatch::Basis { expected, found }) => {
            format!("basis has BLAKE3 {}, the delta is sealed for {}", found.hex(), expected.hex())
        }
        Error::Mismatch(Mismatch::New { basis_is_right: false, .. }) => {
            "the new file came out wrong: the basis is not the one that the delta was made from".to_owned()
        }
        Error::Mismatch(Mismatch::New { .. }) => {
            "the new file came out wrong, though basis and delta are right".to_owned()
        }
        _ => return None,
    };
    Some(Cause::new("rs_seal_check", message))
}
