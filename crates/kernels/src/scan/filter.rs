//! A small table that says of most unknown weak sums that they are unknown.

use alloc::{collections::TryReserveError, vec::Vec};

/// Spreads the bits of both sums over the whole word; odd, so nothing is lost. (RabinKarp's bits are spread
/// already, rollsum's are not.)
const SPREAD: u32 = 0x9e37_79b1;
/// Fits the first-level cache beside the data.
const MIN_WORDS: usize = 16 * 1024 / 4;

/// A set of weak sums that may answer "perhaps" for one that is not in it, never "no" for one that is.
///
/// Two bits a sum, both in one 32-bit word: one load a look-up. With 16 or more bits a sum, at most 2 % of unknown
/// sums pass.
#[derive(Clone, Debug)]
pub struct Filter {
    words: Vec<u32>,
    /// What is left of a spread sum after this shift is the word's number.
    shift: u32,
}

impl Filter {
    /// How many bytes a filter for `len` sums takes: the power of two that gives 16 to 32 bits a sum, 16 KiB at least.
    #[must_use]
    pub const fn size_for(len: usize) -> usize {
        4 * words_for(len)
    }

    /// An empty filter with room for `len` sums.
    ///
    /// # Errors
    /// When there is no memory for [`size_for`](Self::size_for) bytes.
    pub fn with_room_for(len: usize) -> Result<Self, TryReserveError> {
        let count = words_for(len);
        let mut words = Vec::new();
        words.try_reserve_exact(count)?;
        words.resize(count, 0);
        Ok(Self { words, shift: 32 - count.trailing_zeros() })
    }

    /// Puts a weak sum in.
    pub fn insert(&mut self, digest: u32) {
        let (word, bits) = self.place(digest);
        self.words[word] |= bits;
    }

    /// Whether the weak sum may have been put in; `false` is certain.
    #[inline]
    #[must_use]
    pub fn may_contain(&self, digest: u32) -> bool {
        let (word, bits) = self.place(digest);
        self.words[word] & bits == bits
    }

    #[inline]
    const fn place(&self, digest: u32) -> (usize, u32) {
        let spread = digest.wrapping_mul(SPREAD);
        ((spread >> self.shift) as usize, 1 << (spread & 31) | 1 << (spread >> 5 & 31))
    }
}

/// A power of two, at most 2³¹: the shift in [`Filter::place`] stays above 0.
const fn words_for(len: usize) -> usize {
    let words = (len / 2).saturating_add(1).next_power_of_two();
    if words < MIN_WORDS {
        MIN_WORDS
    } else if words > 1 << 31 {
        1 << 31
    } else {
        words
    }
}
