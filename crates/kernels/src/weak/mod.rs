//! Weak sums: 32 bits over a window of bytes that can be rolled along a file a byte at a time.
//!
//! Two are in use. With `b[0..n]` the window and all arithmetic wrapping:
//!
//! ```text
//! rollsum    s1 = sum of (b[i] + 31)                 mod 2^16
//!            s2 = sum of (n - i) * (b[i] + 31)       mod 2^16
//!            digest = s2 << 16 | s1
//! RabinKarp  digest = M^n + sum of b[i] * M^(n-1-i)  mod 2^32,   M = 0x08104225
//! ```
//!
//! Source: the rsync paper (rollsum, with librsync's offset 31) and librsync 2.2's `RabinKarp`, as its
//! published formats describe them.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod rolling;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use rolling::RollingSum;
pub(crate) use rolling::{CHAR_OFFSET, power};
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) use rolling::{INVERSE_MULT, MULT};

use crate::isa::{Isa, Level};

/// Which weak sum a signature carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WeakKind {
    /// The rsync checksum with librsync's offset; magics `72730136` and `72730137`.
    Rollsum,
    /// A polynomial hash modulo 2³²; magics `72730146` and `72730147`.
    RabinKarp,
}

/// The weak sum of one block.
///
/// ```
/// use rollsync_kernels::{Isa, weak::{self, WeakKind}};
/// assert_eq!(weak::sum(Isa::detect(), WeakKind::RabinKarp, b"abc"), 0x6629_8923);
/// assert_eq!(weak::sum(Isa::detect(), WeakKind::Rollsum, b"abc"), 0x0304_0183);
/// ```
#[must_use]
pub fn sum(isa: Isa, kind: WeakKind, block: &[u8]) -> u32 {
    let mut rolling = RollingSum::new(kind);
    rolling.update(isa, block);
    rolling.digest()
}

/// The weak sums of the blocks of `data`, each `block_len` bytes but the last, which may be shorter; the
/// `i`-th goes to `sums[i]`.
///
/// # Panics
/// When `block_len` is 0 or `sums` has not one place a block.
pub fn sums(isa: Isa, kind: WeakKind, data: &[u8], block_len: usize, sums: &mut [u32]) {
    assert_eq!(data.len().div_ceil(block_len), sums.len(), "one place a block");
    for (block, place) in data.chunks(block_len).zip(sums) {
        *place = sum(isa, kind, block);
    }
}

/// RabinKarp's `hash` after appending `bytes`.
fn append_rabin_karp(isa: Isa, hash: u32, bytes: &[u8]) -> u32 {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` says that there are AVX2, AVX-512 and VNNI.
        Level::Avx512Vnni => unsafe { avx512::rabin_karp(hash, bytes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` says that there is AVX2.
        Level::Avx2 | Level::Avx512 => unsafe { x86::rabin_karp_avx2(hash, bytes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` says that there is SSE4.1.
        Level::Sse41 => unsafe { x86::rabin_karp_sse41(hash, bytes) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: `isa` says that there is NEON.
        Level::Neon => unsafe { neon::rabin_karp(hash, bytes) },
        _ => portable::rabin_karp(hash, bytes),
    }
}

/// Rollsum's `(s1, s2)` after appending `bytes`.
fn append_rollsum(isa: Isa, s1: u32, s2: u32, bytes: &[u8]) -> (u32, u32) {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` says that there is AVX2.
        Level::Avx2 | Level::Avx512 | Level::Avx512Vnni => unsafe { x86::rollsum_avx2(s1, s2, bytes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `isa` says that there is SSE2.
        Level::Sse2 | Level::Sse41 => unsafe { x86::rollsum_sse2(s1, s2, bytes) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: `isa` says that there is NEON.
        Level::Neon => unsafe { neon::rollsum(s1, s2, bytes) },
        Level::Portable => portable::rollsum(s1, s2, bytes),
    }
}

/// The 32-bit `MurmurHash3` finaliser, through which librsync passes a rollsum before it uses it as a key. A
/// bijection; it reaches no file, only dumps and statistics.
#[must_use]
pub const fn mix32(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}

/// The inverse of [`mix32`].
#[must_use]
pub const fn unmix32(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x7ed1_b41d);
    h ^= h >> 13 ^ h >> 26;
    h = h.wrapping_mul(0xa5cb_9243);
    h ^ h >> 16
}
