//! Seals, as they are asked for and told of.

use clap::Args;
use rollsync::seal::{FileDigest, Seal};
use serde::Serialize;

/// Whether what is made is sealed.
#[derive(Args)]
pub(crate) struct SealArguments {
    /// Leave out the seal, with which patch and verify see whether all files are right
    #[arg(long)]
    plain: bool,
}

impl SealArguments {
    pub(crate) const fn is_sealed(&self) -> bool {
        !self.plain
    }
}

/// A seal in a report.
#[derive(Serialize)]
pub(crate) struct SealReport {
    /// None: who made the delta did not know it.
    basis: Option<FileReport>,
    /// None: that of a signature.
    new: Option<FileReport>,
}

/// A file in a report.
#[derive(Serialize)]
pub(crate) struct FileReport {
    len: u64,
    blake3: String,
}

impl FileReport {
    pub(crate) fn new(digest: &FileDigest) -> Self {
        Self { len: digest.len, blake3: digest.hex().to_string() }
    }
}

impl SealReport {
    pub(crate) fn new(seal: &Seal) -> Self {
        let (basis, new) = match seal {
            Seal::Delta { basis, new } => (basis.as_ref(), Some(new)),
            Seal::Signature { basis } => (Some(basis), None),
        };
        Self { basis: basis.map(FileReport::new), new: new.map(FileReport::new) }
    }
}
