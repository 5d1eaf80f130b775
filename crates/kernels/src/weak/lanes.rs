//! What the vector forms of the weak sums share.

use super::{
    portable,
    rolling::{CHAR_OFFSET, MULT, power},
};
use crate::vector::{Multiply, Vector};

/// What the eight lanes of a vector are multiplied with at the end: the distance of their last byte from the vector's.
/// Shorter vectors take the last of them.
const LANE_POWERS: [u32; 8] = [power(28), power(24), power(20), power(16), power(12), power(8), power(4), 1];

/// RabinKarp's `hash` after appending `bytes`.
///
/// A step takes two vectors of dwords. For each vector and each of the four bytes of a dword there is one accumulator:
///
/// ```text
/// acc[vector][t] = acc[vector][t] * M^(bytes in a step) + byte t of every dword
/// ```
///
/// At the end every lane of it is worth the power of its distance from the end of the step: eight chains that do not wait
/// for each other, and one multiplication for as many bytes as there are lanes.
///
/// # Safety
/// The machine must have the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn rabin_karp<V: Multiply>(hash: u32, bytes: &[u8]) -> u32 {
    let width = 4 * V::COUNT;
    let steps = bytes.chunks_exact(2 * width);
    let rest = steps.remainder();
    if steps.len() == 0 {
        return portable::rabin_karp(hash, bytes);
    }
    let moved = bytes.len() - rest.len();
    // SAFETY: the caller vouches for the instructions; so below.
    let (zero, m) = unsafe { (V::splat(0), V::splat(MULT)) };
    // SAFETY: the same.
    let (m_width, m_step) =
        unsafe { (V::splat(const { power(4 * V::COUNT) }), V::splat(const { power(8 * V::COUNT) })) };
    let (mut first, mut second) = ([zero; 4], [zero; 4]);
    for step in steps {
        // SAFETY: the same.
        let (a, b) =
            unsafe { (V::load_bytes(&step[..width]).bytes(), V::load_bytes(&step[width..]).bytes()) };
        for t in 0..4 {
            first[t] = first[t].mul(m_step).add(a[t]);
            second[t] = second[t].mul(m_step).add(b[t]);
        }
    }
    // Horner over the two vectors and over the four bytes of a dword; then the lanes.
    let mut sum = zero;
    for (first, second) in first.into_iter().zip(second) {
        sum = sum.mul(m).add(first.mul(m_width).add(second));
    }
    // SAFETY: the same.
    let sum = total(sum.mul(unsafe { V::load(&LANE_POWERS[8 - V::COUNT..]) }));
    let hash = hash.wrapping_mul(power(moved)).wrapping_add(sum);
    portable::rabin_karp(hash, rest)
}

/// The sum of the lanes.
#[inline(always)]
pub(super) fn total<V: Vector>(vector: V) -> u32 {
    let mut words = [0; 16];
    vector.store(&mut words[..V::COUNT]);
    words.into_iter().fold(0, u32::wrapping_add)
}

/// What a rollsum adds up over steps of a fixed width, modulo 2³².
pub(super) struct Rollsum {
    /// The bytes.
    plain: u32,
    /// The bytes before each step.
    before: u32,
    /// The bytes, each times its distance from the end of its step, the last once.
    weighted: u32,
}

impl Rollsum {
    pub(super) const fn of([plain, before, weighted]: [u32; 3]) -> Self {
        Self { plain, before, weighted }
    }

    /// `(s1, s2)` after `steps` of `width` bytes: a byte counts once in s1, and once for itself and each byte behind it
    /// in s2.
    pub(super) const fn append_to(&self, s1: u32, s2: u32, width: u32, steps: usize) -> (u32, u32) {
        #[expect(clippy::cast_possible_truncation, reason = "counted modulo 2^32")]
        let n = (steps as u32).wrapping_mul(width);
        // n offsets in s1; n + (n - 1) + … + 1 of them in s2. The width is even, so n is.
        let triangle = (n / 2).wrapping_mul(n.wrapping_add(1));
        let new_s2 = s2
            .wrapping_add(s1.wrapping_mul(n))
            .wrapping_add(self.before.wrapping_mul(width))
            .wrapping_add(self.weighted)
            .wrapping_add(triangle.wrapping_mul(CHAR_OFFSET));
        (s1.wrapping_add(self.plain).wrapping_add(n.wrapping_mul(CHAR_OFFSET)), new_s2)
    }
}
