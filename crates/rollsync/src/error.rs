//! How driving a job can fail.

use crate::Mismatch;
use rollsync_core::{Error as EngineError, ErrorKind, LoadError, ParamError, PatchError, ResourceError};
use std::{fmt, io};

/// Which stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The input.
    Read,
    /// The output.
    Write,
    /// The basis of a patch.
    Basis,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "reading the input",
            Self::Write => "writing the output",
            Self::Basis => "reading the basis",
        })
    }
}

/// Why a job that was driven did not complete.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A stream failed.
    #[error("{side} at offset {offset}: {source}")]
    Io {
        /// Which one.
        side: Side,
        /// Where in it.
        offset: u64,
        /// How.
        source: io::Error,
    },
    /// The engine refused what it was given.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Delta, basis and new file do not belong together, as the delta's seal says.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The delta has no seal, and one was [required](crate::SealCheck::Required).
    #[error("the delta is not sealed")]
    Unsealed,
    /// A [`CancelToken`](crate::CancelToken) said so.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// The error's class.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { .. } => ErrorKind::Io,
            Self::Engine(error) => error.kind(),
            Self::Mismatch(_) | Self::Unsealed => ErrorKind::Mismatch,
            Self::Cancelled => ErrorKind::Cancelled,
        }
    }
}

macro_rules! error_from {
    ($($error:ident),*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Engine(error.into())
            }
        }
    )*};
}
error_from!(ParamError, LoadError, PatchError, ResourceError);

/// For the adapters, which speak `std::io`: an I/O error is itself, another is carried inside.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::InputEnded => io::ErrorKind::UnexpectedEof,
            ErrorKind::Memory => io::ErrorKind::OutOfMemory,
            ErrorKind::Cancelled => io::ErrorKind::Other,
            ErrorKind::Param => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        match error {
            Error::Io { source, .. } => source,
            error => Self::new(kind, error),
        }
    }
}
