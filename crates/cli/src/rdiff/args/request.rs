//! The three actions with their files and options.
//!
//! The original opens its files before it looks for surplus arguments and unknown algorithm names, so a file
//! that cannot be opened is reported first. Here each request has a `check` for that later moment.

use std::ffi::OsString;

use super::usage_error::UsageError;

/// A file as the command line named it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum FileName {
    /// Left out or `-`: standard input or output.
    #[default]
    Standard,
    /// A path, which may be empty and then names no file.
    Path(OsString),
}

impl FileName {
    pub(super) fn new(operand: OsString) -> Self {
        if operand == "-" { Self::Standard } else { Self::Path(operand) }
    }
}

/// Options that any action understands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `-f`: an existing output may be replaced.
    pub(crate) force: bool,
    /// `-s`: print statistics.
    pub(crate) statistics: bool,
    /// `-I`: bytes of input buffer, 0 for the default, unchecked.
    pub(crate) input_len: i32,
    /// `-O`: bytes of output buffer, 0 for the default, unchecked.
    pub(crate) output_len: i32,
}

/// The strong sum's algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Blake2,
    Md4,
}

/// The weak sum's algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rollsum {
    RabinKarp,
    Rollsum,
}

/// Both sums of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) hash: Hash,
    pub(crate) rollsum: Rollsum,
}

/// `rdiff signature`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SignatureRequest {
    pub(crate) basis: FileName,
    pub(crate) signature: FileName,
    pub(crate) settings: Settings,
    /// `-b`: bytes of a block, 0 for the recommended number, unchecked.
    pub(crate) block_len: i32,
    /// `-S`: bytes of a strong sum, 0 for all of them, -1 for the fewest that are safe, unchecked.
    pub(crate) strong_len: i32,
    pub(super) hash: Option<Vec<u8>>,
    pub(super) rollsum: Option<Vec<u8>>,
    pub(super) surplus: bool,
}

impl SignatureRequest {
    /// The sums asked for, once the files are open.
    pub(crate) fn check(&self) -> Result<Sums, UsageError> {
        no_surplus(self.surplus)?;
        let hash = match self.hash.as_deref() {
            None | Some(b"blake2") => Hash::Blake2,
            Some(b"md4") => Hash::Md4,
            Some(name) => return Err(UsageError::unknown_hash(name)),
        };
        let rollsum = match self.rollsum.as_deref() {
            None | Some(b"rabinkarp") => Rollsum::RabinKarp,
            Some(b"rollsum") => Rollsum::Rollsum,
            Some(name) => return Err(UsageError::unknown_rollsum(name)),
        };
        Ok(Sums { hash, rollsum })
    }
}

/// `rdiff delta`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeltaRequest {
    pub(crate) signature: FileName,
    pub(crate) new: FileName,
    pub(crate) delta: FileName,
    pub(crate) settings: Settings,
    pub(super) surplus: bool,
}

impl DeltaRequest {
    /// Whether the command line stands, once the files are open.
    pub(crate) fn check(&self) -> Result<(), UsageError> {
        no_surplus(self.surplus)
    }
}

/// `rdiff patch`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PatchRequest {
    pub(crate) basis: FileName,
    pub(crate) delta: FileName,
    pub(crate) new: FileName,
    pub(crate) settings: Settings,
    pub(super) surplus: bool,
}

impl PatchRequest {
    /// Whether the command line stands, once the files are open.
    pub(crate) fn check(&self) -> Result<(), UsageError> {
        no_surplus(self.surplus)
    }
}

fn no_surplus(surplus: bool) -> Result<(), UsageError> {
    if surplus { Err(UsageError::surplus_operands()) } else { Ok(()) }
}
