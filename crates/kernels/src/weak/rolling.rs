//! A weak sum that follows a window.

use super::{WeakKind, append_rabin_karp, append_rollsum};
use crate::Isa;

/// What rollsum adds to every byte.
pub(crate) const CHAR_OFFSET: u32 = 31;
/// RabinKarp's multiplier.
pub(crate) const MULT: u32 = 0x0810_4225;
/// `MULT * INVERSE_MULT = 1` modulo 2³².
pub(crate) const INVERSE_MULT: u32 = 0x98f0_09ad;
/// RabinKarp starts from 1; dropping the oldest byte takes this much of that start away with it.
const ADJUST: u32 = MULT - 1;

/// The weak sum of a window of bytes: append at its end, drop at its front, or both at once.
///
/// ```
/// use rollsync_kernels::{Isa, weak::{RollingSum, WeakKind}};
/// let mut window = RollingSum::new(WeakKind::RabinKarp);
/// window.update(Isa::detect(), b"abcd");
/// window.rotate(b'a', b'e');
/// assert_eq!(window.digest(), 0x56e2_cfcf);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollingSum {
    kind: WeakKind,
    len: usize,
    /// s1 of rollsum (modulo 2³², of which 16 bits count); the hash of RabinKarp.
    low: u32,
    /// s2 of rollsum; `MULT` to the power `len` of RabinKarp.
    high: u32,
}

impl RollingSum {
    /// The sum of the empty window.
    #[must_use]
    pub const fn new(kind: WeakKind) -> Self {
        match kind {
            WeakKind::Rollsum => Self { kind, len: 0, low: 0, high: 0 },
            WeakKind::RabinKarp => Self { kind, len: 0, low: 1, high: 1 },
        }
    }

    /// The sum of a window of `len` bytes whose digest is known.
    #[must_use]
    pub const fn from_digest(kind: WeakKind, digest: u32, len: usize) -> Self {
        match kind {
            WeakKind::Rollsum => Self { kind, len, low: digest & 0xffff, high: digest >> 16 },
            WeakKind::RabinKarp => Self { kind, len, low: digest, high: power(len) },
        }
    }

    /// Makes the window empty.
    pub const fn clear(&mut self) {
        *self = Self::new(self.kind);
    }

    /// Which sum this is.
    #[must_use]
    pub const fn kind(&self) -> WeakKind {
        self.kind
    }

    /// The window's length in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a window, not a collection")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The sum as it stands in a signature.
    #[must_use]
    pub const fn digest(&self) -> u32 {
        match self.kind {
            WeakKind::Rollsum => self.high << 16 | self.low & 0xffff,
            WeakKind::RabinKarp => self.low,
        }
    }

    /// Appends `bytes` at the end.
    pub fn update(&mut self, isa: Isa, bytes: &[u8]) {
        match self.kind {
            WeakKind::Rollsum => (self.low, self.high) = append_rollsum(isa, self.low, self.high, bytes),
            WeakKind::RabinKarp => {
                self.low = append_rabin_karp(isa, self.low, bytes);
                self.high = self.high.wrapping_mul(power(bytes.len()));
            }
        }
        self.len = self.len.wrapping_add(bytes.len());
    }

    /// Appends one byte at the end.
    pub const fn roll_in(&mut self, byte: u8) {
        match self.kind {
            WeakKind::Rollsum => {
                self.low = self.low.wrapping_add(byte as u32 + CHAR_OFFSET);
                self.high = self.high.wrapping_add(self.low);
            }
            WeakKind::RabinKarp => {
                self.low = self.low.wrapping_mul(MULT).wrapping_add(byte as u32);
                self.high = self.high.wrapping_mul(MULT);
            }
        }
        self.len = self.len.wrapping_add(1);
    }

    /// Drops `out`, the oldest byte, and appends `byte`.
    #[inline]
    pub const fn rotate(&mut self, out: u8, byte: u8) {
        match self.kind {
            WeakKind::Rollsum => {
                self.low = self.low.wrapping_add(byte as u32).wrapping_sub(out as u32);
                self.high = self.high.wrapping_add(self.low).wrapping_sub(self.weighted(out));
            }
            WeakKind::RabinKarp => {
                let gone = self.high.wrapping_mul((out as u32).wrapping_add(ADJUST));
                self.low = self.low.wrapping_mul(MULT).wrapping_add(byte as u32).wrapping_sub(gone);
            }
        }
    }

    /// Drops `out`, the oldest byte. Does nothing to an empty window.
    pub const fn roll_out(&mut self, out: u8) {
        let Some(shorter) = self.len.checked_sub(1) else { return };
        match self.kind {
            WeakKind::Rollsum => {
                self.high = self.high.wrapping_sub(self.weighted(out));
                self.low = self.low.wrapping_sub(out as u32 + CHAR_OFFSET);
            }
            WeakKind::RabinKarp => {
                self.high = self.high.wrapping_mul(INVERSE_MULT);
                let gone = self.high.wrapping_mul((out as u32).wrapping_add(ADJUST));
                self.low = self.low.wrapping_sub(gone);
            }
        }
        self.len = shorter;
    }

    /// The same window length with another digest.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    pub(crate) const fn set_digest(&mut self, digest: u32) {
        match self.kind {
            WeakKind::Rollsum => (self.low, self.high) = (digest & 0xffff, digest >> 16),
            WeakKind::RabinKarp => self.low = digest,
        }
    }

    /// What the oldest byte is multiplied with when it is dropped: `MULT` to the power of the length for RabinKarp,
    /// the length for rollsum.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    #[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
    pub(crate) const fn outgoing_factor(&self) -> u32 {
        match self.kind {
            WeakKind::Rollsum => self.len as u32,
            WeakKind::RabinKarp => self.high,
        }
    }

    /// What `out` at the front of the window contributes to s2.
    #[expect(clippy::cast_possible_truncation, reason = "rollsum counts modulo 2^16")]
    const fn weighted(&self, out: u8) -> u32 {
        (self.len as u32).wrapping_mul(out as u32 + CHAR_OFFSET)
    }
}

/// `MULT` to the power `n`, modulo 2³².
pub(crate) const fn power(mut n: usize) -> u32 {
    let (mut result, mut square) = (1_u32, MULT);
    while n > 0 {
        if n & 1 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        n >>= 1;
    }
    result
}
