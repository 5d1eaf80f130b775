//! librsync's names of its jobs.

use std::fmt;

/// A job, as messages and statistics call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Signature,
    Loadsig,
    Delta,
    Patch,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "signature",
            Self::Loadsig => "loadsig",
            Self::Delta => "delta",
            Self::Patch => "patch",
        })
    }
}
