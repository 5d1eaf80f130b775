//! Both weak sums of a run of bytes in plain Rust, eight bytes a step: the twin that every other
//! implementation must equal.

use super::rolling::{CHAR_OFFSET, MULT};

/// `MULT` to the powers 7, 6, … 0: what the eight bytes of a step are multiplied with.
const STEP: [u32; 8] = {
    let mut powers = [1; 8];
    let mut i = 7;
    while i > 0 {
        powers[i - 1] = MULT.wrapping_mul(powers[i]);
        i -= 1;
    }
    powers
};
const MULT_8: u32 = MULT.wrapping_mul(STEP[0]);

/// `hash` after appending `bytes`: `hash * MULT + byte` for each.
pub(super) fn rabin_karp(mut hash: u32, bytes: &[u8]) -> u32 {
    let (steps, rest) = bytes.as_chunks::<8>();
    for step in steps {
        let mut sum = 0_u32;
        for (&byte, &power) in step.iter().zip(&STEP) {
            sum = sum.wrapping_add(u32::from(byte).wrapping_mul(power));
        }
        hash = hash.wrapping_mul(MULT_8).wrapping_add(sum);
    }
    for &byte in rest {
        hash = hash.wrapping_mul(MULT).wrapping_add(u32::from(byte));
    }
    hash
}

/// `(s1, s2)` after appending `bytes`, exact modulo 2³² and so modulo 2¹⁶.
pub(super) fn rollsum(mut s1: u32, mut s2: u32, bytes: &[u8]) -> (u32, u32) {
    let (steps, rest) = bytes.as_chunks::<8>();
    for step in steps {
        let (mut plain, mut weighted) = (0_u32, 0_u32);
        for (&byte, weight) in step.iter().zip((1..=8).rev()) {
            plain += u32::from(byte);
            weighted += u32::from(byte) * weight;
        }
        // Eight offsets, and 8 + 7 + … + 1 = 36 of them weighted.
        s2 = s2.wrapping_add(s1.wrapping_mul(8)).wrapping_add(weighted + 36 * CHAR_OFFSET);
        s1 = s1.wrapping_add(plain + 8 * CHAR_OFFSET);
    }
    for &byte in rest {
        s1 = s1.wrapping_add(u32::from(byte) + CHAR_OFFSET);
        s2 = s2.wrapping_add(s1);
    }
    (s1, s2)
}
