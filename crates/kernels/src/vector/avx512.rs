//! The vectors of x86-64 with AVX-512.

use super::{Vector, x86::of_two};
use core::arch::x86_64::*;

/// Sixteen words.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(pub(crate) __m512i);

impl Avx512 {
    /// Sixteen words, little-endian.
    ///
    /// # Safety
    /// The machine must have AVX-512.
    #[inline(always)]
    pub(crate) unsafe fn load(bytes: &[u8; 64]) -> Self {
        // SAFETY: the caller vouches for AVX-512; sixty-four bytes are there.
        unsafe { Self(_mm512_loadu_si512(bytes.as_ptr().cast())) }
    }

    /// Of every bit of three words, what `TABLE` says at the place that the three name, `a`'s bit the highest.
    #[inline(always)]
    fn bits<const TABLE: i32>(a: Self, b: Self, c: Self) -> Self {
        // SAFETY: a value of this type exists only where there are its instructions.
        unsafe { Self(_mm512_ternarylogic_epi32::<TABLE>(a.0, b.0, c.0)) }
    }
}

impl Vector for Avx512 {
    const COUNT: usize = 16;

    of_two! {
        add = _mm512_add_epi32;
        and = _mm512_and_si512;
        xor = _mm512_xor_si512;
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for AVX-512.
        unsafe { Self(_mm512_set1_epi32(word.cast_signed())) }
    }

    #[inline(always)]
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller vouches for AVX-512.
        let zero = unsafe { Self::splat(0) };
        // No closures: they would not be inlined before they have the instructions.
        let mut rows = [zero.0; 16];
        for (row, message) in rows.iter_mut().zip(messages) {
            let bytes = message[at..].first_chunk().expect("64 bytes are left");
            // SAFETY: AVX-512.
            *row = unsafe { Self::load(bytes).0 };
        }
        // Four rows at a time: of `quads[k][q]`, the 128 bits `p` are word `4p + k` of the rows `4q` to `4q + 3`.
        let mut quads = [[zero.0; 4]; 4];
        for (q, [a, b, c, d]) in rows.as_chunks::<4>().0.iter().enumerate() {
            // SAFETY: AVX-512.
            unsafe {
                let (low_ab, high_ab) = (_mm512_unpacklo_epi32(*a, *b), _mm512_unpackhi_epi32(*a, *b));
                let (low_cd, high_cd) = (_mm512_unpacklo_epi32(*c, *d), _mm512_unpackhi_epi32(*c, *d));
                quads[0][q] = _mm512_unpacklo_epi64(low_ab, low_cd);
                quads[1][q] = _mm512_unpackhi_epi64(low_ab, low_cd);
                quads[2][q] = _mm512_unpacklo_epi64(high_ab, high_cd);
                quads[3][q] = _mm512_unpackhi_epi64(high_ab, high_cd);
            }
        }
        let mut words = [zero; 16];
        for (k, [a, b, c, d]) in quads.into_iter().enumerate() {
            // SAFETY: AVX-512. A four by four transposition of 128 bits.
            unsafe {
                let (ab_low, ab_high) =
                    (_mm512_shuffle_i32x4::<0x44>(a, b), _mm512_shuffle_i32x4::<0xee>(a, b));
                let (cd_low, cd_high) =
                    (_mm512_shuffle_i32x4::<0x44>(c, d), _mm512_shuffle_i32x4::<0xee>(c, d));
                words[k] = Self(_mm512_shuffle_i32x4::<0x88>(ab_low, cd_low));
                words[4 + k] = Self(_mm512_shuffle_i32x4::<0xdd>(ab_low, cd_low));
                words[8 + k] = Self(_mm512_shuffle_i32x4::<0x88>(ab_high, cd_high));
                words[12 + k] = Self(_mm512_shuffle_i32x4::<0xdd>(ab_high, cd_high));
            }
        }
        words
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words: &mut [u32; 16] = words.try_into().expect("sixteen lanes");
        // SAFETY: AVX-512; sixty-four bytes are there.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: AVX-512.
        unsafe { Self(_mm512_rol_epi32::<BITS>(self.0)) }
    }

    #[inline(always)]
    fn choose(self, ones: Self, zeros: Self) -> Self {
        Self::bits::<0xca>(self, ones, zeros)
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        Self::bits::<0xe8>(self, b, c)
    }

    #[inline(always)]
    fn parity(self, b: Self, c: Self) -> Self {
        Self::bits::<0x96>(self, b, c)
    }
}
