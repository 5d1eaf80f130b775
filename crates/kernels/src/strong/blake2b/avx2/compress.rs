//! BLAKE2b's compression (RFC 7693, 3.2), by hand.
//!
//! The state takes all sixteen registers, and turning a word by 63 bits, without an instruction for it, another one. A compiler
//! moves words of the state in and out where others wait for them. Here it is one word alone, `v11`, while none needs it: from where
//! it has been added to `b` until `d` is added to it again, which finds it in memory.
//!
//! One round's instructions serve all twelve. Written out twelve times they take more than half of what a Zen 3 keeps decoded, and
//! the other half may be another's, who shares the core.

use super::{
    super::blocks::{BLOCK, IV, START},
    LANES,
};
use core::arch::{asm, x86_64::*};

/// Four messages' state, and what compressing a block of each works with: lane `i` of each vector is message `i`'s.
#[repr(C)]
pub(super) struct Compression {
    /// The words of the block.
    words: [__m256i; 16],
    /// Where `v11` stands while its register is in use.
    spare: __m256i,
    /// Where the bytes of words come from that are turned by 24 bits, and by 16.
    turns: [__m256i; 2],
    /// The second half of what the rounds begin with.
    second: [__m256i; 8],
    pub(super) state: [__m256i; 8],
}

// The instructions below name the places.
const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(Compression, words) == 0 && offset_of!(Compression, spare) == 512);
    assert!(offset_of!(Compression, turns) == 544 && offset_of!(Compression, second) == 608);
    assert!(offset_of!(Compression, state) == 864);
};

/// Where the words of each round stand: vectors of 32 bytes.
static ORDER: [[u16; 16]; 12] = {
    macro_rules! offsets {
        ($([$($word:literal)*])*) => { [$([$(32 * $word),*]),*] };
    }
    schedule!(offsets)
};

/// Words of the state and of its second half, `$v`, before the rounds.
macro_rules! load {
    ($([$i:literal $v:literal])*) => {
        concat!($(
            "vmovdqa ymm", $i, ", [{set} + 864 + 32 * ", $i, "]\n",
            "vmovdqa ymm", $v, ", [{set} + 608 + 32 * ", $i, "]\n"
        ),*)
    };
}

/// The state afterwards.
macro_rules! store {
    ($([$i:literal $v:literal])*) => {
        concat!($(
            "vpxor ymm", $i, ", ymm", $i, ", ymm", $v, "\n",
            "vpxor ymm", $i, ", ymm", $i, ", [{set} + 864 + 32 * ", $i, "]\n",
            "vmovdqa [{set} + 864 + 32 * ", $i, "], ymm", $i, "\n"
        ),*)
    };
}

/// An instruction for each of four columns or diagonals `[a b c d x]`: four words of the state and one of the message.
macro_rules! step {
    ((a += message) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($(
            "movzx {word:e}, word ptr [{order} + 2 * ", $x, "]\n",
            "vpaddq ymm", $a, ", ymm", $a, ", [{set} + {word}]\n"
        ),*)
    };
    ((a += b) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq ymm", $a, ", ymm", $a, ", ymm", $b, "\n"),*)
    };
    ((c += d) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpaddq ymm", $c, ", ymm", $c, ", ymm", $d, "\n"),*)
    };
    ((d ^= a) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxor ymm", $d, ", ymm", $d, ", ymm", $a, "\n"),*)
    };
    ((b ^= c) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpxor ymm", $b, ", ymm", $b, ", ymm", $c, "\n"),*)
    };
    ((turn d by 32) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufd ymm", $d, ", ymm", $d, ", 0xb1\n"),*)
    };
    ((turn b by 24) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufb ymm", $b, ", ymm", $b, ", [{set} + 544]\n"),*)
    };
    ((turn d by 16) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($("vpshufb ymm", $d, ", ymm", $d, ", [{set} + 576]\n"),*)
    };
    // In the register of `v11`.
    ((turn b by 63) ($([$a:literal $b:literal $c:literal $d:literal $x:literal])*)) => {
        concat!($(
            "vpaddq ymm11, ymm", $b, ", ymm", $b, "\n",
            "vpsrlq ymm", $b, ", ymm", $b, ", 63\n",
            "vpxor ymm", $b, ", ymm", $b, ", ymm11\n"
        ),*)
    };
}

/// Four mixing steps (RFC 7693, 3.1), of which the first one's `c` is `v11`, in its spare place before and after. `even` and `odd`
/// have the message words at even and at odd places of the round's order.
macro_rules! quads {
    (even [$a:literal $b:literal 11 $d:literal $x:literal] $q1:tt $q2:tt $q3:tt odd $odd:tt) => {
        concat!(
            step!((a += message) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            step!((a += b) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            step!((d ^= a) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            step!((turn d by 32) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            "vpaddq ymm11, ymm", $d, ", [{set} + 512]\n",
            step!((c += d) ($q1 $q2 $q3)),
            step!((b ^= c) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            step!((turn b by 24) ([$a $b 11 $d $x] $q1 $q2 $q3)),
            step!((a += message) $odd),
            step!((a += b) $odd),
            step!((d ^= a) $odd),
            step!((turn d by 16) $odd),
            step!((c += d) $odd),
            "vmovdqa [{set} + 512], ymm11\n",
            step!((b ^= c) $odd),
            step!((turn b by 63) $odd)
        )
    };
}

macro_rules! round {
    () => {
        concat!(
            quads!(even [3 7 11 15 6] [0 4 8 12 0] [1 5 9 13 2] [2 6 10 14 4]
                odd ([3 7 11 15 7] [0 4 8 12 1] [1 5 9 13 3] [2 6 10 14 5])),
            quads!(even [1 6 11 12 10] [0 5 10 15 8] [2 7 8 13 12] [3 4 9 14 14]
                odd ([1 6 11 12 11] [0 5 10 15 9] [2 7 8 13 13] [3 4 9 14 15]))
        )
    };
}

impl Compression {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new() -> Self {
        let zero = _mm256_setzero_si256();
        let twice = |low: u64, high: u64| {
            let (low, high) = (low.cast_signed(), high.cast_signed());
            _mm256_setr_epi64x(low, high, low, high)
        };
        Self {
            words: [zero; 16],
            spare: zero,
            turns: [
                twice(0x0201_0007_0605_0403, 0x0a09_080f_0e0d_0c0b),
                twice(0x0100_0706_0504_0302, 0x0908_0f0e_0d0c_0b0a),
            ],
            second: IV.map(|word| splat(word)),
            state: START.map(|word| splat(word)),
        }
    }

    /// Compresses a block of each message, which ends `counter` bytes behind the message's beginning. `last` is all ones for the
    /// last one, else 0.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn add(&mut self, rows: [&[u8; BLOCK]; LANES], counter: u64, last: u64) {
        self.words = transposed(rows);
        self.second[4] = splat(IV[4] ^ counter);
        self.second[6] = splat(IV[6] ^ last);
        let order = ORDER.as_ptr_range();
        // SAFETY: AVX2 is there. What is read and written is the order, which is read to its end, and this value, at its fields'
        // offsets, and aligned as its vectors are.
        unsafe {
            asm!(
                load!([0 8] [1 9] [2 10] [3 11] [4 12] [5 13] [6 14] [7 15]),
                "vmovdqa [{set} + 512], ymm11",
                "2:",
                round!(),
                "add {order}, 32",
                "cmp {order}, {end}",
                "jb 2b",
                "vmovdqa ymm11, [{set} + 512]",
                store!([0 8] [1 9] [2 10] [3 11] [4 12] [5 13] [6 14] [7 15]),
                set = in(reg) self,
                order = inout(reg) order.start => _,
                end = in(reg) order.end,
                word = out(reg) _,
                out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
                out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
                out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
                out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
                options(nostack)
            );
        }
    }
}

/// The sixteen words of the rows: lane `i` of each is of row `i`.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed([a, b, c, d]: [&[u8; BLOCK]; LANES]) -> [__m256i; 16] {
    let mut words = [_mm256_setzero_si256(); 16];
    let pairs = a.as_chunks().0.iter().zip(b.as_chunks().0).zip(c.as_chunks().0.iter().zip(d.as_chunks().0));
    for ([even, odd], ((a, b), (c, d))) in words.as_chunks_mut().0.iter_mut().zip(pairs) {
        let (ac, bd) = (halves(a, c), halves(b, d));
        *even = _mm256_unpacklo_epi64(ac, bd);
        *odd = _mm256_unpackhi_epi64(ac, bd);
    }
    words
}

#[inline]
#[target_feature(enable = "avx2")]
fn halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    // SAFETY: sixteen bytes can be read of each, at any alignment.
    unsafe { _mm256_loadu2_m128i(high.as_ptr().cast(), low.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u64) -> __m256i {
    _mm256_set1_epi64x(word.cast_signed())
}
