//! How much of the new file may be hashed.

use super::Profile;
use crate::{Signature, WeakKind, Work};

/// How many bytes may still be hashed.
///
/// The new file is cut at fixed places, multiples of `segment_len`, and each segment starts anew, whatever was found
/// before it: two searches that meet at a cut agree on what is left. Inside a segment the allowance grows with the
/// bytes that were passed, so that hostile data at its front cannot use up what its end needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// `None`: no limit.
    per_byte: Option<u64>,
    segment_len: u64,
    segment: u64,
    spent: u64,
}

impl Budget {
    pub(super) fn new(signature: &Signature, profile: Profile, work: Work, segment_len: u64) -> Self {
        Self { per_byte: per_byte(signature, profile, work), segment_len, segment: 0, spent: 0 }
    }

    /// What may be hashed from here on.
    pub(super) fn set_work(&mut self, signature: &Signature, profile: Profile, work: Work) {
        self.per_byte = per_byte(signature, profile, work);
    }

    /// The same, of which nothing is spent.
    pub(super) const fn unspent(self) -> Self {
        Self { segment: 0, spent: 0, ..self }
    }

    /// Where the segment of a position ends.
    pub(super) const fn segment_end(&self, position: u64) -> u64 {
        (position | (self.segment_len - 1)).saturating_add(1)
    }

    /// What the segment of a position has hashed so far.
    pub(super) const fn spent_at(&self, position: u64) -> u64 {
        if position & !(self.segment_len - 1) == self.segment { self.spent } else { 0 }
    }

    /// Counts bytes hashed at a position, when they are counted at all.
    pub(super) const fn spend(&mut self, position: u64, len: u64) {
        if self.per_byte.is_none() {
            return;
        }
        self.spent = self.spent_at(position) + len;
        self.segment = position & !(self.segment_len - 1);
    }

    /// Takes the bytes of a window at a position; `false` when so many are not left.
    pub(super) fn take(&mut self, position: u64, len: u64) -> bool {
        let Some(per_byte) = self.per_byte else { return true };
        if self.spent_at(position).saturating_add(len) > self.allowed(position, len, per_byte) {
            return false;
        }
        self.spend(position, len);
        true
    }

    /// How many bytes may be hashed from the segment's start to the end of a window.
    fn allowed(&self, position: u64, len: u64, per_byte: u64) -> u64 {
        let start = position & !(self.segment_len - 1);
        per_byte.saturating_mul((position - start + len).min(self.segment_len))
    }
}

/// How the new file is cut: a power of two, so that a boundary is found by its bits. In this crate's unit tests segments of short
/// blocks are short, so that there are many to a file.
pub(super) fn segment_len(block_len: u64) -> u64 {
    let (blocks, shortest) = if cfg!(test) && block_len < 100 { (2, 64) } else { (16, 1 << 20) };
    (blocks * block_len).max(shortest).next_power_of_two()
}

/// How many bytes may be hashed for each; `None`: no limit.
fn per_byte(signature: &Signature, profile: Profile, work: Work) -> Option<u64> {
    match (work, profile) {
        (Work::OfProfile, Profile::Compact) => Some(of_chance(signature)),
        (Work::OfProfile, Profile::Librsync232 | Profile::Librsync234) | (Work::Unlimited, _) => None,
        (Work::PerByte(bytes), _) => Some(bytes.into()),
    }
}

/// The budget of [`Profile::Compact`]: 4 and twice what chance makes a delta hash, at most 8 however long a signature says that its
/// basis is. A position has the weak sum of one of `n` blocks by chance in `n` of 2^32 cases, so unlike bytes are hashed (length of
/// the basis / 2^32) times; like ones are hashed once. The halves of a rollsum are sums that lie near each other, so that chance finds
/// them more often: 8 for any length.
fn of_chance(signature: &Signature) -> u64 {
    let params = signature.params();
    let basis_len = (signature.block_count() as u64).saturating_mul(params.block_len().get().into());
    match params.format().weak {
        WeakKind::RabinKarp => (LEAST + (basis_len >> 31)).min(MOST),
        WeakKind::Rollsum => MOST,
    }
}

const LEAST: u64 = 4;
const MOST: u64 = 8;

#[cfg(test)]
mod tests {
    use super::{super::tests, per_byte};
    use crate::{Format, Profile, WeakKind, Work};

    #[test]
    fn what_compact_hashes_hangs_on_how_often_chance_finds_a_weak_sum() {
        let of = |format, gib: usize| {
            let params = tests::params(format, 1 << 30);
            let index = tests::index_of(&params, &vec![0; gib * params.record_len()]);
            let of = |profile, work| per_byte(index.signature(), profile, work);
            assert_eq!(of(Profile::Compact, Work::Unlimited), None);
            assert_eq!(of(Profile::Compact, Work::PerByte(0)), Some(0));
            assert_eq!(of(Profile::Librsync234, Work::OfProfile), None);
            assert_eq!(of(Profile::Librsync232, Work::PerByte(100)), Some(100));
            of(Profile::Compact, Work::OfProfile)
        };
        for format in Format::ALL {
            for (gib, rabin_karp) in [(0, 4), (1, 4), (2, 5), (7, 7), (8, 8), (30, 8)] {
                let per_byte = if format.weak == WeakKind::Rollsum { 8 } else { rabin_karp };
                assert_eq!(of(format, gib), Some(per_byte), "{format:?}, {gib} GiB");
            }
        }
    }
}
