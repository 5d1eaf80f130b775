use std::fmt;

use crate::{Format, ParamError, Params};

/// Magic or block length argument of [`sig_args`]: the recommended value.
pub const RECOMMENDED: u32 = 0;
/// Strong length argument of [`sig_args`]: the digest's whole length.
pub const STRONG_LEN_MAX: u64 = 0;
/// Strong length argument of [`sig_args`]: the recommended minimum.
pub const STRONG_LEN_MIN: u64 = u64::MAX;

/// Signature parameters for a basis of `fsize` bytes (negative: unknown), as `rs_sig_args` completes them.
///
/// `magic` and `block_len` may be [`RECOMMENDED`], `strong_len` [`STRONG_LEN_MAX`] or [`STRONG_LEN_MIN`].
pub fn sig_args(fsize: i64, magic: u32, block_len: u32, strong_len: u64) -> Result<Advised, SigArgsError> {
    let magic = if magic == RECOMMENDED { 0x7273_0147 } else { magic };
    let Some(format) = Format::from_magic(magic) else { return Err(SigArgsError::BadMagic { magic }) };
    let max_strong = format.strong.max_len() as u64;
    let known_size = u64::try_from(fsize).ok();

    let block_len = match known_size {
        _ if block_len != RECOMMENDED => u64::from(block_len),
        None => 2048,
        Some(size) if size <= 65_536 => 256,
        Some(size) => size.isqrt() & !127,
    };
    let min_strong = match known_size {
        None => 12,
        Some(size) => 2 + (floor_log2(size + (1 << 24)) + floor_log2(size / block_len + 1)).div_ceil(8),
    };

    let mut warning = None;
    let strong_len = match (strong_len, known_size) {
        (STRONG_LEN_MAX, _) => max_strong,
        (STRONG_LEN_MIN, _) => min_strong,
        (given, Some(old_fsize)) if given < min_strong => {
            warning = Some(SigArgsWarning { strong_len: given, min_strong, old_fsize, block_len });
            given
        }
        (given, _) if given > max_strong => return Err(SigArgsError::StrongLen { strong_len: given, magic }),
        (given, _) => given,
    };

    // The original aborts by assertion where the completed values are out of range.
    let block_len = usize::try_from(block_len).map_err(|_| SigArgsError::Range(ParamError::BlockLen))?;
    let strong_len = usize::try_from(strong_len).map_err(|_| SigArgsError::Range(ParamError::StrongLen))?;
    let params = Params::new(format, block_len, strong_len).map_err(SigArgsError::Range)?;
    Ok(Advised { params, warning })
}

fn floor_log2(value: u64) -> u64 {
    u64::from(value.ilog2())
}

/// Completed signature parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advised {
    /// The parameters.
    pub params: Params,
    /// What the user should be told about them.
    pub warning: Option<SigArgsWarning>,
}

/// The strong sum asked for is shorter than recommended. Displays librsync's log line after `Warning: `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigArgsWarning {
    /// The length asked for, in bytes.
    pub strong_len: u64,
    /// The shortest recommended length, in bytes.
    pub min_strong: u64,
    /// Size of the basis in bytes.
    pub old_fsize: u64,
    /// Block length in bytes.
    pub block_len: u64,
}

impl fmt::Display for SigArgsWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { strong_len, min_strong, old_fsize, block_len } = self;
        write!(
            f,
            "(rs_sig_args) strong_len={strong_len} smaller than recommended minimum {min_strong} \
             for old_fsize={old_fsize} with block_len={block_len}"
        )
    }
}

/// Why parameters are refused. Displays librsync's log line after `ERROR: ` where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigArgsError {
    /// The magic is none of the four.
    BadMagic {
        /// The magic.
        magic: u32,
    },
    /// The strong sum is longer than its digest.
    StrongLen {
        /// The length asked for, in bytes.
        strong_len: u64,
        /// The format's magic.
        magic: u32,
    },
    /// A completed value is out of range (the original aborts).
    Range(ParamError),
}

impl SigArgsError {
    /// librsync's result code.
    pub fn code(&self) -> i32 {
        match self {
            SigArgsError::BadMagic { .. } => 104,
            SigArgsError::StrongLen { .. } | SigArgsError::Range(_) => 108,
        }
    }
}

impl fmt::Display for SigArgsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SigArgsError::BadMagic { magic } => write!(f, "(rs_sig_args) invalid magic {magic:#x}"),
            SigArgsError::StrongLen { strong_len, magic } => {
                write!(f, "(rs_sig_args) invalid strong_len={strong_len} for magic={magic:#x}")
            }
            SigArgsError::Range(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SigArgsError {}
