//! Seals: whole-file integrity beside the formats, where librsync's readers do not look or do no harm.
//!
//! A seal is a record of 128 bytes, all integers big-endian:
//!
//! | offset | size | field |
//! |--:|--:|---|
//! | 0 | 8 | magic `89 52 53 45 41 4c 0d 0a` |
//! | 8 | 1 | version, 1 |
//! | 9 | 1 | kind: 1 delta, 2 signature |
//! | 10 | 2 | flags: bit 0 = the basis fields are known |
//! | 12 | 4 | reserved, 0 |
//! | 16 | 8 | basis length |
//! | 24 | 32 | BLAKE3-256 of the basis |
//! | 56 | 8 | new length (0 in a signature) |
//! | 64 | 32 | BLAKE3-256 of the new file (zeros in a signature) |
//! | 96 | 32 | BLAKE3-256 of all before this field: the whole file up to the seal, then the seal's first 96 bytes |
//!
//! In a delta it stands behind END; in a signature it is padded with zeros to whole records, and appended as such.

mod digest;
mod follow;
mod loaded;
mod trailer;

pub use digest::{FileDigest, FileHasher};
pub(crate) use follow::{Follower, Of};
pub use loaded::SealFinder;
pub(crate) use loaded::unseal;
pub use trailer::Trailer;

use crate::SignatureParams;
use alloc::vec::Vec;
use core::fmt;

/// The length of a seal in bytes.
pub const SEAL_LEN: usize = 128;
/// What a seal begins with.
pub const SEAL_MAGIC: [u8; 8] = *b"\x89RSEAL\r\n";

const VERSION: u8 = 1;
const DELTA: u8 = 1;
const SIGNATURE: u8 = 2;
const BASIS_IS_KNOWN: u16 = 1;
/// Where the digest of everything before it stands.
const DIGEST: usize = 96;

/// What a sealed file says of the files that it belongs to.
///
/// ```
/// use rollsync_core::seal::{FileDigest, FileHasher, SEAL_LEN, Seal};
/// let seal = Seal::Delta { basis: None, new: FileDigest::of(b"hello world") };
/// let mut delta = FileHasher::new();
/// delta.update(b"rs\x026\x0bhello world\0");
/// let record: [u8; SEAL_LEN] = seal.record(&delta);
/// assert_eq!(Seal::parse(&record, &delta), Ok(seal));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// Behind the END of a delta.
    Delta {
        /// The basis, if whoever made the delta knew it.
        basis: Option<FileDigest>,
        /// The new file.
        new: FileDigest,
    },
    /// Behind the last record of a signature.
    Signature {
        /// The basis.
        basis: FileDigest,
    },
}

impl Seal {
    /// The seal's bytes, for a file of which `carrier` has seen everything else.
    #[must_use]
    pub fn record(&self, carrier: &FileHasher) -> [u8; SEAL_LEN] {
        let mut bytes = [0; SEAL_LEN];
        let (kind, basis, new) = match *self {
            Self::Delta { basis, new } => (DELTA, basis, Some(new)),
            Self::Signature { basis } => (SIGNATURE, Some(basis), None),
        };
        bytes[..8].copy_from_slice(&SEAL_MAGIC);
        (bytes[8], bytes[9]) = (VERSION, kind);
        let flags = if basis.is_some() { BASIS_IS_KNOWN } else { 0 };
        bytes[10..12].copy_from_slice(&flags.to_be_bytes());
        for (file, at) in [(basis, 16), (new, 56)] {
            if let Some(file) = file {
                bytes[at..at + 8].copy_from_slice(&file.len.to_be_bytes());
                bytes[at + 8..at + 40].copy_from_slice(&file.digest);
            }
        }
        let digest = digest_over(carrier, &bytes);
        bytes[DIGEST..].copy_from_slice(&digest);
        bytes
    }

    /// The seal's bytes as records of a signature: padded with zeros to whole ones.
    #[must_use]
    pub fn records(&self, carrier: &FileHasher, params: &SignatureParams) -> Vec<u8> {
        let mut bytes = self.record(carrier).to_vec();
        bytes.resize(Self::record_count(params) * params.record_len(), 0);
        bytes
    }

    /// How many records of a signature the seal takes.
    #[must_use]
    pub const fn record_count(params: &SignatureParams) -> usize {
        SEAL_LEN.div_ceil(params.record_len())
    }

    /// Reads a seal, of a file of which `carrier` has seen everything before it.
    ///
    /// # Errors
    /// When any of it is not as it must be; offsets count from the file's first byte.
    pub fn parse(record: &[u8; SEAL_LEN], carrier: &FileHasher) -> Result<Self, SealError> {
        let seal = Self::parse_fields(record, carrier.len())?;
        if record[DIGEST..] != digest_over(carrier, record) {
            return Err(SealError { offset: carrier.len(), fault: SealFault::Digest });
        }
        Ok(seal)
    }

    /// Reads a seal's fields; whether the file is what was sealed is not looked at. `offset` is where the seal stands.
    ///
    /// # Errors
    /// When a field is not as it must be.
    pub fn parse_fields(record: &[u8; SEAL_LEN], offset: u64) -> Result<Self, SealError> {
        let fault = |at: u64, fault| Err(SealError { offset: offset + at, fault });
        if record[..8] != SEAL_MAGIC {
            return fault(0, SealFault::Magic);
        }
        if record[8] != VERSION {
            return fault(8, SealFault::Version { found: record[8] });
        }
        let flags = u16::from_be_bytes([record[10], record[11]]);
        if flags & !BASIS_IS_KNOWN != 0 || record[12..16] != [0; 4] {
            return fault(10, SealFault::Flags { found: flags });
        }
        let basis = (flags & BASIS_IS_KNOWN != 0).then(|| file_at(record, 16));
        match (record[9], basis) {
            (DELTA, basis) => Ok(Self::Delta { basis, new: file_at(record, 56) }),
            (SIGNATURE, Some(basis)) if record[56..DIGEST].iter().all(|byte| *byte == 0) => {
                Ok(Self::Signature { basis })
            }
            (found, _) => fault(9, SealFault::Kind { found }),
        }
    }
}

fn file_at(record: &[u8; SEAL_LEN], at: usize) -> FileDigest {
    let (mut len, mut digest) = ([0; 8], [0; 32]);
    len.copy_from_slice(&record[at..at + 8]);
    digest.copy_from_slice(&record[at + 8..at + 40]);
    FileDigest { len: u64::from_be_bytes(len), digest }
}

fn digest_over(carrier: &FileHasher, record: &[u8; SEAL_LEN]) -> [u8; 32] {
    let mut hasher = carrier.clone();
    hasher.update(&record[..DIGEST]);
    hasher.finish().digest
}

/// Why a seal does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealError {
    /// Where in the sealed file: the field that is wrong, or the seal.
    pub offset: u64,
    /// What is wrong.
    pub fault: SealFault,
}

/// What is wrong with a seal, or behind a delta's END.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealFault {
    /// The bytes do not begin with [`SEAL_MAGIC`].
    Magic,
    /// A version other than 1.
    Version {
        /// The version.
        found: u8,
    },
    /// A kind that does not belong in this file, or fields that do not belong to the kind.
    Kind {
        /// The kind.
        found: u8,
    },
    /// Flags that this version does not know, or reserved bytes that are not 0.
    Flags {
        /// The flags.
        found: u16,
    },
    /// The padding is not 0, or something stands behind it.
    Padding,
    /// The file ends inside the seal.
    Cut,
    /// The file is not the one that was sealed: bytes of it have changed.
    Digest,
    /// A signature has not as many blocks as the basis that it is sealed for.
    BlockCount {
        /// How many it has.
        found: u64,
        /// How many the basis has.
        expected: u64,
    },
    /// Bytes behind END that are no seal.
    Trailing,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match self.fault {
            SealFault::Magic => write!(f, "no seal at offset {offset}"),
            SealFault::Version { found } => write!(f, "seal version {found} at offset {offset} is not 1"),
            SealFault::Kind { found } => {
                write!(f, "seal of kind {found} at offset {offset} is not this file's")
            }
            SealFault::Flags { found } => write!(f, "unknown seal flags {found:#06x} at offset {offset}"),
            SealFault::Padding => write!(f, "the padding of the seal at offset {offset} is not zero"),
            SealFault::Cut => write!(f, "the file ends at offset {offset}, inside its seal"),
            SealFault::Digest => {
                write!(f, "the seal at offset {offset} does not hold: the file has changed since it was made")
            }
            SealFault::BlockCount { found, expected } => {
                write!(
                    f,
                    "{found} blocks before the seal at offset {offset}, which is for a basis of {expected}"
                )
            }
            SealFault::Trailing => write!(f, "bytes behind END at offset {offset} that are no seal"),
        }
    }
}

impl core::error::Error for SealError {}
