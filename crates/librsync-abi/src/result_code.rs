//! `rs_result`.

use crate::boundary::guarded;
use rollsync::ErrorKind;
use std::ffi::{CStr, c_char, c_int};

/// An `rs_result`. C code may return any number in its place, so it is no enum.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RsResult(pub(crate) c_int);

impl RsResult {
    pub(crate) const DONE: Self = Self(0);
    pub(crate) const BLOCKED: Self = Self(1);
    pub(crate) const RUNNING: Self = Self(2);
    pub(crate) const IO_ERROR: Self = Self(100);
    pub(crate) const SYNTAX_ERROR: Self = Self(101);
    pub(crate) const MEM_ERROR: Self = Self(102);
    pub(crate) const INPUT_ENDED: Self = Self(103);
    pub(crate) const BAD_MAGIC: Self = Self(104);
    pub(crate) const UNIMPLEMENTED: Self = Self(105);
    pub(crate) const CORRUPT: Self = Self(106);
    pub(crate) const INTERNAL_ERROR: Self = Self(107);
    pub(crate) const PARAM_ERROR: Self = Self(108);

    // rollsync.h's own, which only its callers meet.
    pub(crate) const LIMIT: Self = Self(120);
    pub(crate) const CANCELLED: Self = Self(121);
    pub(crate) const MISMATCH: Self = Self(122);
    pub(crate) const UNSEALED: Self = Self(123);

    /// What `rs_strerror` says of it.
    pub(crate) const fn text(self) -> &'static CStr {
        match self {
            Self::DONE => c"OK",
            Self::BLOCKED => c"blocked waiting for input or output buffers",
            Self::RUNNING => c"still running",
            Self::IO_ERROR => c"IO error",
            Self::SYNTAX_ERROR => c"bad command line syntax",
            Self::MEM_ERROR => c"out of memory",
            Self::INPUT_ENDED => c"unexpected end of input",
            Self::BAD_MAGIC => c"bad magic number at start of stream",
            Self::UNIMPLEMENTED => c"unimplemented case",
            Self::CORRUPT => c"stream corrupt",
            Self::INTERNAL_ERROR => c"library internal error",
            Self::LIMIT => c"limit reached",
            Self::CANCELLED => c"cancelled",
            Self::MISMATCH => c"result is not the file that was sealed",
            Self::UNSEALED => c"no seal",
            // librsync never gave 108 a text of its own, and programs compare the one it prints.
            _ => c"unexplained problem",
        }
    }
}

impl From<ErrorKind> for RsResult {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Io => Self::IO_ERROR,
            ErrorKind::InputEnded => Self::INPUT_ENDED,
            ErrorKind::BadMagic => Self::BAD_MAGIC,
            ErrorKind::Corrupt => Self::CORRUPT,
            ErrorKind::Mismatch => Self::MISMATCH,
            ErrorKind::Param => Self::PARAM_ERROR,
            ErrorKind::Memory => Self::MEM_ERROR,
            ErrorKind::Limit => Self::LIMIT,
            ErrorKind::Cancelled => Self::CANCELLED,
            ErrorKind::Unsupported => Self::UNIMPLEMENTED,
            _ => Self::INTERNAL_ERROR,
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn rs_strerror(result: RsResult) -> *const c_char {
    guarded(c"".as_ptr(), || result.text().as_ptr())
}
