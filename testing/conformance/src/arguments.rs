use rollsync::{BlockLen, Format, ParamError, SignatureOptions, StrongLen, StrongLenChoice};

/// What a signature is asked for, in librsync's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureArguments {
    /// Which sums.
    pub format: Format,
    /// Bytes a block; 0 for the recommended length.
    pub block_len: usize,
    /// Strong-sum bytes a record; 0 for all, -1 for the recommended minimum.
    pub strong_len: i64,
}

impl SignatureArguments {
    /// The same for the engine.
    ///
    /// # Errors
    /// When a length is out of range.
    pub fn options(&self) -> Result<SignatureOptions, ParamError> {
        Ok(SignatureOptions {
            format: self.format,
            block_len: match self.block_len {
                0 => None,
                len => Some(BlockLen::new(len as u64)?),
            },
            strong_len: match self.strong_len {
                0 => StrongLenChoice::Max,
                -1 => StrongLenChoice::Min,
                len => StrongLenChoice::Exactly(StrongLen::new(len.cast_unsigned())?),
            },
        })
    }
}
