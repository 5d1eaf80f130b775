//! BLAKE2b in AVX-512: eight messages, each a 64-bit lane of every vector.
//!
//! State and message take sixteen registers each, which are all that there are, and a rotation is one instruction.

use super::super::Digest;
use crate::vector::Avx512;
use core::arch::x86_64::*;

/// Messages side by side.
pub(super) const LANES: usize = 8;
/// From so many on, eight lanes of which some are idle are faster than `blake2b_simd`, which hashes four of them side by side in
/// AVX2, two in SSE4.1, and three as two and one. Measured: eight cost as much as four, and less than two and one.
pub(super) const WORTH: usize = 3;

const BLOCK: usize = 128;

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];
/// Digest length 32, no key, fanout and depth 1.
const PARAMETERS: u64 = 0x0101_0020;

/// The digests of one to eight messages of one length.
#[target_feature(enable = "avx512f")]
pub(super) fn digests(messages: &[&[u8]], digests: &mut [Digest]) {
    assert_eq!(messages.len(), digests.len(), "one place a message");
    // An idle lane repeats the first message.
    let lanes: [&[u8]; LANES] = core::array::from_fn(|i| messages.get(i).copied().unwrap_or(messages[0]));
    let len = lanes[0].len();
    let mut state = IV.map(|word| splat(word));
    state[0] = _mm512_xor_si512(state[0], splat(PARAMETERS));
    // The last block, which may be all there is, is compressed apart.
    let whole = len.saturating_sub(1) / BLOCK;
    for block in 0..whole {
        let rows =
            lanes.map(|lane| lane[block * BLOCK..].first_chunk::<BLOCK>().expect("messages of one length"));
        compress(&mut state, rows, ((block + 1) * BLOCK) as u64, 0);
    }
    let mut last = [[0; BLOCK]; LANES];
    for (row, lane) in last.iter_mut().zip(lanes) {
        let rest = &lane[whole * BLOCK..];
        row[..rest.len()].copy_from_slice(rest);
    }
    compress(&mut state, last.each_ref(), len as u64, u64::MAX);
    let words = [state[0], state[1], state[2], state[3]].map(|vector| to_words(vector));
    for (lane, digest) in digests.iter_mut().enumerate() {
        for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word[lane].to_le_bytes();
        }
    }
}

/// Half of a mixing step (RFC 7693, 3.1) for four columns or diagonals side by side, so that none waits for itself.
macro_rules! half {
    ($v:ident, $m:ident, $first:literal, $second:literal, $([$a:literal $b:literal $c:literal $d:literal $x:literal])*) => {
        $($v[$a] = _mm512_add_epi64(_mm512_add_epi64($v[$a], $v[$b]), $m[$x]);)*
        $($v[$d] = _mm512_ror_epi64::<$first>(_mm512_xor_si512($v[$d], $v[$a]));)*
        $($v[$c] = _mm512_add_epi64($v[$c], $v[$d]);)*
        $($v[$b] = _mm512_ror_epi64::<$second>(_mm512_xor_si512($v[$b], $v[$c]));)*
    };
}

macro_rules! round {
    ($v:ident, $m:ident, $s0:literal $s1:literal $s2:literal $s3:literal $s4:literal $s5:literal $s6:literal $s7:literal
     $s8:literal $s9:literal $s10:literal $s11:literal $s12:literal $s13:literal $s14:literal $s15:literal) => {
        half!($v, $m, 32, 24, [0 4 8 12 $s0] [1 5 9 13 $s2] [2 6 10 14 $s4] [3 7 11 15 $s6]);
        half!($v, $m, 16, 63, [0 4 8 12 $s1] [1 5 9 13 $s3] [2 6 10 14 $s5] [3 7 11 15 $s7]);
        half!($v, $m, 32, 24, [0 5 10 15 $s8] [1 6 11 12 $s10] [2 7 8 13 $s12] [3 4 9 14 $s14]);
        half!($v, $m, 16, 63, [0 5 10 15 $s9] [1 6 11 12 $s11] [2 7 8 13 $s13] [3 4 9 14 $s15]);
    };
}

/// Compresses a block of each message. `counter` bytes end with it; `last` is all ones for a message's last block.
#[target_feature(enable = "avx512f")]
fn compress(state: &mut [__m512i; 8], rows: [&[u8; BLOCK]; LANES], counter: u64, last: u64) {
    let m = transposed(rows);
    let [h0, h1, h2, h3, h4, h5, h6, h7] = *state;
    let [i0, i1, i2, i3, i4, i5, i6, i7] = IV.map(|word| splat(word));
    let (i4, i6) = (_mm512_xor_si512(i4, splat(counter)), _mm512_xor_si512(i6, splat(last)));
    let mut v = [h0, h1, h2, h3, h4, h5, h6, h7, i0, i1, i2, i3, i4, i5, i6, i7];
    round!(v, m, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    round!(v, m, 14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3);
    round!(v, m, 11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4);
    round!(v, m, 7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8);
    round!(v, m, 9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13);
    round!(v, m, 2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9);
    round!(v, m, 12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11);
    round!(v, m, 13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10);
    round!(v, m, 6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5);
    round!(v, m, 10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0);
    round!(v, m, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    round!(v, m, 14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3);
    for i in 0..8 {
        // Of three words, the sum modulo 2.
        state[i] = _mm512_ternarylogic_epi64::<0x96>(state[i], v[i], v[i + 8]);
    }
}

/// The sixteen words of the rows: lane `i` of each is of row `i`.
#[target_feature(enable = "avx512f")]
fn transposed(rows: [&[u8; BLOCK]; LANES]) -> [__m512i; 16] {
    // SAFETY: AVX-512; so below.
    let low = rows.map(|row| unsafe { Avx512::load(row.first_chunk().expect("64 of 128 bytes")).0 });
    // SAFETY: the same.
    let high = rows.map(|row| unsafe { Avx512::load(row.last_chunk().expect("64 of 128 bytes")).0 });
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (transposed_8(low), transposed_8(high));
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

#[target_feature(enable = "avx512f")]
fn transposed_8(rows: [__m512i; 8]) -> [__m512i; 8] {
    // Pairs of rows, of which each 128 bits hold an even word, and those with an odd one.
    let even: [__m512i; 4] = core::array::from_fn(|i| _mm512_unpacklo_epi64(rows[2 * i], rows[2 * i + 1]));
    let odd: [__m512i; 4] = core::array::from_fn(|i| _mm512_unpackhi_epi64(rows[2 * i], rows[2 * i + 1]));
    let ([a, c, e, g], [b, d, f, h]) = (transposed_4(even), transposed_4(odd));
    [a, b, c, d, e, f, g, h]
}

/// A four by four transposition of 128-bit parts.
#[target_feature(enable = "avx512f")]
fn transposed_4([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab_low, ab_high) = (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0xee>(a, b));
    let (cd_low, cd_high) = (_mm512_shuffle_i64x2::<0x44>(c, d), _mm512_shuffle_i64x2::<0xee>(c, d));
    [
        _mm512_shuffle_i64x2::<0x88>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0xdd>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0x88>(ab_high, cd_high),
        _mm512_shuffle_i64x2::<0xdd>(ab_high, cd_high),
    ]
}

#[target_feature(enable = "avx512f")]
fn splat(word: u64) -> __m512i {
    _mm512_set1_epi64(word.cast_signed())
}

#[target_feature(enable = "avx512f")]
fn to_words(vector: __m512i) -> [u64; 8] {
    let mut words = [0; 8];
    // SAFETY: 64 bytes can be written, at any alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) };
    words
}
