//! BLAKE2b in AVX-512: eight messages, each a 64-bit lane of every vector, or two such sets side by side.

mod mix;

use super::{
    super::Digest,
    blocks::{BLOCK, Blocks, IV, Rows, START},
};
use crate::vector::Avx512;
use core::arch::x86_64::*;

/// Messages of one set.
pub(super) const LANES: usize = 8;
/// Messages of two.
pub(super) const BATCH: usize = 2 * LANES;
/// From so many on, lanes of which some are idle are faster than `blake2b_simd`, which hashes four of them side by side in
/// AVX2, two in SSE4.1, and three as two and one. Measured: eight cost as much as four, and less than two and one.
pub(super) const WORTH: usize = 3;

/// How many of so many messages, sixteen at most, to hash first: one or two behind the first eight are hashed apart, since two
/// sets take as long as twice one where 512 bits are hashed in two halves.
pub(super) const fn together(count: usize) -> usize {
    if count > LANES && count < LANES + WORTH { LANES } else { count }
}

/// The sixteen words of a set's state or message, lane `i` of each being message `i`'s.
type Words = [__m512i; 16];

/// Makes the twelve rounds in the state of each set with its message.
type Rounds<const SETS: usize> = unsafe fn(&mut [Words; SETS], &[Words; SETS]);

/// The digests of one to sixteen messages of one length.
#[target_feature(enable = "avx512f")]
pub(super) fn digests(messages: &[&[u8]], digests: &mut [Digest]) {
    if messages.len() <= LANES {
        digests_of_sets(messages, digests, mix::one);
    } else {
        digests_of_sets(messages, digests, mix::two);
    }
}

/// `rounds` is [`mix::one`] or [`mix::two`].
#[inline]
#[target_feature(enable = "avx512f")]
fn digests_of_sets<const SETS: usize>(messages: &[&[u8]], digests: &mut [Digest], rounds: Rounds<SETS>) {
    assert_eq!(messages.len(), digests.len(), "one place a message");
    let blocks = Blocks::<SETS, LANES>::of(messages);
    let mut states = [START.map(|word| splat(word)); SETS];
    for block in 0..blocks.whole() {
        compress(&mut states, blocks.rows(block), rounds);
    }
    compress(&mut states, blocks.last_rows(), rounds);
    for (state, digests) in states.iter().zip(digests.chunks_mut(LANES)) {
        let words = [state[0], state[1], state[2], state[3]].map(|vector| to_words(vector));
        for (lane, digest) in digests.iter_mut().enumerate() {
            for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words) {
                *bytes = word[lane].to_le_bytes();
            }
        }
    }
}

/// Compresses a block of each message.
#[inline]
#[target_feature(enable = "avx512f")]
fn compress<const SETS: usize>(
    states: &mut [[__m512i; 8]; SETS],
    block: Rows<'_, SETS, LANES>,
    rounds: Rounds<SETS>,
) {
    let messages = block.rows.map(|rows| transposed(rows));
    let [i0, i1, i2, i3, i4, i5, i6, i7] = IV.map(|word| splat(word));
    let (i4, i6) = (_mm512_xor_si512(i4, splat(block.counter)), _mm512_xor_si512(i6, splat(block.last)));
    let mut mixed = states.map(|[h0, h1, h2, h3, h4, h5, h6, h7]| {
        [h0, h1, h2, h3, h4, h5, h6, h7, i0, i1, i2, i3, i4, i5, i6, i7]
    });
    // SAFETY: they need AVX-512, which whoever called this vouches for.
    unsafe { rounds(&mut mixed, &messages) };
    for (state, v) in states.iter_mut().zip(mixed) {
        for i in 0..8 {
            // Of three words, the sum modulo 2.
            state[i] = _mm512_ternarylogic_epi64::<0x96>(state[i], v[i], v[i + 8]);
        }
    }
}

/// The sixteen words of the rows: lane `i` of each is of row `i`.
#[target_feature(enable = "avx512f")]
fn transposed(rows: [&[u8; BLOCK]; LANES]) -> Words {
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
