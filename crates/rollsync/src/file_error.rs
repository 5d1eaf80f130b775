//! How work on files can fail.

use crate::{Error, Mismatch, OutputError, Side};
use rollsync_core::{Error as EngineError, ErrorKind, PatchError};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// What a file is in the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// The old file.
    Basis,
    /// The signature of the basis.
    Signature,
    /// The new file.
    New,
    /// The delta from the one to the other.
    Delta,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basis => "basis",
            Self::Signature => "signature",
            Self::New => "new file",
            Self::Delta => "delta",
        })
    }
}

/// Why work on files failed. Whatever it was, the output's name shows what it showed before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// An input cannot be opened.
    #[error("{role} {}: cannot be opened: {source}", path.display())]
    Open {
        /// Which one.
        role: Role,
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be read, written or understood.
    #[error("{role} {}: {source}", path.display())]
    Failed {
        /// Which one.
        role: Role,
        /// Its path.
        path: PathBuf,
        /// Why, and where in it.
        source: Error,
    },
    /// The output cannot be put in its place.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A [`CancelToken`](crate::CancelToken) said so.
    #[error("cancelled")]
    Cancelled,
}

impl FileError {
    /// The error's class.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Open { .. } | Self::Output(_) => ErrorKind::Io,
            Self::Failed { source, .. } => source.kind(),
            Self::Cancelled => ErrorKind::Cancelled,
        }
    }
}

/// The files of one phase of the work, to lay a failure at the right one's door.
#[derive(Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) input: (Role, &'a Path),
    pub(crate) basis: (Role, &'a Path),
    pub(crate) output: (Role, &'a Path),
}

impl Files<'_> {
    pub(crate) fn blame(self, source: Error) -> FileError {
        let (role, path) = match &source {
            Error::Cancelled => return FileError::Cancelled,
            Error::Io { side: Side::Read, .. } => self.input,
            Error::Io { side: Side::Write, .. } | Error::Engine(EngineError::Param(_)) => self.output,
            Error::Mismatch(Mismatch::New { basis_is_right: true, .. }) => self.output,
            Error::Io { side: Side::Basis, .. }
            | Error::Mismatch(_)
            | Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => self.basis,
            Error::Engine(_) | Error::Unsealed => self.input,
        };
        FileError::Failed { role, path: path.to_owned(), source }
    }
}
