//! The numbers that begin a file.

use rollsync_kernels::{strong::StrongKind, weak::WeakKind};

/// The first four bytes of every delta, big-endian: `rs\x026`.
pub const DELTA_MAGIC: u32 = 0x7273_0236;

/// One of the four signature formats: which weak and which strong sum its records hold.
///
/// ```
/// use rollsync_core::Format;
/// assert_eq!(Format::default().magic(), 0x72730147);
/// assert_eq!(Format::from_magic(0x72730136), Some(Format::ROLLSUM_MD4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// The weak sum.
    pub weak: WeakKind,
    /// The strong sum.
    pub strong: StrongKind,
}

impl Format {
    /// `72730136`: the only format before librsync 1.0.
    pub const ROLLSUM_MD4: Self = Self { weak: WeakKind::Rollsum, strong: StrongKind::Md4 };
    /// `72730137`: since librsync 1.0.
    pub const ROLLSUM_BLAKE2: Self = Self { weak: WeakKind::Rollsum, strong: StrongKind::Blake2 };
    /// `72730146`: since librsync 2.2.
    pub const RABIN_KARP_MD4: Self = Self { weak: WeakKind::RabinKarp, strong: StrongKind::Md4 };
    /// `72730147`: since librsync 2.2, its default and ours.
    pub const RABIN_KARP_BLAKE2: Self = Self { weak: WeakKind::RabinKarp, strong: StrongKind::Blake2 };

    /// The four formats, oldest first.
    pub const ALL: [Self; 4] =
        [Self::ROLLSUM_MD4, Self::ROLLSUM_BLAKE2, Self::RABIN_KARP_MD4, Self::RABIN_KARP_BLAKE2];

    /// The first four bytes of a signature of this format, as a big-endian number.
    #[must_use]
    pub const fn magic(self) -> u32 {
        match (self.weak, self.strong) {
            (WeakKind::Rollsum, StrongKind::Md4) => 0x7273_0136,
            (WeakKind::Rollsum, StrongKind::Blake2) => 0x7273_0137,
            (WeakKind::RabinKarp, StrongKind::Md4) => 0x7273_0146,
            (WeakKind::RabinKarp, StrongKind::Blake2) => 0x7273_0147,
        }
    }

    /// The format that begins with `magic`, if there is one.
    #[must_use]
    pub fn from_magic(magic: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.magic() == magic)
    }
}

impl Default for Format {
    fn default() -> Self {
        Self::RABIN_KARP_BLAKE2
    }
}
