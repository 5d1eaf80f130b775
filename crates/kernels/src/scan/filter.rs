//! A small table that says of most unknown weak sums that they are unknown.

use crate::weak::{CHAR_OFFSET, WeakKind, power};
use alloc::{collections::TryReserveError, vec::Vec};

/// Spreads a rollsum's bits over the whole word; odd, so nothing is lost. RabinKarp's are spread already.
pub(super) const SPREAD: u32 = 0x9e37_79b1;
/// `SPREAD * UNSPREAD = 1` modulo 2³².
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
const UNSPREAD: u32 = 0x0e8b_2f51;

/// A set of weak sums that may answer "perhaps" for one that is not in it, never "no" for one that is.
///
/// Three bits a sum, all in one 32-bit word: one load a look-up. With 20 or more bits a sum, less than 1 % of unknown sums
/// pass.
///
/// It keeps sums *bare*, without what their window's length alone puts into them (RabinKarp's `M^n`, rollsum's 31s): that
/// is what rolls with the fewest operations.
#[derive(Clone, Debug)]
pub struct Filter {
    pub(super) words: Vec<u32>,
    /// What is left of a spread sum after this shift is the word's number.
    pub(super) shift: u32,
    pub(super) bare: Bare,
}

/// How a sum of windows of one length is made bare, and a bare one a sum again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bare {
    pub(super) kind: WeakKind,
    /// The sum of a window of zeros.
    zero: u32,
}

impl Bare {
    #[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
    fn new(kind: WeakKind, window_len: usize) -> Self {
        let zero = match kind {
            WeakKind::RabinKarp => power(window_len),
            WeakKind::Rollsum => {
                let n = window_len as u64;
                let triangle = u128::from(n) * u128::from(n + 1) / 2;
                let (s1, s2) = (n as u32, triangle as u32);
                s2.wrapping_mul(CHAR_OFFSET) << 16 | s1.wrapping_mul(CHAR_OFFSET) & 0xffff
            }
        };
        Self { kind, zero }
    }

    pub(super) const fn of(self, digest: u32) -> u32 {
        match self.kind {
            WeakKind::RabinKarp => digest.wrapping_sub(self.zero),
            // Each half by itself.
            WeakKind::Rollsum => {
                let high = (digest >> 16).wrapping_sub(self.zero >> 16) << 16;
                high | digest.wrapping_sub(self.zero) & 0xffff
            }
        }
    }

    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    pub(super) const fn digest(self, bare: u32) -> u32 {
        match self.kind {
            WeakKind::RabinKarp => bare.wrapping_add(self.zero),
            WeakKind::Rollsum => {
                let high = (bare >> 16).wrapping_add(self.zero >> 16) << 16;
                high | bare.wrapping_add(self.zero) & 0xffff
            }
        }
    }

    /// What a bare sum is looked up by.
    pub(super) const fn spread(self, bare: u32) -> u32 {
        match self.kind {
            WeakKind::RabinKarp => bare,
            WeakKind::Rollsum => bare.wrapping_mul(SPREAD),
        }
    }

    /// The sum whose bare form is looked up by `spread`.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    pub(super) const fn digest_of_spread(self, spread: u32) -> u32 {
        self.digest(match self.kind {
            WeakKind::RabinKarp => spread,
            WeakKind::Rollsum => spread.wrapping_mul(UNSPREAD),
        })
    }
}

impl Filter {
    /// How many bytes a filter for `len` sums takes: the power of two that gives 20 to 40 bits a sum, and at least 16 KiB, or
    /// 32 KiB from 2048 sums on.
    #[must_use]
    pub const fn size_for(len: usize) -> usize {
        4 * words_for(len)
    }

    /// An empty filter with room for `len` sums, above all of windows of `window_len` bytes.
    ///
    /// # Errors
    /// When there is no memory for [`size_for`](Self::size_for) bytes.
    pub fn with_room_for(len: usize, kind: WeakKind, window_len: usize) -> Result<Self, TryReserveError> {
        let count = words_for(len);
        let mut words = Vec::new();
        words.try_reserve_exact(count)?;
        words.resize(count, 0);
        Ok(Self { words, shift: 32 - count.trailing_zeros(), bare: Bare::new(kind, window_len) })
    }

    /// Puts a weak sum in.
    pub fn insert(&mut self, digest: u32) {
        let (word, bits) = self.place(self.bare.of(digest));
        self.words[word] |= bits;
    }

    /// Whether the weak sum may have been put in; `false` is certain.
    #[inline]
    #[must_use]
    pub fn may_contain(&self, digest: u32) -> bool {
        let (word, bits) = self.place(self.bare.of(digest));
        self.words[word] & bits == bits
    }

    #[inline]
    const fn place(&self, bare: u32) -> (usize, u32) {
        let spread = self.bare.spread(bare);
        (
            (spread >> self.shift) as usize,
            1 << (spread & 31) | 1 << (spread >> 5 & 31) | 1 << (spread >> 10 & 31),
        )
    }
}

/// The least number of words for `len` sums. Up to 32 KiB a larger filter is looked up as fast, and passes fewer.
const fn min_words(len: usize) -> usize {
    if len < 2048 { 4 << 10 } else { 8 << 10 }
}

/// A power of two, at most 2³¹: the shift in [`Filter::place`] stays above 0.
const fn words_for(len: usize) -> usize {
    let wanted = len / 8 * 5;
    if wanted >= 1 << 31 {
        return 1 << 31;
    }
    let words = (wanted + 1).next_power_of_two();
    if words < min_words(len) { min_words(len) } else { words }
}
