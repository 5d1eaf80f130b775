use std::fmt;

use crate::sig_args::sig_args;
use crate::{Record, SigArgsError, Signature};

impl Signature {
    /// Reads a signature file with librsync's leniency: magic 0 is the recommended format, strong length 0 the digest's
    /// whole length, and one to three bytes of a further weak sum at the end are ignored.
    pub fn load(bytes: &[u8]) -> Result<Signature, LoadError> {
        let mut rest = bytes;
        let magic = take_u32(&mut rest).ok_or(LoadError::InputEnded)?;
        let block_len = take_u32(&mut rest).ok_or(LoadError::InputEnded)?;
        let signed_block_len = block_len.cast_signed();
        if signed_block_len < 1 {
            return Err(LoadError::BlockLen { block_len: signed_block_len });
        }
        let strong_len = take_u32(&mut rest).ok_or(LoadError::InputEnded)?;
        let signed_strong_len = strong_len.cast_signed();
        if !(0..=32).contains(&signed_strong_len) {
            return Err(LoadError::StrongLen { strong_len: signed_strong_len });
        }
        // The magic is judged only now, so that a bad length wins over it.
        let params = sig_args(-1, magic, block_len, u64::from(strong_len)).map_err(LoadError::Args)?.params;

        let mut records = Vec::new();
        while let Some(weak) = take_u32(&mut rest) {
            let strong = rest.split_off(..params.strong_len()).ok_or(LoadError::InputEnded)?;
            records.push(Record { weak, strong: strong.to_vec() });
        }
        Ok(Signature { params, records })
    }
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (field, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_be_bytes(*field))
}

/// Why a signature cannot be read. Displays librsync's log line after `ERROR: ` where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The header is not whole, or a record lacks bytes of its strong sum.
    InputEnded,
    /// The block length, as a signed number, is less than 1.
    BlockLen {
        /// What was read.
        block_len: i32,
    },
    /// The strong sum's length, as a signed number, is not within 0 to 32.
    StrongLen {
        /// What was read.
        strong_len: i32,
    },
    /// The magic is unknown, or the strong sum longer than the digest that it names.
    Args(SigArgsError),
}

impl LoadError {
    /// librsync's result code.
    pub fn code(&self) -> i32 {
        match self {
            LoadError::InputEnded => 103,
            LoadError::BlockLen { .. } | LoadError::StrongLen { .. } => 106,
            LoadError::Args(error) => error.code(),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::InputEnded => f.write_str("unexpected end of input"),
            LoadError::BlockLen { block_len } => {
                write!(f, "(rs_loadsig_s_blocklen) block length of {block_len} is bogus")
            }
            LoadError::StrongLen { strong_len } => {
                write!(f, "(rs_loadsig_s_stronglen) strong sum length {strong_len} is implausible")
            }
            LoadError::Args(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}
