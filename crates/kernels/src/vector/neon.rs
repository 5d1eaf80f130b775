//! The vectors of aarch64. Every aarch64 that Rust's standard targets run on has NEON.

use super::{Multiply, Vector};
use core::arch::aarch64::*;

/// Four words.
#[derive(Clone, Copy)]
pub(crate) struct Neon(pub(crate) uint32x4_t);

/// The operations that are one instruction on two vectors.
macro_rules! of_two {
    ($($operation:ident = $intrinsic:ident;)*) => {$(
        #[inline(always)]
        fn $operation(self, other: Self) -> Self {
            // SAFETY: a value of this type exists only where there is NEON.
            unsafe { Self($intrinsic(self.0, other.0)) }
        }
    )*};
}

impl Vector for Neon {
    const COUNT: usize = 4;

    of_two! {
        add = vaddq_u32;
        and = vandq_u32;
        xor = veorq_u32;
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller vouches for NEON.
        unsafe { Self(vdupq_n_u32(word)) }
    }

    #[inline(always)]
    unsafe fn transposed(messages: &[&[u8]], at: usize) -> [Self; 16] {
        // SAFETY: the caller vouches for NEON.
        let mut words = [unsafe { Self::splat(0) }; 16];
        for (quarter, words) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let at = at + 16 * quarter;
            // SAFETY: the caller vouches for NEON.
            let row = |i: usize| unsafe { Self::load_bytes(&messages[i][at..at + 16]).0 };
            let (a, b, c, d) = (row(0), row(1), row(2), row(3));
            // SAFETY: NEON.
            *words = unsafe {
                let pair =
                    |a, b| (vreinterpretq_u64_u32(vtrn1q_u32(a, b)), vreinterpretq_u64_u32(vtrn2q_u32(a, b)));
                let ((even_ab, odd_ab), (even_cd, odd_cd)) = (pair(a, b), pair(c, d));
                [
                    Self(vreinterpretq_u32_u64(vtrn1q_u64(even_ab, even_cd))),
                    Self(vreinterpretq_u32_u64(vtrn1q_u64(odd_ab, odd_cd))),
                    Self(vreinterpretq_u32_u64(vtrn2q_u64(even_ab, even_cd))),
                    Self(vreinterpretq_u32_u64(vtrn2q_u64(odd_ab, odd_cd))),
                ]
            };
        }
        words
    }

    #[inline(always)]
    fn store(self, words: &mut [u32]) {
        let words: &mut [u32; 4] = words.try_into().expect("four lanes");
        // SAFETY: NEON; sixteen bytes are there.
        unsafe { vst1q_u32(words.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: NEON. A shift by less than 0 goes right; the counts are constants, so these become immediates.
        unsafe {
            Self(vorrq_u32(vshlq_u32(self.0, vdupq_n_s32(BITS)), vshlq_u32(self.0, vdupq_n_s32(BITS - 32))))
        }
    }
}

impl Multiply for Neon {
    of_two! {
        sub = vsubq_u32;
        mul = vmulq_u32;
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words: &[u32; 4] = words.try_into().expect("four lanes");
        // SAFETY: the caller vouches for NEON; sixteen bytes are there.
        unsafe { Self(vld1q_u32(words.as_ptr())) }
    }

    #[inline(always)]
    unsafe fn load_bytes(bytes: &[u8]) -> Self {
        let bytes: &[u8; 16] = bytes.try_into().expect("four lanes");
        // SAFETY: the caller vouches for NEON; sixteen bytes are there.
        unsafe {
            let bytes = vld1q_u8(bytes.as_ptr());
            // Where words are big-endian in memory, the lowest byte of a lane is still to be the first one.
            #[cfg(target_endian = "big")]
            let bytes = vrev32q_u8(bytes);
            Self(vreinterpretq_u32_u8(bytes))
        }
    }

    #[inline(always)]
    fn bytes(self) -> [Self; 4] {
        // SAFETY: NEON.
        unsafe {
            let low = vdupq_n_u32(0xff);
            [
                Self(vandq_u32(self.0, low)),
                Self(vandq_u32(vshrq_n_u32::<8>(self.0), low)),
                Self(vandq_u32(vshrq_n_u32::<16>(self.0), low)),
                Self(vshrq_n_u32::<24>(self.0)),
            ]
        }
    }

    #[inline(always)]
    fn prefix_sums(self) -> Self {
        // SAFETY: NEON. Zeros move in from the left.
        unsafe {
            let zero = vdupq_n_u32(0);
            let x = vaddq_u32(self.0, vextq_u32::<3>(zero, self.0));
            Self(vaddq_u32(x, vextq_u32::<2>(zero, x)))
        }
    }

    #[inline(always)]
    fn last(self) -> Self {
        // SAFETY: NEON.
        unsafe { Self(vdupq_laneq_u32::<3>(self.0)) }
    }

    #[inline(always)]
    fn all_bits_in(self, words: Self) -> u32 {
        const WEIGHTS: [u32; 4] = [1, 2, 4, 8];
        // SAFETY: NEON; sixteen bytes of weights are there. A shift by less than 0 goes right.
        unsafe {
            let low = vdupq_n_u32(31);
            let by = |bits| vnegq_s32(vreinterpretq_s32_u32(vandq_u32(bits, low)));
            let first = vshlq_u32(words.0, by(self.0));
            let second = vshlq_u32(words.0, by(vshrq_n_u32::<5>(self.0)));
            let third = vshlq_u32(words.0, by(vshrq_n_u32::<10>(self.0)));
            let all = vandq_u32(vandq_u32(vandq_u32(first, second), third), vdupq_n_u32(1));
            vaddvq_u32(vmulq_u32(all, vld1q_u32(WEIGHTS.as_ptr())))
        }
    }
}
