//! librsync's result codes, which are `rdiff`'s exit statuses.

use std::fmt;

use rollsync::ErrorKind;

/// How a run ended. The number is the exit status, the text (`Display`) what follows `rdiff: Failed, `.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ResultCode {
    Done = 0,
    IoError = 100,
    SyntaxError = 101,
    MemError = 102,
    InputEnded = 103,
    BadMagic = 104,
    Unimplemented = 105,
    Corrupt = 106,
    InternalError = 107,
    ParamError = 108,
}

impl ResultCode {
    /// The exit status of the process.
    pub(crate) fn exit_status(self) -> u8 {
        self as u8
    }
}

impl From<ErrorKind> for ResultCode {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Io => Self::IoError,
            ErrorKind::InputEnded => Self::InputEnded,
            ErrorKind::BadMagic => Self::BadMagic,
            ErrorKind::Corrupt | ErrorKind::Mismatch => Self::Corrupt,
            ErrorKind::Param => Self::ParamError,
            // librsync knows no limits but what memory there is.
            ErrorKind::Memory | ErrorKind::Limit => Self::MemError,
            ErrorKind::Unsupported => Self::Unimplemented,
            _ => Self::InternalError,
        }
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "OK",
            Self::IoError => "IO error",
            Self::SyntaxError => "bad command line syntax",
            Self::MemError => "out of memory",
            Self::InputEnded => "unexpected end of input",
            Self::BadMagic => "bad magic number at start of stream",
            Self::Unimplemented => "unimplemented case",
            Self::Corrupt => "stream corrupt",
            Self::InternalError => "library internal error",
            // librsync never gave 108 a text of its own, and programs compare the one it prints.
            Self::ParamError => "unexplained problem",
        })
    }
}
