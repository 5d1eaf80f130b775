//! Weak sums of a run of bytes on x86-64.
//!
//! Rollsum, in steps of one vector:
//!
//! ```text
//! before   += plain
//! plain    += the step's bytes
//! weighted += the step's bytes, each times its distance from the step's end
//! ```

use super::{
    lanes::{self, Rollsum},
    portable,
};
use crate::vector::{Avx2, Four, Multiply, Sse41};
use core::arch::x86_64::*;

/// As [`portable::rabin_karp`].
#[target_feature(enable = "avx2")]
pub(super) fn rabin_karp_avx2(hash: u32, bytes: &[u8]) -> u32 {
    // SAFETY: this function is called only where there is AVX2.
    unsafe { lanes::rabin_karp::<Avx2>(hash, bytes) }
}

/// As [`portable::rabin_karp`].
#[target_feature(enable = "sse4.1")]
pub(super) fn rabin_karp_sse41(hash: u32, bytes: &[u8]) -> u32 {
    // SAFETY: this function is called only where there is SSE4.1.
    unsafe { lanes::rabin_karp::<Sse41>(hash, bytes) }
}

/// As [`portable::rollsum`].
#[target_feature(enable = "avx2")]
pub(super) fn rollsum_avx2(s1: u32, s2: u32, bytes: &[u8]) -> (u32, u32) {
    let (steps, rest) = bytes.as_chunks::<32>();
    let weights = _mm256_set_epi8(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32,
    );
    let (ones, zero) = (_mm256_set1_epi16(1), _mm256_setzero_si256());
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    for step in steps {
        // SAFETY: AVX2.
        let bytes = unsafe { Avx2::load_bytes(step).0 };
        before = _mm256_add_epi32(before, plain);
        plain = _mm256_add_epi32(plain, _mm256_sad_epu8(bytes, zero));
        // At most 255 * 32 + 255 * 31: it fits in 16 bits.
        let pairs = _mm256_maddubs_epi16(bytes, weights);
        weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(pairs, ones));
    }
    let sums = [plain, before, weighted].map(|vector| lanes::total(Avx2(vector)));
    let (s1, s2) = Rollsum::of(sums).append_to(s1, s2, 32, steps.len());
    portable::rollsum(s1, s2, rest)
}

/// As [`portable::rollsum`].
#[target_feature(enable = "sse2")]
pub(super) fn rollsum_sse2(s1: u32, s2: u32, bytes: &[u8]) -> (u32, u32) {
    let (steps, rest) = bytes.as_chunks::<16>();
    let weights = (_mm_set_epi16(9, 10, 11, 12, 13, 14, 15, 16), _mm_set_epi16(1, 2, 3, 4, 5, 6, 7, 8));
    let zero = _mm_setzero_si128();
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    for step in steps {
        // SAFETY: sixteen bytes are there.
        let bytes = unsafe { _mm_loadu_si128(step.as_ptr().cast()) };
        before = _mm_add_epi32(before, plain);
        plain = _mm_add_epi32(plain, _mm_sad_epu8(bytes, zero));
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpacklo_epi8(bytes, zero), weights.0));
        weighted = _mm_add_epi32(weighted, _mm_madd_epi16(_mm_unpackhi_epi8(bytes, zero), weights.1));
    }
    let sums = [plain, before, weighted].map(|vector| lanes::total(Four::<false>(vector)));
    let (s1, s2) = Rollsum::of(sums).append_to(s1, s2, 16, steps.len());
    portable::rollsum(s1, s2, rest)
}
