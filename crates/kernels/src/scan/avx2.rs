//! The scan in AVX2, 32 positions a step.

use super::{
    Filter, Hits,
    filter::SPREAD,
    lanes::{self, Run},
};
use crate::{
    vector::{Avx2, Vector},
    weak::RollingSum,
};
use core::arch::x86_64::*;

/// As [`portable::scan`](super::portable::scan).
#[target_feature(enable = "avx2,bmi2")]
pub(super) fn scan(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
) {
    // SAFETY: this function is called only where there is AVX2.
    unsafe { lanes::scan::<Avx2>(filter, window, outgoing, incoming, start, hits, |run| roll_rollsum(run)) }
}

/// Sixteen 16-bit lanes at a time, a lane a position.
#[target_feature(enable = "avx2")]
#[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
fn roll_rollsum(run: Run<'_>) -> u32 {
    let n = _mm256_set1_epi16(run.factor as i16);
    let spread = _mm256_set1_epi32(SPREAD.cast_signed());
    let (mut s1, mut s2) = (_mm256_set1_epi16(run.bare as i16), _mm256_set1_epi16((run.bare >> 16) as i16));
    let bytes = run.out.as_chunks::<16>().0.iter().zip(run.next.as_chunks::<16>().0);
    for ((out, next), sums) in bytes.zip(run.sums.as_chunks_mut::<16>().0) {
        let (out, next) = (_mm256_cvtepu8_epi16(load(out)), _mm256_cvtepu8_epi16(load(next)));
        let change_1 = _mm256_sub_epi16(next, out);
        let sums_1 = prefix_sums(change_1);
        let after_1 = _mm256_add_epi16(s1, sums_1);
        let change_2 = _mm256_sub_epi16(after_1, _mm256_mullo_epi16(n, out));
        let sums_2 = prefix_sums(change_2);
        let after_2 = _mm256_add_epi16(s2, sums_2);
        // Before the step, not after it.
        let (at_1, at_2) = (_mm256_sub_epi16(after_1, change_1), _mm256_sub_epi16(after_2, change_2));
        let low = _mm256_mullo_epi32(_mm256_unpacklo_epi16(at_1, at_2), spread);
        let high = _mm256_mullo_epi32(_mm256_unpackhi_epi16(at_1, at_2), spread);
        Avx2(_mm256_permute2x128_si256::<0x20>(low, high)).store(&mut sums[..8]);
        Avx2(_mm256_permute2x128_si256::<0x31>(low, high)).store(&mut sums[8..]);
        s1 = _mm256_add_epi16(s1, last(sums_1));
        s2 = _mm256_add_epi16(s2, last(sums_2));
    }
    _mm256_cvtsi256_si32(_mm256_unpacklo_epi16(s1, s2)).cast_unsigned()
}

/// Each lane and all before it.
#[target_feature(enable = "avx2")]
fn prefix_sums(x: __m256i) -> __m256i {
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<2>(x));
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<4>(x));
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<8>(x));
    let lower = _mm256_permute2x128_si256::<0x08>(x, x);
    _mm256_add_epi16(x, _mm256_shuffle_epi8(lower, _mm256_set1_epi16(0x0f0e)))
}

/// The last lane in all lanes.
#[target_feature(enable = "avx2")]
fn last(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(_mm256_permute2x128_si256::<0x11>(x, x), _mm256_set1_epi16(0x0f0e))
}

#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: sixteen bytes are there.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
