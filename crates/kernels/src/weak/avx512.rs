//! RabinKarp with AVX-512 and its instructions for byte products (VNNI).
//!
//! `vpdpbusd` adds to each dword of a vector the products of four unsigned bytes with four signed ones. A power of `M` is
//! 32 bits long, so it is written in base 256 with four signed digits, and the bytes are multiplied with one digit at a time:
//!
//! ```text
//! power(p)  = d0 + 2^8 d1 + 2^16 d2 + 2^24 d3          mod 2^32, each d in -128..=127
//! sums[j]   = sum of byte * digit j of its power        over the step
//! step      = sums[0] + 2^8 sums[1] + 2^16 sums[2] + 2^24 sums[3]
//! hash      = hash * power(bytes in a step) + step
//! ```

use super::{lanes, rolling::power, x86};
use crate::vector::Avx512;
use core::arch::x86_64::*;

/// Vectors in a step: with four, what is done once a step weighs little.
const VECTORS: usize = 4;
const STEP: usize = 64 * VECTORS;

/// Digit `j` of what byte `b` of vector `v` of a step is multiplied with, at `[j][v][b]`.
static DIGITS: [[[u8; 64]; VECTORS]; 4] = {
    let mut digits = [[[0; 64]; VECTORS]; 4];
    let mut i = 0;
    while i < STEP {
        let mut left = power(STEP - 1 - i);
        let mut j = 0;
        while j < 4 {
            let digit = left & 0xff;
            digits[j][i / 64][i % 64] = digit as u8;
            // A digit of 128 or more counts for 256 less.
            left = (left >> 8) + (digit >> 7);
            j += 1;
        }
        i += 1;
    }
    digits
};

/// As [`portable::rabin_karp`](super::portable::rabin_karp).
#[target_feature(enable = "avx2,avx512f,avx512vnni")]
pub(super) fn rabin_karp(hash: u32, bytes: &[u8]) -> u32 {
    let (steps, rest) = bytes.as_chunks::<STEP>();
    if steps.is_empty() {
        return x86::rabin_karp_avx2(hash, bytes);
    }
    let zero = _mm512_setzero_si512();
    let mut digits = [[zero; VECTORS]; 4];
    for (vectors, bytes) in digits.as_flattened_mut().iter_mut().zip(DIGITS.as_flattened()) {
        // SAFETY: AVX-512; so below.
        *vectors = unsafe { Avx512::load(bytes).0 };
    }
    let moved = _mm512_set1_epi32(const { power(STEP) }.cast_signed());
    let mut total = zero;
    for step in steps {
        let mut sums = [zero; 4];
        for (v, bytes) in step.as_chunks::<64>().0.iter().enumerate() {
            // SAFETY: the same.
            let bytes = unsafe { Avx512::load(bytes).0 };
            for (sum, digits) in sums.iter_mut().zip(digits) {
                *sum = _mm512_dpbusd_epi32(*sum, bytes, digits[v]);
            }
        }
        let low = _mm512_add_epi32(sums[0], _mm512_slli_epi32::<8>(sums[1]));
        let high = _mm512_add_epi32(_mm512_slli_epi32::<16>(sums[2]), _mm512_slli_epi32::<24>(sums[3]));
        total = _mm512_add_epi32(_mm512_mullo_epi32(total, moved), _mm512_add_epi32(low, high));
    }
    let hash = hash.wrapping_mul(power(STEP * steps.len())).wrapping_add(lanes::total(Avx512(total)));
    x86::rabin_karp_avx2(hash, rest)
}
