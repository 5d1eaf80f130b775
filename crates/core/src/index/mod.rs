//! Finding blocks by their sums.

mod builder;
mod members;
mod part;
mod seed;
mod table;

pub use builder::{IndexBuilder, IndexPart, IndexShare};

use crate::{Limits, ResourceError, SearchStats, Signature};
use rollsync_kernels::{
    scan::Filter,
    strong::Digest,
    weak::{WeakKind, mix32, unmix32},
};
use table::{Group, Table};

/// A signature with the tables to search it: what a [`DeltaJob`](crate::DeltaJob) needs. It may serve many jobs, one
/// after another or side by side.
///
/// Equal blocks (same weak sum, same truncated strong sum) are stored once. The look-up by both sums takes constant
/// time however many blocks share a weak sum: the tables are hashed with keys drawn from all that decides what they
/// hold, so that a signature's maker cannot choose sums that collide in them.
///
/// ```
/// use rollsync_core::{Limits, Signature, SignatureIndex, SignatureParams};
/// let of_empty_basis = Signature::empty(SignatureParams::recommended(Some(0)));
/// let index = SignatureIndex::build(of_empty_basis, &Limits::default())?;
/// assert_eq!(index.signature().block_count(), 0);
/// # Ok::<(), rollsync_core::ResourceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SignatureIndex {
    signature: Signature,
    filter: Filter,
    table: Table,
}

/// The blocks that share the weak sum of a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeakHit(Group);

impl WeakHit {
    /// The block, if there is only one.
    pub(crate) fn block(self) -> Option<usize> {
        self.0.only_block()
    }
}

impl SignatureIndex {
    /// Indexes a signature.
    ///
    /// # Errors
    /// When signature and index would take more than `limits.memory`, or there is no memory for them.
    pub fn build(signature: Signature, limits: &Limits) -> Result<Self, ResourceError> {
        Self::try_build(signature, limits).map_err(|(_, error)| error)
    }

    /// The same for those who go on without an index when there is none.
    ///
    /// # Errors
    /// As [`build`](Self::build) has, with the signature.
    #[expect(clippy::result_large_err, reason = "when memory is short, nothing is put into a box")]
    pub fn try_build(signature: Signature, limits: &Limits) -> Result<Self, (Signature, ResourceError)> {
        IndexBuilder::new(signature, limits)?.finish([])
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// How many bytes of memory signature and index take.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let filter = Filter::size_for(self.signature.block_count()) as u64;
        self.signature.memory() + filter + self.table.memory()
    }

    pub(crate) const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The blocks with this weak sum, if there are any.
    pub(crate) fn weak_hit(&self, digest: u32, stats: &mut SearchStats) -> Option<WeakHit> {
        self.table.group(key(self.signature.params().format().weak, digest), stats).map(WeakHit)
    }

    /// Fetches what the look-up of this weak sum will read.
    pub(crate) fn prefetch(&self, digest: u32) {
        self.table.prefetch(key(self.signature.params().format().weak, digest));
    }

    /// The same where it most likely is a block's.
    pub(crate) fn prefetch_known(&self, digest: u32) {
        self.table.prefetch_known(key(self.signature.params().format().weak, digest));
    }

    /// Fetches the strong sum that the window will be compared with, where only one block has its weak sum.
    pub(crate) fn prefetch_strong(&self, hit: WeakHit) {
        if let Some(block) = hit.block() {
            self.signature.prefetch_strong(block);
        }
    }

    /// Whether there are blocks with this weak sum.
    pub(crate) fn knows(&self, digest: u32) -> bool {
        self.weak_hit(digest, &mut SearchStats::default()).is_some()
    }

    /// The lowest of the blocks with this weak sum that has this strong sum too.
    pub(crate) fn block(&self, hit: WeakHit, strong: &Digest, stats: &mut SearchStats) -> Option<usize> {
        let strong = &strong[..self.signature.params().strong_len().as_usize()];
        self.table.block(&self.signature, hit.0, strong, stats)
    }

    /// Whether block `a` exists and equals block `b`, as far as the signature can tell.
    pub(crate) fn are_equal(&self, a: u64, b: usize) -> bool {
        let Ok(a) = usize::try_from(a) else { return false };
        a < self.signature.block_count() && self.signature.blocks_are_equal(a, b)
    }
}

impl Signature {
    fn key(&self, block: usize) -> u32 {
        key(self.params().format().weak, self.weak_sum(block))
    }

    fn blocks_are_equal(&self, a: usize, b: usize) -> bool {
        self.key(a) == self.key(b) && self.strong_sum(a) == self.strong_sum(b)
    }
}

/// What librsync looks a weak sum up by: a rollsum mixed, and never 0, which shares the key of all ones.
const fn key(kind: WeakKind, digest: u32) -> u32 {
    let key = match kind {
        WeakKind::Rollsum => mix32(digest),
        WeakKind::RabinKarp => digest,
    };
    if key == 0 { u32::MAX } else { key }
}

/// The two weak sums whose key is all ones.
const fn twins(kind: WeakKind) -> [u32; 2] {
    match kind {
        WeakKind::Rollsum => [unmix32(0), unmix32(u32::MAX)],
        WeakKind::RabinKarp => [0, u32::MAX],
    }
}

#[cfg(test)]
mod tests;
