//! The scan in NEON, 16 positions a step.

use super::{
    Filter, Hits,
    filter::SPREAD,
    lanes::{self, Run},
};
use crate::{
    vector::{Neon, Vector},
    weak::RollingSum,
};
use core::arch::aarch64::*;

/// As [`portable::scan`](super::portable::scan).
#[target_feature(enable = "neon")]
pub(super) fn scan(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
) {
    // SAFETY: this function is called only where there is NEON.
    unsafe { lanes::scan::<Neon>(filter, window, outgoing, incoming, start, hits, |run| roll_rollsum(run)) }
}

/// Eight 16-bit lanes at a time, a lane a position.
#[target_feature(enable = "neon")]
#[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
fn roll_rollsum(run: Run<'_>) -> u32 {
    let n = vdupq_n_u16(run.factor as u16);
    let spread = vdupq_n_u32(SPREAD);
    let (mut s1, mut s2) = (vdupq_n_u16(run.bare as u16), vdupq_n_u16((run.bare >> 16) as u16));
    let bytes = run.out.as_chunks::<8>().0.iter().zip(run.next.as_chunks::<8>().0);
    for ((out, next), sums) in bytes.zip(run.sums.as_chunks_mut::<8>().0) {
        let (out, next) = (load(out), load(next));
        let change_1 = vsubq_u16(next, out);
        let sums_1 = prefix_sums(change_1);
        let after_1 = vaddq_u16(s1, sums_1);
        let change_2 = vmlsq_u16(after_1, n, out);
        let sums_2 = prefix_sums(change_2);
        let after_2 = vaddq_u16(s2, sums_2);
        // Before the step, not after it.
        let (at_1, at_2) = (vsubq_u16(after_1, change_1), vsubq_u16(after_2, change_2));
        let words = |at_1, at_2| vorrq_u32(vmovl_u16(at_1), vshll_n_u16::<16>(at_2));
        let (low, high) =
            (words(vget_low_u16(at_1), vget_low_u16(at_2)), words(vget_high_u16(at_1), vget_high_u16(at_2)));
        Neon(vmulq_u32(low, spread)).store(&mut sums[..4]);
        Neon(vmulq_u32(high, spread)).store(&mut sums[4..]);
        s1 = vdupq_laneq_u16::<7>(after_1);
        s2 = vdupq_laneq_u16::<7>(after_2);
    }
    u32::from(vgetq_lane_u16::<0>(s2)) << 16 | u32::from(vgetq_lane_u16::<0>(s1))
}

/// Each lane and all before it.
#[target_feature(enable = "neon")]
fn prefix_sums(x: uint16x8_t) -> uint16x8_t {
    // Zeros move in from the left.
    let zero = vdupq_n_u16(0);
    let x = vaddq_u16(x, vextq_u16::<7>(zero, x));
    let x = vaddq_u16(x, vextq_u16::<6>(zero, x));
    vaddq_u16(x, vextq_u16::<4>(zero, x))
}

/// Eight bytes, each as a 16-bit lane.
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 8]) -> uint16x8_t {
    // SAFETY: eight bytes are there.
    vmovl_u8(unsafe { vld1_u8(bytes.as_ptr()) })
}
