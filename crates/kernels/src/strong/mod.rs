//! Strong sums: the digests that decide whether two blocks are equal.
//!
//! MD4 (RFC 1320) for old signatures, BLAKE2b with a 32-byte digest (RFC 7693, unkeyed) for new ones. A
//! signature keeps the leading bytes of the digest.

mod blake2b;
mod md4;
#[cfg(test)]
mod tests;

pub use md4::Md4;

use crate::Isa;

/// Which strong sum a signature carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StrongKind {
    /// MD4, 16 bytes; broken: whoever can choose parts of a file can make two blocks of one sum.
    Md4,
    /// BLAKE2b-256, 32 bytes.
    Blake2,
}

impl StrongKind {
    /// The digest's length in bytes: 16 or 32.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Md4 => 16,
            Self::Blake2 => 32,
        }
    }

    /// How many blocks [`sums`] hashes in about the time of one: with fewer, part of the vector registers is empty.
    #[must_use]
    pub const fn lanes(self, isa: Isa) -> usize {
        match self {
            Self::Md4 => md4::lanes(isa),
            Self::Blake2 => blake2b::lanes(isa),
        }
    }

    /// How many blocks at once take [`sums`] the least time each: a multiple of the [lanes](Self::lanes), at most [`LANES`].
    #[must_use]
    pub const fn batch(self, isa: Isa) -> usize {
        match self {
            Self::Md4 => md4::batch(isa),
            Self::Blake2 => blake2b::batch(isa),
        }
    }
}

/// Room for the longest digest. An MD4 digest fills the first 16 bytes, the others are 0.
pub type Digest = [u8; 32];

/// The largest [batch](StrongKind::batch): so many blocks [`sums`] likes to be given at once.
pub const LANES: usize = 32;

/// The strong sum of one block.
#[must_use]
pub fn sum(isa: Isa, kind: StrongKind, block: &[u8]) -> Digest {
    let mut hasher = Hasher::new(kind);
    hasher.update(isa, block);
    hasher.finish()
}

/// The strong sums of many blocks, hashed side by side: that of `blocks[i]` goes to `digests[i]`.
///
/// # Panics
/// When the two slices differ in length.
pub fn sums(isa: Isa, kind: StrongKind, blocks: &[&[u8]], digests: &mut [Digest]) {
    assert_eq!(blocks.len(), digests.len(), "one place a block");
    match kind {
        StrongKind::Md4 => {
            digests.fill([0; 32]);
            md4::digests(isa, blocks, |i, digest| digests[i][..16].copy_from_slice(&digest));
        }
        StrongKind::Blake2 => blake2b::digests(isa, blocks, digests),
    }
}

/// A strong sum of bytes that come piece by piece.
///
/// ```
/// use rollsync_kernels::{Isa, strong::{Hasher, StrongKind, sum}};
/// let mut hasher = Hasher::new(StrongKind::Blake2);
/// hasher.update(Isa::detect(), b"hello ");
/// hasher.update(Isa::detect(), b"world");
/// assert_eq!(hasher.finish(), sum(Isa::detect(), StrongKind::Blake2, b"hello world"));
/// ```
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Md4(Md4),
    Blake2(blake2b_simd::State),
}

impl Hasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new(kind: StrongKind) -> Self {
        Self(match kind {
            StrongKind::Md4 => State::Md4(Md4::new()),
            StrongKind::Blake2 => State::Blake2(blake2b::params().to_state()),
        })
    }

    /// Appends `bytes`.
    pub fn update(&mut self, isa: Isa, bytes: &[u8]) {
        let _ = isa;
        match &mut self.0 {
            State::Md4(md4) => md4.update(bytes),
            State::Blake2(blake2) => {
                blake2.update(bytes);
            }
        }
    }

    /// The digest of all that was appended.
    #[must_use]
    pub fn finish(&self) -> Digest {
        let mut digest = [0; 32];
        match &self.0 {
            State::Md4(md4) => digest[..16].copy_from_slice(&md4.finish()),
            State::Blake2(blake2) => digest.copy_from_slice(blake2.finalize().as_bytes()),
        }
        digest
    }
}
