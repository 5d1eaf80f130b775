use std::fmt;

use crate::Format;

/// Parameters of a signature, known to be within their ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    format: Format,
    block_len: usize,
    strong_len: usize,
}

impl Params {
    /// Longest block, in bytes: the format reads the field as a signed number.
    pub const MAX_BLOCK_LEN: usize = 0x7fff_ffff;

    /// Parameters as given: a block length of 1 to [`Params::MAX_BLOCK_LEN`] bytes and a strong sum of 1 byte to its
    /// digest's length.
    pub fn new(format: Format, block_len: usize, strong_len: usize) -> Result<Params, ParamError> {
        if block_len == 0 || block_len > Self::MAX_BLOCK_LEN {
            return Err(ParamError::BlockLen);
        }
        if strong_len == 0 || strong_len > format.strong.max_len() {
            return Err(ParamError::StrongLen);
        }
        Ok(Params { format, block_len, strong_len })
    }

    /// Kinds of the sums.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Length of a block in bytes.
    pub fn block_len(&self) -> usize {
        self.block_len
    }

    /// Length of a stored strong sum in bytes.
    pub fn strong_len(&self) -> usize {
        self.strong_len
    }
}

/// Which parameter is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamError {
    /// The block length.
    BlockLen,
    /// The strong sum's length.
    StrongLen,
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParamError::BlockLen => "block length out of range",
            ParamError::StrongLen => "strong sum length out of range",
        })
    }
}

impl std::error::Error for ParamError {}
