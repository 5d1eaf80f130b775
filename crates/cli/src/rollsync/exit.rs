//! The status that the program ends with.

use rollsync::{EngineError, Error, ErrorKind, PatchError};
use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    /// A file cannot be opened, read or written.
    Io = 1,
    /// The command line asks for what cannot be.
    Usage = 2,
    /// A file is not of the kind that was expected, is broken, or ends early.
    Content = 3,
    /// The basis is not the one that a delta was made from.
    Mismatch = 4,
    /// A limit is reached, or there is no memory.
    Limit = 5,
    /// The output exists.
    Exists = 6,
    Bug = 70,
    Interrupted = 130,
    /// Nobody reads standard output any more: what a shell shows for a program that `SIGPIPE` ended.
    BrokenPipe = 141,
}

impl Exit {
    /// The status for an error of the library.
    pub(crate) const fn of(error: &Error) -> Self {
        match error {
            // To the engine it is an input that ended; who has the files knows better.
            Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => Self::Mismatch,
            // Nobody but a signature's header asks for a parameter here: those of the command line are judged before.
            Error::Engine(EngineError::Load(_)) if matches!(error.kind(), ErrorKind::Param) => Self::Content,
            _ => Self::of_kind(error.kind()),
        }
    }

    const fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Io => Self::Io,
            ErrorKind::Param => Self::Usage,
            ErrorKind::InputEnded | ErrorKind::BadMagic | ErrorKind::Corrupt | ErrorKind::Unsupported => {
                Self::Content
            }
            ErrorKind::Mismatch => Self::Mismatch,
            ErrorKind::Limit | ErrorKind::Memory => Self::Limit,
            ErrorKind::Cancelled => Self::Interrupted,
            _ => Self::Bug,
        }
    }

    pub(crate) const fn status(self) -> u8 {
        self as u8
    }
}

/// Ends the process when the signal is that of an interrupt from the keyboard.
pub(crate) fn at_signal(signal: i32) {
    #[cfg(unix)]
    if signal == libc::SIGINT {
        signal_hook::low_level::exit(Exit::Interrupted.status().into());
    }
    #[cfg(not(unix))]
    let _ = signal;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollsync::{DeltaPart, Format, LimitError, LimitKind, LoadError, ResourceError};
    use std::io;

    #[test]
    fn each_class_of_error_has_its_status() {
        let limit = LimitError { kind: LimitKind::Records, limit: 1, needed: 2 };
        let io = Error::Io { side: rollsync::Side::Read, offset: 0, source: io::Error::other("x") };
        for (error, status) in [
            (io, 1),
            (LoadError::BadMagic { found: 1 }.into(), 3),
            (LoadError::StrongLenOfFormat { found: 17, format: Format::ROLLSUM_MD4 }.into(), 3),
            (PatchError::InputEnded { offset: 4, part: DeltaPart::Opcode }.into(), 3),
            (PatchError::BasisEnded { offset: 4, missing: 1 }.into(), 4),
            (LoadError::Resource(limit.into()).into(), 5),
            (ResourceError::Memory { bytes: 1 }.into(), 5),
            (Error::Cancelled, 130),
        ] {
            assert_eq!(Exit::of(&error).status(), status, "{error}");
        }
    }
}
