//! Both weak sums of a run of bytes in AVX2.

use super::{
    portable,
    rolling::{CHAR_OFFSET, MULT},
};
use core::arch::x86_64::*;

/// `MULT` to the power `n`.
const fn power(n: u32) -> u32 {
    MULT.wrapping_pow(n)
}

/// What the lanes of a dword vector are multiplied with at the end: the distance of their last byte from the vector's.
const LANE_POWERS: [u32; 8] = [power(28), power(24), power(20), power(16), power(12), power(8), power(4), 1];

/// `hash` after appending `bytes`.
///
/// Each 64 bytes are two vectors of eight dwords. For each vector and each of the four bytes of a dword there is one
/// accumulator of eight lanes: `acc = acc * M^64 + byte`. At the end every byte's accumulator is worth the power of its
/// distance from the end of the 64: eight chains that do not wait for each other, and one multiplication for eight bytes.
#[target_feature(enable = "avx2")]
pub(super) fn rabin_karp(hash: u32, bytes: &[u8]) -> u32 {
    let (steps, rest) = bytes.as_chunks::<64>();
    if steps.is_empty() {
        return portable::rabin_karp(hash, bytes);
    }
    let m64 = splat(power(64));
    let low = splat(0xff);
    let mut sums = [[_mm256_setzero_si256(); 4]; 2];
    for step in steps {
        for (half, sums) in step.as_chunks::<32>().0.iter().zip(&mut sums) {
            let dwords = load(half);
            // Little-endian: the dword's lowest byte comes first.
            let byte = [
                _mm256_and_si256(dwords, low),
                _mm256_and_si256(_mm256_srli_epi32::<8>(dwords), low),
                _mm256_and_si256(_mm256_srli_epi32::<16>(dwords), low),
                _mm256_srli_epi32::<24>(dwords),
            ];
            for (sum, byte) in sums.iter_mut().zip(byte) {
                *sum = _mm256_add_epi32(_mm256_mullo_epi32(*sum, m64), byte);
            }
        }
    }
    // Horner over the four bytes of a dword, then over the halves; then the lanes.
    let m = splat(MULT);
    let horner = |[a, b, c, d]: [__m256i; 4]| {
        let ab = _mm256_add_epi32(_mm256_mullo_epi32(a, m), b);
        let abc = _mm256_add_epi32(_mm256_mullo_epi32(ab, m), c);
        _mm256_add_epi32(_mm256_mullo_epi32(abc, m), d)
    };
    let [first, second] = sums;
    let both = _mm256_add_epi32(_mm256_mullo_epi32(horner(first), splat(power(32))), horner(second));
    let weighted = _mm256_mullo_epi32(both, load_words(&LANE_POWERS));
    let sum = lanes(weighted).into_iter().fold(0, u32::wrapping_add);

    // The hash so far, moved on by all of the steps.
    let moved = steps.len() * 64;
    let hash = hash.wrapping_mul(super::rolling::power(moved)).wrapping_add(sum);
    portable::rabin_karp(hash, rest)
}

/// `(s1, s2)` after appending `bytes`, exact modulo 2³².
///
/// In each 32 bytes, byte `i` counts once in s1 and `32 - i` times in s2, and what s1 was before counts 32 times in s2.
#[target_feature(enable = "avx2")]
pub(super) fn rollsum(s1: u32, s2: u32, bytes: &[u8]) -> (u32, u32) {
    let (steps, rest) = bytes.as_chunks::<32>();
    let weights = _mm256_set_epi8(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32,
    );
    let (ones, zero) = (_mm256_set1_epi16(1), _mm256_setzero_si256());
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    for step in steps {
        let bytes = load(step);
        before = _mm256_add_epi32(before, plain);
        plain = _mm256_add_epi32(plain, _mm256_sad_epu8(bytes, zero));
        // At most 255 * 32 + 255 * 31: it fits in 16 bits.
        let pairs = _mm256_maddubs_epi16(bytes, weights);
        weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(pairs, ones));
    }
    let sum = |vector| lanes(vector).into_iter().fold(0, u32::wrapping_add);
    #[expect(clippy::cast_possible_truncation, reason = "counted modulo 2^32")]
    let n = (steps.len() * 32) as u32;
    // n offsets in s1; n + (n - 1) + … + 1 of them in s2.
    let triangle = if n & 1 == 0 { (n / 2).wrapping_mul(n.wrapping_add(1)) } else { n.wrapping_mul(n.div_ceil(2)) };
    let new_s2 = s2
        .wrapping_add(s1.wrapping_mul(n))
        .wrapping_add(sum(before).wrapping_mul(32))
        .wrapping_add(sum(weighted))
        .wrapping_add(triangle.wrapping_mul(CHAR_OFFSET));
    let new_s1 = s1.wrapping_add(sum(plain)).wrapping_add(n.wrapping_mul(CHAR_OFFSET));
    portable::rollsum(new_s1, new_s2, rest)
}

#[target_feature(enable = "avx2")]
fn splat(word: u32) -> __m256i {
    _mm256_set1_epi32(word.cast_signed())
}

#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: thirty-two bytes are there; they need no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn load_words(words: &[u32; 8]) -> __m256i {
    // SAFETY: thirty-two bytes are there; they need no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn lanes(vector: __m256i) -> [u32; 8] {
    let mut words = [0; 8];
    // SAFETY: there are thirty-two bytes to write; they need no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
    words
}
