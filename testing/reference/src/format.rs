/// How the weak sum of a block is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeakKind {
    /// Two 16-bit sums, as in rsync.
    Rollsum,
    /// Polynomial hash modulo 2^32.
    RabinKarp,
}

/// How the strong sum of a block is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StrongKind {
    /// RFC 1320, 16 bytes.
    Md4,
    /// BLAKE2b with digest length 32.
    Blake2,
}

impl StrongKind {
    /// Length of the whole digest in bytes.
    pub fn max_len(self) -> usize {
        match self {
            StrongKind::Md4 => 16,
            StrongKind::Blake2 => 32,
        }
    }
}

/// One of the four signature formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    /// Kind of the weak sums.
    pub weak: WeakKind,
    /// Kind of the strong sums.
    pub strong: StrongKind,
}

impl Format {
    /// Magic `72730136`.
    pub const ROLLSUM_MD4: Format = Format { weak: WeakKind::Rollsum, strong: StrongKind::Md4 };
    /// Magic `72730137`.
    pub const ROLLSUM_BLAKE2: Format = Format { weak: WeakKind::Rollsum, strong: StrongKind::Blake2 };
    /// Magic `72730146`.
    pub const RABINKARP_MD4: Format = Format { weak: WeakKind::RabinKarp, strong: StrongKind::Md4 };
    /// Magic `72730147`, the recommended format.
    pub const RABINKARP_BLAKE2: Format = Format { weak: WeakKind::RabinKarp, strong: StrongKind::Blake2 };
    /// All four, in the order of their magics.
    pub const ALL: [Format; 4] =
        [Self::ROLLSUM_MD4, Self::ROLLSUM_BLAKE2, Self::RABINKARP_MD4, Self::RABINKARP_BLAKE2];

    /// The format that a signature's magic names; `None` for every other number.
    pub fn from_magic(magic: u32) -> Option<Format> {
        Self::ALL.into_iter().find(|format| format.magic() == magic)
    }

    /// The first four bytes of a signature, as a big-endian number.
    pub fn magic(self) -> u32 {
        match (self.weak, self.strong) {
            (WeakKind::Rollsum, StrongKind::Md4) => 0x7273_0136,
            (WeakKind::Rollsum, StrongKind::Blake2) => 0x7273_0137,
            (WeakKind::RabinKarp, StrongKind::Md4) => 0x7273_0146,
            (WeakKind::RabinKarp, StrongKind::Blake2) => 0x7273_0147,
        }
    }
}
