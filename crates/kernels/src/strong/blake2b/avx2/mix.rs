//! The twelve rounds of BLAKE2b (RFC 7693, 3.2), by hand.
//!
//! The state takes all sixteen registers, and turning a word by 63 bits, without an instruction for it, another one. A compiler
//! moves words of the state in and out where others wait for them. Here it is one word alone, `v3`, while none needs it: from where
//! it has been added to `d` until the next message word is added to it.

use core::arch::{asm, x86_64::*};

/// What the rounds read besides the state.
#[repr(C)]
pub(super) struct Message {
    /// Lane `i` of each is message `i`'s.
    pub(super) words: [__m256i; 16],
    /// Where `v3` stands while its register is in use.
    spare: __m256i,
    /// The bytes of words that are turned by 24 bits, and by 16.
    turns: [__m256i; 2],
}

// The instructions below name the places.
const _: () = {
    assert!(core::mem::offset_of!(Message, spare) == 512);
    assert!(core::mem::offset_of!(Message, turns) == 544);
};

impl Message {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new() -> Self {
        let zero = _mm256_setzero_si256();
        let turn = |low: u64, high: u64| {
            let (low, high) = (low.cast_signed(), high.cast_signed());
            _mm256_setr_epi64x(low, high, low, high)
        };
        let turns = [
            turn(0x0201_0007_0605_0403, 0x0a09_080f_0e0d_0c0b),
            turn(0x0100_0706_0504_0302, 0x0908_0f0e_0d0c_0b0a),
        ];
        Self { words: [zero; 16], spare: zero, turns }
    }
}

/// An instruction for each of four columns or diagonals `[a b c d x]`: four words of the state and one of the message.
macro_rules! step {
    ((a += message) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {v", $a, "}, {v", $a, "}, [{message} + 32 * ", $x, "]\n"),*)
    };
    ((a += b) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {v", $a, "}, {v", $a, "}, {v", $b, "}\n"),*)
    };
    ((c += d) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq {v", $c, "}, {v", $c, "}, {v", $d, "}\n"),*)
    };
    ((d ^= a) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxor {v", $d, "}, {v", $d, "}, {v", $a, "}\n"),*)
    };
    ((b ^= c) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxor {v", $b, "}, {v", $b, "}, {v", $c, "}\n"),*)
    };
    ((turn d by 32) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufd {v", $d, "}, {v", $d, "}, 0xb1\n"),*)
    };
    ((turn b by 24) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufb {v", $b, "}, {v", $b, "}, [{message} + 544]\n"),*)
    };
    ((turn d by 16) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufb {v", $d, "}, {v", $d, "}, [{message} + 576]\n"),*)
    };
    // In the register of `v3`.
    ((turn b by 63) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($(
            "vpaddq {v3}, {v", $b, "}, {v", $b, "}\n",
            "vpsrlq {v", $b, "}, {v", $b, "}, 63\n",
            "vpxor {v", $b, "}, {v", $b, "}, {v3}\n"
        ),*)
    };
}

/// Four mixing steps (RFC 7693, 3.1), of which the last one's `a` is `v3`, in its spare place before and after. `even` and `odd` have
/// the message words at even and at odd places of the round's order.
macro_rules! quads {
    (even $q0:tt $q1:tt $q2:tt [$a:literal $b:literal $c:literal $d:literal $x:literal] odd $odd:tt) => {
        concat!(
            step!((a += message) ($q0 $q1 $q2)),
            "vmovdqa {v3}, [{message} + 32 * ", $x, "]\n",
            "vpaddq {v3}, {v3}, [{message} + 512]\n",
            step!((a += b) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((d ^= a) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((turn d by 32) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((c += d) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((b ^= c) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((turn b by 24) ($q0 $q1 $q2 [$a $b $c $d $x])),
            step!((a += message) $odd),
            step!((a += b) $odd),
            step!((d ^= a) $odd),
            "vmovdqa [{message} + 512], {v3}\n",
            step!((turn d by 16) $odd),
            step!((c += d) $odd),
            step!((b ^= c) $odd),
            step!((turn b by 63) $odd)
        )
    };
}

macro_rules! round {
    ([] $s0:literal $s1:literal $s2:literal $s3:literal $s4:literal $s5:literal $s6:literal $s7:literal
     $s8:literal $s9:literal $s10:literal $s11:literal $s12:literal $s13:literal $s14:literal $s15:literal) => {
        concat!(
            quads!(even [0 4 8 12 $s0] [1 5 9 13 $s2] [2 6 10 14 $s4] [3 7 11 15 $s6]
                odd ([0 4 8 12 $s1] [1 5 9 13 $s3] [2 6 10 14 $s5] [3 7 11 15 $s7])),
            quads!(even [0 5 10 15 $s8] [1 6 11 12 $s10] [2 7 8 13 $s12] [3 4 9 14 $s14]
                odd ([0 5 10 15 $s9] [1 6 11 12 $s11] [2 7 8 13 $s13] [3 4 9 14 $s15]))
        )
    };
}

/// The state behind the rounds with a block of each of four messages.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn rounds(mut v: [__m256i; 16], message: &mut Message) -> [__m256i; 16] {
    // SAFETY: AVX2 is there; what is read and written is all in the message, at its offsets, and aligned as its vectors are.
    unsafe {
        asm!(
            "vmovdqa [{message} + 512], {v3}",
            rounds!(round []),
            "vmovdqa {v3}, [{message} + 512]",
            message = in(reg) message,
            v0 = inout(ymm_reg) v[0], v1 = inout(ymm_reg) v[1], v2 = inout(ymm_reg) v[2], v3 = inout(ymm_reg) v[3],
            v4 = inout(ymm_reg) v[4], v5 = inout(ymm_reg) v[5], v6 = inout(ymm_reg) v[6], v7 = inout(ymm_reg) v[7],
            v8 = inout(ymm_reg) v[8], v9 = inout(ymm_reg) v[9], v10 = inout(ymm_reg) v[10], v11 = inout(ymm_reg) v[11],
            v12 = inout(ymm_reg) v[12], v13 = inout(ymm_reg) v[13], v14 = inout(ymm_reg) v[14], v15 = inout(ymm_reg) v[15],
            options(nostack, preserves_flags)
        );
    }
    v
}
