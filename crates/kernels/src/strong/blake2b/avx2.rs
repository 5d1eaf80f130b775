//! BLAKE2b in AVX2: four messages, each a 64-bit lane of every vector.

mod mix;

use super::{
    super::Digest,
    blocks::{BLOCK, Blocks, IV, Rows, START},
};
use core::arch::x86_64::*;
use mix::Message;

/// Messages at once.
pub(super) const LANES: usize = 4;
/// From so many on, lanes of which some are idle are faster than `blake2b_simd`, which hashes two side by side in SSE4.1, and
/// three as two and one. Measured: four cost less than two.
pub(super) const WORTH: usize = 2;

/// The digests of one to four messages of one length.
#[target_feature(enable = "avx2")]
pub(super) fn digests(messages: &[&[u8]], digests: &mut [Digest]) {
    assert_eq!(messages.len(), digests.len(), "one place a message");
    let blocks = Blocks::<1, LANES>::of(messages);
    let mut message = Message::new();
    let mut state = START.map(|word| splat(word));
    for block in 0..blocks.whole() {
        compress(&mut state, &mut message, blocks.rows(block));
    }
    compress(&mut state, &mut message, blocks.last_rows());
    let words = [state[0], state[1], state[2], state[3]].map(|vector| to_words(vector));
    for (lane, digest) in digests.iter_mut().enumerate() {
        for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word[lane].to_le_bytes();
        }
    }
}

/// Compresses a block of each message.
#[inline]
#[target_feature(enable = "avx2")]
fn compress(state: &mut [__m256i; 8], message: &mut Message, block: Rows<'_, 1, LANES>) {
    message.words = transposed(block.rows[0]);
    let [h0, h1, h2, h3, h4, h5, h6, h7] = *state;
    let [i0, i1, i2, i3, i4, i5, i6, i7] = IV;
    let (i4, i6) = (i4 ^ block.counter, i6 ^ block.last);
    let [i0, i1, i2, i3, i4, i5, i6, i7] = [i0, i1, i2, i3, i4, i5, i6, i7].map(|word| splat(word));
    let v = mix::rounds([h0, h1, h2, h3, h4, h5, h6, h7, i0, i1, i2, i3, i4, i5, i6, i7], message);
    for i in 0..8 {
        state[i] = _mm256_xor_si256(state[i], _mm256_xor_si256(v[i], v[i + 8]));
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

/// A vector of two halves. A load into both and a choice are faster than an insertion.
#[inline]
#[target_feature(enable = "avx2")]
fn halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    // SAFETY: sixteen bytes can be read of each, at any alignment.
    let (low, high) =
        unsafe { (_mm_loadu_si128(low.as_ptr().cast()), _mm_loadu_si128(high.as_ptr().cast())) };
    _mm256_blend_epi32::<0xf0>(_mm256_castsi128_si256(low), _mm256_broadcastsi128_si256(high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u64) -> __m256i {
    _mm256_set1_epi64x(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn to_words(vector: __m256i) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: 32 bytes can be written, at any alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
    words
}
