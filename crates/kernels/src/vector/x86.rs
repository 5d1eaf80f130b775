//! The vectors of x86-64.

use super::{Multiply, Vector};
use core::arch::x86_64::*;

/// Four words, with SSE4.1 or with SSE2 alone.
#[derive(Clone, Copy)]
pub(crate) struct Four<const SSE41: bool>(pub(crate) __m128i);

/// Every x86-64 has it.
pub(crate) type Sse2 = Four<false>;
pub(crate) type Sse41 = Four<true>;

/// Eight words.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(pub(crate) __m256i);

/// The operations that are one instruction on two vectors.
macro_rules! of_two {
    ($($operation:ident = $intrinsic:ident;)*) => {$(
        #[inline(always)]
        fn $operation(self, other: Self) -> Self {
            // SAFETY: a value of this type exists only where there are its instructions.
            unsafe { Self($intrinsic(self.0, other.0)) }
        }
    )*};
}
pub(super) use of_two;

impl<const SSE41: bool> Vector for Four<SSE41> {
    const COUNT: usize = 4;

    of_two! {
        add = _mm_add_epi32;
        and = _mm_and_si128;
        xor = _mm_xor_si128;
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for SSE2.
        unsafe { Self(_mm_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller vouches for SSE2.
        let mut words = [unsafe { Self::splat(0) }; 16];
        for (quarter, words) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let at = at + 16 * quarter;
            let row = |i: usize| {
                let bytes: &[u8; 16] = messages[i][at..].first_chunk().expect("64 bytes are left");
                // SAFETY: SSE2; sixteen bytes are there.
                unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
            };
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

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: SSE2. The counts are constants, so these become shifts by immediates.
        unsafe {
            let (left, right) = (_mm_cvtsi32_si128(BITS), _mm_cvtsi32_si128(32 - BITS));
            Self(_mm_or_si128(_mm_sll_epi32(self.0, left), _mm_srl_epi32(self.0, right)))
        }
    }
}

impl Multiply for Sse41 {
    of_two! {
        sub = _mm_sub_epi32;
        mul = _mm_mullo_epi32;
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words: &[u32; 4] = words.try_into().expect("four lanes");
        // SAFETY: the caller vouches for SSE4.1; sixteen bytes are there.
        unsafe { Self(_mm_loadu_si128(words.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn load_bytes(bytes: &[u8]) -> Self {
        let bytes: &[u8; 16] = bytes.try_into().expect("four lanes");
        // SAFETY: the caller vouches for SSE4.1; sixteen bytes are there.
        unsafe { Self(_mm_loadu_si128(bytes.as_ptr().cast())) }
    }

    #[inline(always)]
    fn bytes(self) -> [Self; 4] {
        // SAFETY: SSE4.1.
        unsafe {
            let low = _mm_set1_epi32(0xff);
            [
                Self(_mm_and_si128(self.0, low)),
                Self(_mm_and_si128(_mm_srli_epi32::<8>(self.0), low)),
                Self(_mm_and_si128(_mm_srli_epi32::<16>(self.0), low)),
                Self(_mm_srli_epi32::<24>(self.0)),
            ]
        }
    }

    #[inline(always)]
    fn prefix_sums(self) -> Self {
        // SAFETY: SSE4.1.
        unsafe {
            let x = _mm_add_epi32(self.0, _mm_slli_si128::<4>(self.0));
            Self(_mm_add_epi32(x, _mm_slli_si128::<8>(x)))
        }
    }

    #[inline(always)]
    fn last(self) -> Self {
        // SAFETY: SSE4.1.
        unsafe { Self(_mm_shuffle_epi32::<0xff>(self.0)) }
    }

    #[inline(always)]
    fn all_bits_in(self, words: Self) -> u32 {
        // SAFETY: SSE4.1. There is no shift by a count of each lane's own, but `1 << n` is a float of exponent n: of 31 the
        // conversion to an integer overflows, to 1 << 31.
        unsafe {
            let (mask, bias) = (_mm_set1_epi32(31 << 23), _mm_set1_epi32(127 << 23));
            let first = _mm_add_epi32(_mm_and_si128(_mm_slli_epi32::<23>(self.0), mask), bias);
            let second = _mm_add_epi32(_mm_and_si128(_mm_slli_epi32::<18>(self.0), mask), bias);
            let third = _mm_add_epi32(_mm_and_si128(_mm_slli_epi32::<13>(self.0), mask), bias);
            let first = _mm_cvttps_epi32(_mm_castsi128_ps(first));
            let second = _mm_cvttps_epi32(_mm_castsi128_ps(second));
            let third = _mm_cvttps_epi32(_mm_castsi128_ps(third));
            let bits = _mm_or_si128(_mm_or_si128(first, second), third);
            let found = _mm_cmpeq_epi32(_mm_and_si128(words.0, bits), bits);
            _mm_movemask_ps(_mm_castsi128_ps(found)).cast_unsigned()
        }
    }
}

impl Vector for Avx2 {
    const COUNT: usize = 8;

    of_two! {
        add = _mm256_add_epi32;
        and = _mm256_and_si256;
        xor = _mm256_xor_si256;
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for AVX2.
        unsafe { Self(_mm256_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller vouches for AVX2.
        let zero = unsafe { Self::splat(0) };
        let mut words = [zero; 16];
        for (half, words) in words.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            // No closure: it would not be inlined before it has the instructions.
            let mut r = [zero.0; 8];
            for (row, message) in r.iter_mut().zip(messages) {
                let bytes: &[u8; 32] = message[at + 32 * half..].first_chunk().expect("64 bytes are left");
                // SAFETY: AVX2; thirty-two bytes are there.
                *row = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
            }
            // SAFETY: AVX2. An 8 by 8 transposition: words of two rows, then of four, then halves.
            *words = unsafe {
                let (a, b) = (_mm256_unpacklo_epi32(r[0], r[1]), _mm256_unpackhi_epi32(r[0], r[1]));
                let (c, d) = (_mm256_unpacklo_epi32(r[2], r[3]), _mm256_unpackhi_epi32(r[2], r[3]));
                let (e, f) = (_mm256_unpacklo_epi32(r[4], r[5]), _mm256_unpackhi_epi32(r[4], r[5]));
                let (g, h) = (_mm256_unpacklo_epi32(r[6], r[7]), _mm256_unpackhi_epi32(r[6], r[7]));
                let (p, q) = (_mm256_unpacklo_epi64(a, c), _mm256_unpackhi_epi64(a, c));
                let (s, t) = (_mm256_unpacklo_epi64(b, d), _mm256_unpackhi_epi64(b, d));
                let (u, v) = (_mm256_unpacklo_epi64(e, g), _mm256_unpackhi_epi64(e, g));
                let (w, x) = (_mm256_unpacklo_epi64(f, h), _mm256_unpackhi_epi64(f, h));
                [
                    Self(_mm256_permute2x128_si256::<0x20>(p, u)),
                    Self(_mm256_permute2x128_si256::<0x20>(q, v)),
                    Self(_mm256_permute2x128_si256::<0x20>(s, w)),
                    Self(_mm256_permute2x128_si256::<0x20>(t, x)),
                    Self(_mm256_permute2x128_si256::<0x31>(p, u)),
                    Self(_mm256_permute2x128_si256::<0x31>(q, v)),
                    Self(_mm256_permute2x128_si256::<0x31>(s, w)),
                    Self(_mm256_permute2x128_si256::<0x31>(t, x)),
                ]
            };
        }
        words
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words: &mut [u32; 8] = words.try_into().expect("eight lanes");
        // SAFETY: AVX2; thirty-two bytes are there.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: AVX2. The counts are constants, so these become shifts by immediates.
        unsafe {
            let (left, right) = (_mm_cvtsi32_si128(BITS), _mm_cvtsi32_si128(32 - BITS));
            Self(_mm256_or_si256(_mm256_sll_epi32(self.0, left), _mm256_srl_epi32(self.0, right)))
        }
    }
}

impl Multiply for Avx2 {
    of_two! {
        sub = _mm256_sub_epi32;
        mul = _mm256_mullo_epi32;
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words: &[u32; 8] = words.try_into().expect("eight lanes");
        // SAFETY: the caller vouches for AVX2; thirty-two bytes are there.
        unsafe { Self(_mm256_loadu_si256(words.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn load_bytes(bytes: &[u8]) -> Self {
        let bytes: &[u8; 32] = bytes.try_into().expect("eight lanes");
        // SAFETY: the caller vouches for AVX2; thirty-two bytes are there.
        unsafe { Self(_mm256_loadu_si256(bytes.as_ptr().cast())) }
    }

    #[inline(always)]
    fn bytes(self) -> [Self; 4] {
        // SAFETY: AVX2.
        unsafe {
            let low = _mm256_set1_epi32(0xff);
            [
                Self(_mm256_and_si256(self.0, low)),
                Self(_mm256_and_si256(_mm256_srli_epi32::<8>(self.0), low)),
                Self(_mm256_and_si256(_mm256_srli_epi32::<16>(self.0), low)),
                Self(_mm256_srli_epi32::<24>(self.0)),
            ]
        }
    }

    #[inline(always)]
    fn prefix_sums(self) -> Self {
        // SAFETY: AVX2. Within each half, and then the low half's sum into the high one.
        unsafe {
            let x = _mm256_add_epi32(self.0, _mm256_slli_si256::<4>(self.0));
            let x = _mm256_add_epi32(x, _mm256_slli_si256::<8>(x));
            let lasts = _mm256_shuffle_epi32::<0xff>(x);
            Self(_mm256_add_epi32(x, _mm256_permute2x128_si256::<0x08>(lasts, lasts)))
        }
    }

    #[inline(always)]
    fn last(self) -> Self {
        // SAFETY: AVX2.
        unsafe { Self(_mm256_permutevar8x32_epi32(self.0, _mm256_set1_epi32(7))) }
    }

    #[inline(always)]
    fn all_bits_in(self, words: Self) -> u32 {
        // SAFETY: AVX2.
        unsafe {
            let low = _mm256_set1_epi32(31);
            let first = _mm256_srlv_epi32(words.0, _mm256_and_si256(self.0, low));
            let second = _mm256_srlv_epi32(words.0, _mm256_and_si256(_mm256_srli_epi32::<5>(self.0), low));
            let third = _mm256_srlv_epi32(words.0, _mm256_and_si256(_mm256_srli_epi32::<10>(self.0), low));
            let all = _mm256_slli_epi32::<31>(_mm256_and_si256(_mm256_and_si256(first, second), third));
            _mm256_movemask_ps(_mm256_castsi256_ps(all)).cast_unsigned()
        }
    }
}
