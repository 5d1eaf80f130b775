//! What a signature is made with, and which values librsync recommends.

use crate::{Format, error::ParamError};

/// Bytes a block: 1 to 2³¹ - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockLen(u32);

impl BlockLen {
    /// The longest block that the formats know.
    pub const MAX: Self = Self(0x7fff_ffff);
    /// What is recommended for a basis of unknown length: 2048.
    pub const FOR_UNKNOWN: Self = Self(2048);

    /// A block length.
    ///
    /// # Errors
    /// When `bytes` is 0 or above [`MAX`](Self::MAX).
    pub fn new(bytes: u64) -> Result<Self, ParamError> {
        match u32::try_from(bytes) {
            Ok(len) if (1..=Self::MAX.0).contains(&len) => Ok(Self(len)),
            _ => Err(ParamError::BlockLen { found: bytes }),
        }
    }

    /// What librsync recommends: about the square root of the basis' length, 256 at least, in steps of 128; 2048
    /// when the length is unknown.
    ///
    /// ```
    /// use rollsync_core::BlockLen;
    /// assert_eq!(BlockLen::recommended(Some(1_000_000)).get(), 896);
    /// assert_eq!(BlockLen::recommended(None).get(), 2048);
    /// ```
    #[must_use]
    pub fn recommended(basis_len: Option<u64>) -> Self {
        match basis_len {
            None => Self::FOR_UNKNOWN,
            Some(0..=65_536) => Self(256),
            Some(len) => {
                let root = u32::try_from(len.isqrt()).unwrap_or(u32::MAX);
                Self((root & !127).min(Self::MAX.0))
            }
        }
    }

    /// In bytes.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// In bytes, as the length of something in memory.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        // Every machine that this builds for has 32-bit addresses at least.
        self.0 as usize
    }
}

/// How many leading bytes of a strong sum a record keeps: 1 to 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StrongLen(u8);

impl StrongLen {
    /// A strong length. Whether it suits a format is [`SignatureParams::new`]'s to say.
    ///
    /// # Errors
    /// When `bytes` is 0 or above 32.
    pub fn new(bytes: u64) -> Result<Self, ParamError> {
        match u8::try_from(bytes) {
            Ok(len @ 1..=32) => Ok(Self(len)),
            _ => Err(ParamError::StrongLen { found: bytes, max: 32 }),
        }
    }

    /// The whole digest of a format: 16 or 32.
    #[must_use]
    pub const fn max(format: Format) -> Self {
        match format.strong.digest_len() {
            16 => Self(16),
            _ => Self(32),
        }
    }

    /// The least that librsync recommends, so that an accident stays improbable:
    /// `2 + (log2(basis + 2²⁴) + log2(blocks + 1) + 7) / 8`, and 12 when the basis' length is unknown.
    ///
    /// ```
    /// use rollsync_core::{BlockLen, StrongLen};
    /// let least = StrongLen::min_for(Some(1_000_000), BlockLen::recommended(Some(1_000_000)));
    /// assert_eq!(least.get(), 7);
    /// ```
    #[must_use]
    pub fn min_for(basis_len: Option<u64>, block_len: BlockLen) -> Self {
        let Some(len) = basis_len else { return Self(12) };
        let blocks = len / u64::from(block_len.get());
        let bits = len.saturating_add(1 << 24).ilog2() + blocks.saturating_add(1).ilog2() + 7;
        // At most 2 + (63 + 63 + 7) / 8 = 18.
        Self(u8::try_from(2 + bits / 8).unwrap_or(32))
    }

    /// In bytes.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// In bytes, as the length of something in memory.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// Format, block length and strong length of a signature, known to suit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignatureParams {
    format: Format,
    block_len: BlockLen,
    strong_len: StrongLen,
}

impl SignatureParams {
    /// Parameters as they are given.
    ///
    /// # Errors
    /// When `strong_len` is longer than the format's digest.
    pub fn new(format: Format, block_len: BlockLen, strong_len: StrongLen) -> Result<Self, ParamError> {
        let max = StrongLen::max(format);
        if strong_len > max {
            return Err(ParamError::StrongLen { found: strong_len.0.into(), max: max.0 });
        }
        Ok(Self { format, block_len, strong_len })
    }

    /// The recommended parameters for a basis of `basis_len` bytes (`None`: unknown): the default format, its
    /// recommended block length, whole strong sums.
    #[must_use]
    pub fn recommended(basis_len: Option<u64>) -> Self {
        let format = Format::default();
        Self { format, block_len: BlockLen::recommended(basis_len), strong_len: StrongLen::max(format) }
    }

    /// Which sums.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Bytes a block.
    #[must_use]
    pub const fn block_len(&self) -> BlockLen {
        self.block_len
    }

    /// Strong-sum bytes a record.
    #[must_use]
    pub const fn strong_len(&self) -> StrongLen {
        self.strong_len
    }

    /// Bytes a record: the weak sum's 4 and the strong sum's.
    #[must_use]
    pub const fn record_len(&self) -> usize {
        4 + self.strong_len.as_usize()
    }
}

/// How much of the strong sums a signature shall keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum StrongLenChoice {
    /// All of it.
    #[default]
    Max,
    /// The least that is recommended for the basis' length: [`StrongLen::min_for`].
    Min,
    /// So many bytes, even when that is less than recommended.
    Exactly(StrongLen),
}

/// What a caller asks of a signature: each part given or left to the recommendation (librsync's `rs_sig_args`).
///
/// ```
/// use rollsync_core::{SignatureOptions, StrongLenChoice};
/// let options = SignatureOptions { strong_len: StrongLenChoice::Min, ..Default::default() };
/// let params = options.resolve(Some(1 << 30)).unwrap();
/// assert_eq!((params.block_len().get(), params.strong_len().get()), (32768, 8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct SignatureOptions {
    /// Which sums; RabinKarp and BLAKE2b by default.
    pub format: Format,
    /// Bytes a block; `None`: [`BlockLen::recommended`].
    pub block_len: Option<BlockLen>,
    /// Strong-sum bytes a record.
    pub strong_len: StrongLenChoice,
}

impl SignatureOptions {
    /// The parameters for a basis of `basis_len` bytes (`None`: unknown).
    ///
    /// A strong length below [`StrongLen::min_for`] is granted: warning of it is the caller's part.
    ///
    /// # Errors
    /// When the strong length is longer than the format's digest.
    pub fn resolve(&self, basis_len: Option<u64>) -> Result<SignatureParams, ParamError> {
        let block_len = self.block_len.unwrap_or_else(|| BlockLen::recommended(basis_len));
        let strong_len = match self.strong_len {
            StrongLenChoice::Max => StrongLen::max(self.format),
            StrongLenChoice::Min => StrongLen::min_for(basis_len, block_len),
            StrongLenChoice::Exactly(len) => len,
        };
        SignatureParams::new(self.format, block_len, strong_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_real_librsync_recommends() {
        for (basis_len, block_len, strong_len) in [
            (None, 2048, 12),
            (Some(0), 256, 5),
            (Some(255), 256, 5),
            (Some(256), 256, 6),
            (Some(130_815), 256, 6),
            (Some(130_816), 256, 7),
            (Some(147_455), 256, 7),
            (Some(147_456), 384, 6),
            (Some(1_000_000), 896, 7),
            (Some(1 << 20), 1024, 7),
            (Some(10_000_000), 3072, 7),
            (Some(1 << 24), 4096, 7),
            (Some(100_000_000), 9984, 7),
            (Some(1 << 30), 32_768, 8),
            (Some(1 << 32), 65_536, 8),
            (Some(1 << 40), 1_048_576, 10),
            (Some(1 << 50), 33_554_432, 12),
        ] {
            let options =
                SignatureOptions { strong_len: StrongLenChoice::Min, ..SignatureOptions::default() };
            let params = options.resolve(basis_len).unwrap();
            assert_eq!(
                (params.block_len().get(), params.strong_len().get()),
                (block_len, strong_len),
                "{basis_len:?}"
            );
        }
    }

    #[test]
    fn the_longest_file_has_parameters() {
        assert_eq!(BlockLen::recommended(Some(u64::MAX)), BlockLen::MAX);
        assert_eq!(StrongLen::min_for(Some(u64::MAX), BlockLen(1)).get(), 18);
    }

    #[test]
    fn lengths_out_of_range_are_errors() {
        assert_eq!(BlockLen::new(0), Err(ParamError::BlockLen { found: 0 }));
        assert_eq!(BlockLen::new(1 << 31), Err(ParamError::BlockLen { found: 1 << 31 }));
        assert_eq!(BlockLen::new((1 << 31) - 1), Ok(BlockLen::MAX));
        assert_eq!(StrongLen::new(0), Err(ParamError::StrongLen { found: 0, max: 32 }));
        assert_eq!(StrongLen::new(33), Err(ParamError::StrongLen { found: 33, max: 32 }));
        let long = SignatureParams::new(Format::ROLLSUM_MD4, BlockLen(1), StrongLen(17));
        assert_eq!(long, Err(ParamError::StrongLen { found: 17, max: 16 }));
    }
}
