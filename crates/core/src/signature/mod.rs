//! A signature in memory.

mod generate;
mod load;
mod records;

pub use generate::SignatureJob;
pub(crate) use generate::{GATHERED_MAX, batch};
pub use load::LoadJob;
pub use records::Records;

use crate::{SignatureParams, seal::FileDigest};
use alloc::vec::Vec;
use rollsync_kernels::prefetch;

/// The weak and strong sums of a basis' blocks, in order: all that a delta needs to know of it.
///
/// Made by a [`LoadJob`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    params: SignatureParams,
    /// The weak sums stand apart from the strong ones: building the index runs through these alone.
    weak: Vec<u32>,
    /// `strong_len` bytes a block, in pieces of [`Records::MAX`] blocks, of which the last may have fewer: so any thread can make a piece,
    /// and nothing is copied when there are more.
    strong: Vec<Vec<u8>>,
    basis: Option<FileDigest>,
}

impl Signature {
    /// The most records that a signature may have: 2³¹ - 1, as in librsync.
    pub const MAX_RECORDS: u64 = 0x7fff_ffff;

    /// A signature of no blocks: that of an empty basis.
    #[must_use]
    pub const fn empty(params: SignatureParams) -> Self {
        Self { params, weak: Vec::new(), strong: Vec::new(), basis: None }
    }

    /// What it was made with.
    #[must_use]
    pub const fn params(&self) -> &SignatureParams {
        &self.params
    }

    /// How many blocks the basis has.
    #[must_use]
    pub fn block_count(&self) -> usize {
        self.weak.len()
    }

    /// Whether the basis is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weak.is_empty()
    }

    /// The weak sum of a block.
    ///
    /// # Panics
    /// When there are not so many blocks, as [`strong_sum`](Self::strong_sum) does.
    #[must_use]
    pub fn weak_sum(&self, block: usize) -> u32 {
        self.weak[block]
    }

    /// The leading `strong_len` bytes of a block's strong sum.
    #[must_use]
    pub fn strong_sum(&self, block: usize) -> &[u8] {
        let len = self.params.strong_len().as_usize();
        &self.strong[block / Records::MAX][block % Records::MAX * len..][..len]
    }

    /// Fetches a block's strong sum.
    pub(crate) fn prefetch_strong(&self, block: usize) {
        let len = self.params.strong_len().as_usize();
        prefetch(&self.strong[block / Records::MAX], block % Records::MAX * len);
    }

    /// Length and digest of the basis, if the signature was sealed. They are true of the file that the signature was made
    /// of: the seal held.
    #[must_use]
    pub const fn basis(&self) -> Option<FileDigest> {
        self.basis
    }

    /// How many bytes of memory the records take.
    #[must_use]
    pub fn memory(&self) -> u64 {
        (self.weak.capacity() as u64).saturating_mul(4).saturating_add(self.strong_memory())
    }

    fn strong_memory(&self) -> u64 {
        let pieces: u64 = self.strong.iter().map(|piece| piece.capacity() as u64).sum();
        (self.strong.capacity() * size_of::<Vec<u8>>()) as u64 + pieces
    }

    /// Forgets all blocks but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.weak.truncate(len);
        self.strong.truncate(len.div_ceil(Records::MAX));
        if let Some(last) = self.strong.get_mut(len / Records::MAX) {
            last.truncate(len % Records::MAX * self.params.strong_len().as_usize());
        }
    }

    pub(crate) fn weak_sums(&self) -> &[u32] {
        &self.weak
    }
}
