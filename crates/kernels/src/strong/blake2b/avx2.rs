//! BLAKE2b in AVX2: four messages, each a 64-bit lane of every vector.

mod compress;

use super::{super::Digest, blocks::Blocks};
use compress::Compression;
use core::arch::x86_64::*;

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
    let mut set = Compression::new();
    for block in 0..blocks.whole() {
        let block = blocks.rows(block);
        set.add(block.rows[0], block.counter, block.last);
    }
    let block = blocks.last_rows();
    set.add(block.rows[0], block.counter, block.last);
    let [a, b, c, d, ..] = set.state;
    let words = [a, b, c, d].map(|vector| to_words(vector));
    for (lane, digest) in digests.iter_mut().enumerate() {
        for (bytes, word) in digest.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word[lane].to_le_bytes();
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn to_words(vector: __m256i) -> [u64; LANES] {
    let mut words = [0; LANES];
    // SAFETY: 32 bytes can be written, at any alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
    words
}
