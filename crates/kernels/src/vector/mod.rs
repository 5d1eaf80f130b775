//! Vectors of 32-bit words, so that each algorithm is written once for all instruction sets.
//!
//! A value of a [`Vector`] type proves that the machine has the type's instructions: every first value comes from one
//! of the `unsafe` constructors, whose caller vouches for them. The operations may therefore be safe.
//!
//! All of it is `inline(always)`: it has to end up inside a function with the `target_feature`, or every operation is a
//! call.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pair;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
pub(crate) use pair::Pair;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Four, Sse2, Sse41};

/// What bitwise hashing needs.
pub(crate) trait Vector: Copy {
    /// Words in a vector.
    const COUNT: usize;

    /// The same word in every lane.
    ///
    /// # Safety
    /// The machine must have the instructions of this type.
    unsafe fn splat(word: u32) -> Self;

    /// Sixteen vectors of which lane `i` holds the sixteen little-endian words of the 64 bytes at `at` of `messages[i]`.
    ///
    /// # Safety
    /// The machine must have the instructions of this type.
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16];

    /// Writes the lanes to as many words.
    fn store(self, words: &mut [u32]);

    fn add(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn rotate_left<const BITS: i32>(self) -> Self;

    /// Bit by bit: that of `ones` where `self` has a 1, and that of `zeros` elsewhere.
    #[inline(always)]
    fn choose(self, ones: Self, zeros: Self) -> Self {
        zeros.xor(self.and(ones.xor(zeros)))
    }

    /// Bit by bit: what two of three have at least.
    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        // In MD4 `b ^ c` was the step before's `a ^ b`.
        b.xor(self.xor(b).and(b.xor(c)))
    }

    /// Bit by bit: whether an odd number of three have a 1.
    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }
}

/// What sums over neighbouring bytes need besides: lane `i` stands before lane `i + 1`.
pub(crate) trait Multiply: Vector {
    /// As many words as there are lanes.
    ///
    /// # Safety
    /// The machine must have the instructions of this type.
    unsafe fn load(words: &[u32]) -> Self;

    /// Four bytes a lane, little-endian.
    ///
    /// # Safety
    /// The machine must have the instructions of this type.
    unsafe fn load_bytes(bytes: &[u8]) -> Self;

    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// The four bytes of each lane, lowest first, each as a word.
    fn bytes(self) -> [Self; 4];
    /// Each lane and all before it.
    fn prefix_sums(self) -> Self;
    /// The last lane in all lanes.
    fn last(self) -> Self;
    /// Bit `i` says whether `words` (lane `i`) has the three bits that the lowest three groups of five bits in `self`
    /// (lane `i`) name.
    fn all_bits_in(self, words: Self) -> u32;
}
