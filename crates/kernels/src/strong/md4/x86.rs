//! MD4 in the vectors of x86-64: four messages in SSE2, sixteen (two vectors of eight) in AVX2.

use super::lanes::{Lanes, digests};
use core::arch::x86_64::*;

/// The digests of as many messages of one length as SSE2 takes at once.
///
/// # Safety
/// None needed: SSE2 is part of every x86-64.
pub(super) fn digests_sse2(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    // SAFETY: every x86-64 has SSE2.
    unsafe { digests::<Sse2>(messages, put) }
}

/// The digests of sixteen messages of one length.
#[target_feature(enable = "avx2")]
pub(super) fn digests_avx2(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    // SAFETY: this function is called only where there is AVX2.
    unsafe { digests::<Pair>(messages, put) }
}

#[derive(Clone, Copy)]
struct Sse2(__m128i);

impl Lanes for Sse2 {
    const COUNT: usize = 4;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: every x86-64 has SSE2; so below.
        unsafe { Self(_mm_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: SSE2.
        unsafe { Self(_mm_add_epi32(self.0, other.0)) }
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: SSE2.
        unsafe { Self(_mm_and_si128(self.0, other.0)) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: SSE2.
        unsafe { Self(_mm_or_si128(self.0, other.0)) }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: SSE2.
        unsafe { Self(_mm_xor_si128(self.0, other.0)) }
    }

    #[inline(always)]
    fn rotate<const BITS: i32>(self) -> Self {
        // SAFETY: SSE2.
        unsafe {
            let (left, right) = (_mm_cvtsi32_si128(BITS), _mm_cvtsi32_si128(32 - BITS));
            Self(_mm_or_si128(_mm_sll_epi32(self.0, left), _mm_srl_epi32(self.0, right)))
        }
    }

    #[inline(always)]
    unsafe fn words(messages: &[&[u8]], at: usize) -> [Self; 16] {
        let mut words = [Self::zero(); 16];
        for (quarter, words) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let at = at + 16 * quarter;
            let row = |i: usize| load_128(&messages[i][at..]);
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            // SAFETY: SSE2.
            *words = unsafe {
                let (low_ab, high_ab) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
                let (low_cd, high_cd) = (_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
                [
                    Self(_mm_unpacklo_epi64(low_ab, low_cd)),
                    Self(_mm_unpackhi_epi64(low_ab, low_cd)),
                    Self(_mm_unpacklo_epi64(high_ab, high_cd)),
                    Self(_mm_unpackhi_epi64(high_ab, high_cd)),
                ]
            };
        }
        words
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words: &mut [u32; 4] = words.try_into().expect("four lanes");
        // SAFETY: SSE2; sixteen bytes are there.
        unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), self.0) }
    }
}

impl Sse2 {
    #[inline(always)]
    fn zero() -> Self {
        // SAFETY: every x86-64 has SSE2.
        unsafe { Self(_mm_setzero_si128()) }
    }
}

#[inline(always)]
fn load_128(bytes: &[u8]) -> __m128i {
    let bytes: &[u8; 16] = bytes.first_chunk().expect("sixteen bytes are left");
    // SAFETY: every x86-64 has SSE2; sixteen bytes are there.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// Sixteen lanes in two vectors: two chains of dependent steps fill the processor better than one.
#[derive(Clone, Copy)]
struct Pair(__m256i, __m256i);

impl Pair {
    /// # Safety
    /// The machine must have AVX2.
    #[inline(always)]
    unsafe fn eight(messages: &[&[u8]], at: usize) -> [__m256i; 8] {
        // SAFETY: the caller vouches for AVX2; the slice is checked to have thirty-two bytes.
        let row = |i: usize| unsafe {
            let bytes: &[u8; 32] = messages[i][at..].first_chunk().expect("thirty-two bytes are left");
            _mm256_loadu_si256(bytes.as_ptr().cast())
        };
        let r: [__m256i; 8] = core::array::from_fn(row);
        // SAFETY: AVX2. An 8 by 8 transposition of words: pairs of rows, then of pairs, then halves.
        unsafe {
            let (a, b) = (_mm256_unpacklo_epi32(r[0], r[1]), _mm256_unpackhi_epi32(r[0], r[1]));
            let (c, d) = (_mm256_unpacklo_epi32(r[2], r[3]), _mm256_unpackhi_epi32(r[2], r[3]));
            let (e, f) = (_mm256_unpacklo_epi32(r[4], r[5]), _mm256_unpackhi_epi32(r[4], r[5]));
            let (g, h) = (_mm256_unpacklo_epi32(r[6], r[7]), _mm256_unpackhi_epi32(r[6], r[7]));
            let (p, q) = (_mm256_unpacklo_epi64(a, c), _mm256_unpackhi_epi64(a, c));
            let (s, t) = (_mm256_unpacklo_epi64(b, d), _mm256_unpackhi_epi64(b, d));
            let (u, v) = (_mm256_unpacklo_epi64(e, g), _mm256_unpackhi_epi64(e, g));
            let (w, x) = (_mm256_unpacklo_epi64(f, h), _mm256_unpackhi_epi64(f, h));
            [
                _mm256_permute2x128_si256::<0x20>(p, u),
                _mm256_permute2x128_si256::<0x20>(q, v),
                _mm256_permute2x128_si256::<0x20>(s, w),
                _mm256_permute2x128_si256::<0x20>(t, x),
                _mm256_permute2x128_si256::<0x31>(p, u),
                _mm256_permute2x128_si256::<0x31>(q, v),
                _mm256_permute2x128_si256::<0x31>(s, w),
                _mm256_permute2x128_si256::<0x31>(t, x),
            ]
        }
    }
}

impl Lanes for Pair {
    const COUNT: usize = 16;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for AVX2.
        let vector = unsafe { _mm256_set1_epi32(word.cast_signed()) };
        Self(vector, vector)
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: a value of this type exists only where there is AVX2; so below.
        unsafe { Self(_mm256_add_epi32(self.0, other.0), _mm256_add_epi32(self.1, other.1)) }
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: AVX2.
        unsafe { Self(_mm256_and_si256(self.0, other.0), _mm256_and_si256(self.1, other.1)) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: AVX2.
        unsafe { Self(_mm256_or_si256(self.0, other.0), _mm256_or_si256(self.1, other.1)) }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: AVX2.
        unsafe { Self(_mm256_xor_si256(self.0, other.0), _mm256_xor_si256(self.1, other.1)) }
    }

    #[inline(always)]
    fn rotate<const BITS: i32>(self) -> Self {
        // SAFETY: AVX2.
        unsafe {
            let (left, right) = (_mm_cvtsi32_si128(BITS), _mm_cvtsi32_si128(32 - BITS));
            let rotate = |v| _mm256_or_si256(_mm256_sll_epi32(v, left), _mm256_srl_epi32(v, right));
            Self(rotate(self.0), rotate(self.1))
        }
    }

    #[inline(always)]
    unsafe fn words(messages: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller vouches for AVX2.
        let (a, b, c, d) = unsafe {
            let (front, back) = messages.split_at(8);
            (Self::eight(front, at), Self::eight(back, at), Self::eight(front, at + 32), Self::eight(back, at + 32))
        };
        core::array::from_fn(|i| if i < 8 { Self(a[i], b[i]) } else { Self(c[i - 8], d[i - 8]) })
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words: &mut [u32; 16] = words.try_into().expect("sixteen lanes");
        // SAFETY: AVX2; sixty-four bytes are there.
        unsafe {
            _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0);
            _mm256_storeu_si256(words.as_mut_ptr().add(8).cast(), self.1);
        }
    }
}
