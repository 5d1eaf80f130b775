//! The twelve rounds of BLAKE2b (RFC 7693, 3.2), by hand.
//!
//! A round is four chains of instructions, of which each waits for the one before. On processors whose vectors are 512 bits wide
//! throughout and whose additions take two cycles, four chains are half of what there is room for: a second set of messages
//! fills it. Two states take all 32 registers, so the words of the messages are added from memory. A compiler puts one set
//! behind the other, and moves words in and out.

use super::Words;
use core::arch::asm;

/// Where the second set's message stands behind the first's.
const _: () = assert!(size_of::<Words>() == 1024);

/// An instruction for each of four columns or diagonals `[a b c d x]` of a set: four words of its state and one of its message,
/// which begins `at` bytes behind the first.
macro_rules! step {
    ($set:literal $at:literal (a += message) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {", $set, $a, "}, {", $set, $a, "}, [{messages} + ", $at, " + 64 * ", $x, "]\n"),*)
    };
    ($set:literal $at:literal (a += b) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {", $set, $a, "}, {", $set, $a, "}, {", $set, $b, "}\n"),*)
    };
    ($set:literal $at:literal (c += d) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {", $set, $c, "}, {", $set, $c, "}, {", $set, $d, "}\n"),*)
    };
    ($set:literal $at:literal (d ^= a) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxorq {", $set, $d, "}, {", $set, $d, "}, {", $set, $a, "}\n"),*)
    };
    ($set:literal $at:literal (b ^= c) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxorq {", $set, $b, "}, {", $set, $b, "}, {", $set, $c, "}\n"),*)
    };
    ($set:literal $at:literal (turn d by $bits:literal) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vprorq {", $set, $d, "}, {", $set, $d, "}, ", $bits, "\n"),*)
    };
    ($set:literal $at:literal (turn b by $bits:literal) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vprorq {", $set, $b, "}, {", $set, $b, "}, ", $bits, "\n"),*)
    };
}

/// The same for each set in turn.
macro_rules! each {
    ([$($set:literal at $at:literal)*] $step:tt $quads:tt) => { concat!($(step!($set $at $step $quads)),*) };
}

/// Half of a mixing step (RFC 7693, 3.1).
macro_rules! half {
    ($sets:tt $first:literal $second:literal $quads:tt) => {
        concat!(
            each!($sets (a += message) $quads),
            each!($sets (a += b) $quads),
            each!($sets (d ^= a) $quads),
            each!($sets (turn d by $first) $quads),
            each!($sets (c += d) $quads),
            each!($sets (b ^= c) $quads),
            each!($sets (turn b by $second) $quads)
        )
    };
}

macro_rules! round {
    ($sets:tt $s0:literal $s1:literal $s2:literal $s3:literal $s4:literal $s5:literal $s6:literal $s7:literal
     $s8:literal $s9:literal $s10:literal $s11:literal $s12:literal $s13:literal $s14:literal $s15:literal) => {
        concat!(
            half!($sets 32 24 ([0 4 8 12 $s0] [1 5 9 13 $s2] [2 6 10 14 $s4] [3 7 11 15 $s6])),
            half!($sets 16 63 ([0 4 8 12 $s1] [1 5 9 13 $s3] [2 6 10 14 $s5] [3 7 11 15 $s7])),
            half!($sets 32 24 ([0 5 10 15 $s8] [1 6 11 12 $s10] [2 7 8 13 $s12] [3 4 9 14 $s14])),
            half!($sets 16 63 ([0 5 10 15 $s9] [1 6 11 12 $s11] [2 7 8 13 $s13] [3 4 9 14 $s15]))
        )
    };
}

macro_rules! rounds {
    ($sets:tt $([$($s:literal)*])*) => { concat!($(round!($sets $($s)*)),*) };
}

/// The rounds in a state, with the block of each of eight messages.
#[target_feature(enable = "avx512f")]
pub(super) fn one([v]: &mut [Words; 1], messages: &[Words; 1]) {
    // SAFETY: AVX-512 is there; what is read is the sixteen words of the message.
    unsafe {
        asm!(
            schedule!(rounds ["v" at 0]),
            messages = in(reg) messages,
            v0 = inout(zmm_reg) v[0], v1 = inout(zmm_reg) v[1], v2 = inout(zmm_reg) v[2], v3 = inout(zmm_reg) v[3],
            v4 = inout(zmm_reg) v[4], v5 = inout(zmm_reg) v[5], v6 = inout(zmm_reg) v[6], v7 = inout(zmm_reg) v[7],
            v8 = inout(zmm_reg) v[8], v9 = inout(zmm_reg) v[9], v10 = inout(zmm_reg) v[10], v11 = inout(zmm_reg) v[11],
            v12 = inout(zmm_reg) v[12], v13 = inout(zmm_reg) v[13], v14 = inout(zmm_reg) v[14], v15 = inout(zmm_reg) v[15],
            options(pure, readonly, nostack, preserves_flags)
        );
    }
}

/// The same for two sets of eight messages.
#[target_feature(enable = "avx512f")]
pub(super) fn two([v, w]: &mut [Words; 2], messages: &[Words; 2]) {
    // SAFETY: AVX-512 is there; what is read is the twice sixteen words of the messages, which lie behind one another.
    unsafe {
        asm!(
            schedule!(rounds ["v" at 0 "w" at 1024]),
            messages = in(reg) messages,
            v0 = inout(zmm_reg) v[0], v1 = inout(zmm_reg) v[1], v2 = inout(zmm_reg) v[2], v3 = inout(zmm_reg) v[3],
            v4 = inout(zmm_reg) v[4], v5 = inout(zmm_reg) v[5], v6 = inout(zmm_reg) v[6], v7 = inout(zmm_reg) v[7],
            v8 = inout(zmm_reg) v[8], v9 = inout(zmm_reg) v[9], v10 = inout(zmm_reg) v[10], v11 = inout(zmm_reg) v[11],
            v12 = inout(zmm_reg) v[12], v13 = inout(zmm_reg) v[13], v14 = inout(zmm_reg) v[14], v15 = inout(zmm_reg) v[15],
            w0 = inout(zmm_reg) w[0], w1 = inout(zmm_reg) w[1], w2 = inout(zmm_reg) w[2], w3 = inout(zmm_reg) w[3],
            w4 = inout(zmm_reg) w[4], w5 = inout(zmm_reg) w[5], w6 = inout(zmm_reg) w[6], w7 = inout(zmm_reg) w[7],
            w8 = inout(zmm_reg) w[8], w9 = inout(zmm_reg) w[9], w10 = inout(zmm_reg) w[10], w11 = inout(zmm_reg) w[11],
            w12 = inout(zmm_reg) w[12], w13 = inout(zmm_reg) w[13], w14 = inout(zmm_reg) w[14], w15 = inout(zmm_reg) w[15],
            options(pure, readonly, nostack, preserves_flags)
        );
    }
}
