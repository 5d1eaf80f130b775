//! The scan in SSE4.1, 16 positions a step.

use super::{
    Filter, Hits,
    filter::SPREAD,
    lanes::{self, Run},
};
use crate::{
    vector::{Four, Sse41, Vector},
    weak::RollingSum,
};
use core::arch::x86_64::*;

/// As [`portable::scan`](super::portable::scan).
#[target_feature(enable = "sse4.1")]
pub(super) fn scan(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
) {
    // SAFETY: this function is called only where there is SSE4.1.
    unsafe { lanes::scan::<Sse41>(filter, window, outgoing, incoming, start, hits, |run| roll_rollsum(run)) }
}

/// Eight 16-bit lanes at a time, a lane a position.
#[target_feature(enable = "sse4.1")]
#[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
fn roll_rollsum(run: Run<'_>) -> u32 {
    let n = _mm_set1_epi16(run.factor as i16);
    let spread = _mm_set1_epi32(SPREAD.cast_signed());
    let (mut s1, mut s2) = (_mm_set1_epi16(run.bare as i16), _mm_set1_epi16((run.bare >> 16) as i16));
    let bytes = run.out.as_chunks::<8>().0.iter().zip(run.next.as_chunks::<8>().0);
    for ((out, next), sums) in bytes.zip(run.sums.as_chunks_mut::<8>().0) {
        let (out, next) = (_mm_cvtepu8_epi16(load(out)), _mm_cvtepu8_epi16(load(next)));
        let change_1 = _mm_sub_epi16(next, out);
        let sums_1 = prefix_sums(change_1);
        let after_1 = _mm_add_epi16(s1, sums_1);
        let change_2 = _mm_sub_epi16(after_1, _mm_mullo_epi16(n, out));
        let sums_2 = prefix_sums(change_2);
        let after_2 = _mm_add_epi16(s2, sums_2);
        // Before the step, not after it.
        let (at_1, at_2) = (_mm_sub_epi16(after_1, change_1), _mm_sub_epi16(after_2, change_2));
        let low = _mm_mullo_epi32(_mm_unpacklo_epi16(at_1, at_2), spread);
        let high = _mm_mullo_epi32(_mm_unpackhi_epi16(at_1, at_2), spread);
        Four::<true>(low).store(&mut sums[..4]);
        Four::<true>(high).store(&mut sums[4..]);
        s1 = _mm_add_epi16(s1, last(sums_1));
        s2 = _mm_add_epi16(s2, last(sums_2));
    }
    _mm_cvtsi128_si32(_mm_unpacklo_epi16(s1, s2)).cast_unsigned()
}

/// Each lane and all before it.
#[target_feature(enable = "sse4.1")]
fn prefix_sums(x: __m128i) -> __m128i {
    let x = _mm_add_epi16(x, _mm_slli_si128::<2>(x));
    let x = _mm_add_epi16(x, _mm_slli_si128::<4>(x));
    _mm_add_epi16(x, _mm_slli_si128::<8>(x))
}

/// The last lane in all lanes.
#[target_feature(enable = "sse4.1")]
fn last(x: __m128i) -> __m128i {
    _mm_shuffle_epi8(x, _mm_set1_epi16(0x0f0e))
}

#[target_feature(enable = "sse4.1")]
fn load(bytes: &[u8; 8]) -> __m128i {
    // SAFETY: eight bytes are there.
    unsafe { _mm_loadl_epi64(bytes.as_ptr().cast()) }
}
