//! How much a job may take.

use crate::error::{LimitError, LimitKind, ResourceError};

/// How many bytes a delta may hash for each byte of the new file, false matches included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Work {
    /// What the profile says. [`Profile::Compact`](crate::Profile::Compact): 4, and 1 more for each 2 GiB of the basis up to
    /// 8; 8 where the weak sums are rollsums. No limit for librsync's, whose deltas are theirs byte for byte.
    #[default]
    OfProfile,
    /// No limit.
    Unlimited,
    /// So many; beyond that, positions are passed over unhashed: the delta stays right and grows.
    PerByte(u32),
}

/// What a job may take of each resource; `None` is no limit. Reaching one is an error, but for
/// [`work`](Self::work).
///
/// ```
/// use rollsync_core::{Limits, PatchJob};
/// let limits = Limits { output: Some(10 << 30), ..Limits::default() };
/// let job = PatchJob::new().with_limits(limits);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Bytes of output.
    pub output: Option<u64>,
    /// Records (blocks) of a signature.
    pub records: Option<u64>,
    /// Bytes of memory that grow with the input: so many each for a signature with its index, and for a delta's
    /// look-ahead. Room to grow counts as taken.
    pub memory: Option<u64>,
    /// Bytes of one literal of a delta that is applied or read.
    pub literal: Option<u64>,
    /// Hashing done by a delta.
    pub work: Work,
}

impl Limits {
    /// No limits, but for the [`work`](Self::work) that the profile says.
    pub const NONE: Self =
        Self { output: None, records: None, memory: None, literal: None, work: Work::OfProfile };

    pub(crate) fn check_output(&self, bytes: u64) -> Result<(), LimitError> {
        check(LimitKind::Output, self.output, bytes)
    }

    pub(crate) fn check_records(&self, records: u64) -> Result<(), LimitError> {
        check(LimitKind::Records, self.records, records)
    }

    pub(crate) fn check_literal(&self, bytes: u64) -> Result<(), LimitError> {
        check(LimitKind::Literal, self.literal, bytes)
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), LimitError> {
        check(LimitKind::Memory, self.memory, bytes)
    }

    /// Whether so many bytes of memory may be taken.
    pub(crate) const fn allows(&self, bytes: usize) -> bool {
        match self.memory {
            Some(memory) => bytes as u64 <= memory,
            None => true,
        }
    }

    /// Makes room in `vec` for `more` places, and for as many again as it has while that is no more than `most`, when
    /// all that it then takes beside `others` bytes is allowed. What it has room for counts, not what it holds.
    pub(crate) fn reserve<T>(
        &self,
        vec: &mut alloc::vec::Vec<T>,
        more: usize,
        most: usize,
        others: u64,
    ) -> Result<(), ResourceError> {
        self.reserve_ahead(vec, more, vec.capacity().saturating_mul(2).min(most), others)
    }

    /// Makes room in `vec` for `more` places, and for `ahead` in all while that is allowed. Otherwise as [`reserve`](Self::reserve).
    pub(crate) fn reserve_ahead<T>(
        &self,
        vec: &mut alloc::vec::Vec<T>,
        more: usize,
        ahead: usize,
        others: u64,
    ) -> Result<(), ResourceError> {
        let needed = vec.len().saturating_add(more);
        if needed <= vec.capacity() {
            return Ok(());
        }
        let size = size_of::<T>() as u64;
        let bytes = (needed as u64).saturating_mul(size);
        self.check_memory(bytes.saturating_add(others))?;
        let allowed = self.memory.map_or(u64::MAX, |memory| memory.saturating_sub(others) / size);
        let ahead = ahead.min(usize::try_from(allowed).unwrap_or(usize::MAX));
        vec.try_reserve_exact(needed.max(ahead) - vec.len()).map_err(|_| ResourceError::Memory { bytes })
    }
}

fn check(kind: LimitKind, limit: Option<u64>, needed: u64) -> Result<(), LimitError> {
    match limit {
        Some(limit) if needed > limit => Err(LimitError { kind, limit, needed }),
        _ => Ok(()),
    }
}
