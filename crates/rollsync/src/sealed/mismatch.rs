//! Files that do not belong together.

use crate::Role;
use rollsync_core::seal::FileDigest;
use std::fmt;

/// How delta, basis and new file do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The basis has another length than the one that the delta was made for.
    BasisLen {
        /// That one's, in bytes.
        expected: u64,
        /// This one's.
        found: u64,
    },
    /// The basis has that length, but is another.
    Basis {
        /// The one that the delta was made for.
        expected: FileDigest,
        /// This one.
        found: FileDigest,
    },
    /// What came out is not the new file. The delta is the one that was sealed; so the basis is wrong, or was not read as it
    /// is.
    New {
        /// The new file.
        expected: FileDigest,
        /// What came out.
        found: FileDigest,
        /// Whether the basis is known to be the right one: then it is the machine that is at fault.
        basis_is_right: bool,
    },
}

impl Mismatch {
    /// Which file is at fault: the basis, or the new file.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::New { basis_is_right: true, .. } => Role::New,
            Self::BasisLen { .. } | Self::Basis { .. } | Self::New { .. } => Role::Basis,
        }
    }

    /// How the basis that was `found` is not the one that the delta was made for; `None` when it is.
    #[must_use]
    pub fn of_basis(expected: FileDigest, found: FileDigest) -> Option<Self> {
        if found.len != expected.len {
            return Some(Self::BasisLen { expected: expected.len, found: found.len });
        }
        (found != expected).then_some(Self::Basis { expected, found })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BasisLen { expected, found } => {
                write!(f, "it has {found} bytes, the delta was made for a basis of {expected}")
            }
            Self::Basis { expected, found } => write!(
                f,
                "it is not the basis that the delta was made for: its BLAKE3 is {}, not {}",
                found.hex(),
                expected.hex()
            ),
            Self::New { basis_is_right: false, .. } => {
                f.write_str("it is not the basis that the delta was made for: the new file came out wrong")
            }
            Self::New { expected, found, .. } => write!(
                f,
                "it came out as {} bytes of BLAKE3 {}, and not as the {} bytes of {} that were sealed",
                found.len,
                found.hex(),
                expected.len,
                expected.hex()
            ),
        }
    }
}

impl std::error::Error for Mismatch {}
