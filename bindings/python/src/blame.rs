//! Which of a call's files a failure is laid at.

use crate::errors::Failure;
use rollsync::{EngineError, Error, Mismatch, PatchError, Side};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A file of a call: what it is there, and its path.
#[derive(Clone)]
pub(crate) struct At {
    pub(crate) role: String,
    pub(crate) path: PathBuf,
}

impl At {
    pub(crate) fn new(role: impl fmt::Display, path: &Path) -> Self {
        Self { role: role.to_string(), path: path.to_owned() }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.role, self.path.display())
    }
}

/// The files of one phase of a call, as far as they have paths.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) input: Option<At>,
    pub(crate) basis: Option<At>,
    pub(crate) output: Option<At>,
}

impl Files {
    /// The failure, with the file that is at fault.
    pub(crate) fn blame(&self, error: Error) -> Failure {
        let at = match &error {
            Error::Cancelled => &None,
            Error::Io { side: Side::Write, .. }
            | Error::Engine(EngineError::Param(_))
            | Error::Mismatch(Mismatch::New { basis_is_right: true, .. }) => &self.output,
            Error::Io { side: Side::Basis, .. }
            | Error::Mismatch(_)
            | Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => &self.basis,
            _ => &self.input,
        };
        Failure::Work { error, at: at.clone().map(Box::new) }
    }
}
