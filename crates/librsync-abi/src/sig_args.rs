//! `rs_sig_args`: what a signature is made with.

use crate::{
    boundary::guarded,
    cause::{Failure, report},
    result_code::RsResult,
    trace::log,
};
use rollsync::librsync::{Cause, Hex, Severity};
use rollsync::{BlockLen, Format, SignatureOptions, SignatureParams, StrongLen, StrongLenChoice};
use std::ffi::c_int;

/// What is asked for, in librsync's terms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// 0 is the recommended one.
    pub(crate) magic: c_int,
    /// 0 is the recommended one.
    pub(crate) block_len: usize,
    /// 0 is the longest, and all ones the shortest that is recommended.
    pub(crate) strong_len: usize,
}

/// # Safety
/// Each pointer is to a number of its type, or NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_sig_args(
    old_fsize: i64,
    magic: *mut c_int,
    block_len: *mut usize,
    strong_len: *mut usize,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (magic, block_len, strong_len) =
            match unsafe { (magic.as_mut(), block_len.as_mut(), strong_len.as_mut()) } {
                (Some(magic), Some(block_len), Some(strong_len)) => (magic, block_len, strong_len),
                _ => return RsResult::PARAM_ERROR,
            };
        let asked = Asked { magic: *magic, block_len: *block_len, strong_len: *strong_len };
        let old_fsize = u64::try_from(old_fsize).ok();
        // What was recommended by then is stored, whatever becomes of the strong length.
        if let Ok(format) = asked.format() {
            *magic = format.magic().cast_signed();
            if *block_len == 0 {
                *block_len = BlockLen::recommended(old_fsize).as_usize();
            }
        }
        match asked.resolve(old_fsize) {
            Ok(params) => {
                *strong_len = params.strong_len().as_usize();
                RsResult::DONE
            }
            Err(failure) => {
                failure.cause.iter().for_each(report);
                failure.code
            }
        }
    })
}

impl Asked {
    /// The parameters for a basis of `basis_len` bytes (`None`: unknown). A strong length below what is recommended is
    /// granted, and warned of.
    pub(crate) fn resolve(self, basis_len: Option<u64>) -> Result<SignatureParams, Failure> {
        let format = self.format()?;
        let block_len = match self.block_len {
            0 => None,
            asked => Some(BlockLen::new(asked as u64).map_err(|_| self.invalid_block_len())?),
        };
        let strong_len = match self.strong_len {
            0 => StrongLenChoice::Max,
            usize::MAX => StrongLenChoice::Min,
            asked => StrongLenChoice::Exactly(
                StrongLen::new(asked as u64).map_err(|_| self.invalid_strong_len(format))?,
            ),
        };
        let options = SignatureOptions { format, block_len, strong_len };
        let params = options.resolve(basis_len).map_err(|_| self.invalid_strong_len(format))?;
        if let Some(Cause { function, message }) = basis_len.and_then(|len| Cause::weakness(&params, len)) {
            log(Severity::Warning, function, message);
        }
        Ok(params)
    }

    fn format(self) -> Result<Format, Failure> {
        match self.magic {
            0 => Ok(Format::default()),
            magic => Format::from_magic(magic.cast_unsigned()).ok_or_else(|| self.invalid_magic()),
        }
    }

    fn invalid_magic(self) -> Failure {
        let message = format!("invalid magic {}", Hex(self.magic.cast_unsigned()));
        Failure { code: RsResult::BAD_MAGIC, cause: Some(Cause::new("rs_sig_args", message)) }
    }

    fn invalid_block_len(self) -> Failure {
        let message = format!("invalid block_len={}", self.block_len);
        Failure { code: RsResult::PARAM_ERROR, cause: Some(Cause::new("rs_sig_args", message)) }
    }

    fn invalid_strong_len(self, format: Format) -> Failure {
        let message = format!("invalid strong_len={} for magic={}", self.strong_len, Hex(format.magic()));
        Failure { code: RsResult::PARAM_ERROR, cause: Some(Cause::new("rs_sig_args", message)) }
    }
}
