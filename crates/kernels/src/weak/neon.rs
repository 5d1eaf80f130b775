//! Weak sums of a run of bytes on aarch64.

use super::{
    lanes::{self, Rollsum},
    portable,
};
use crate::vector::Neon;
use core::arch::aarch64::*;

/// As [`portable::rabin_karp`].
#[target_feature(enable = "neon")]
pub(super) fn rabin_karp(hash: u32, bytes: &[u8]) -> u32 {
    // SAFETY: this function is called only where there is NEON.
    unsafe { lanes::rabin_karp::<Neon>(hash, bytes) }
}

/// The distances from the end of a step.
static WEIGHTS: [u8; 16] = [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/// As [`portable::rollsum`], in steps of one vector:
///
/// ```text
/// before   += plain
/// plain    += the step's bytes
/// weighted += the step's bytes, each times its distance from the step's end
/// ```
#[target_feature(enable = "neon")]
pub(super) fn rollsum(s1: u32, s2: u32, bytes: &[u8]) -> (u32, u32) {
    let (steps, rest) = bytes.as_chunks::<16>();
    // SAFETY: sixteen bytes are there.
    let weights = unsafe { vld1q_u8(WEIGHTS.as_ptr()) };
    let zero = vdupq_n_u32(0);
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    for step in steps {
        // SAFETY: sixteen bytes are there.
        let bytes = unsafe { vld1q_u8(step.as_ptr()) };
        before = vaddq_u32(before, plain);
        plain = vpadalq_u16(plain, vpaddlq_u8(bytes));
        weighted = vpadalq_u16(weighted, vmull_u8(vget_low_u8(bytes), vget_low_u8(weights)));
        weighted = vpadalq_u16(weighted, vmull_high_u8(bytes, weights));
    }
    let sums = [plain, before, weighted].map(|vector| lanes::total(Neon(vector)));
    let (s1, s2) = Rollsum::of(sums).append_to(s1, s2, 16, steps.len());
    portable::rollsum(s1, s2, rest)
}
