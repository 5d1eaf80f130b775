//! `rs_copy_cb`.

use crate::{result_code::RsResult, trace::log};
use rollsync::{BasisRange, librsync::Severity};
use std::ffi::c_void;
use std::ptr;

/// `rs_copy_cb`.
pub(crate) type RsCopyCb = unsafe extern "C" fn(
    opaque: *mut c_void,
    position: i64,
    len: *mut usize,
    buffer: *mut *mut c_void,
) -> RsResult;

/// The application's function that reads the basis, with its argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CopyCallback {
    function: Option<RsCopyCb>,
    opaque: *mut c_void,
}

impl CopyCallback {
    /// # Safety
    /// `function` may be called with `opaque` for as long as this is used: it leaves in `*len` how many bytes it has put
    /// where `*buffer` points, or where it makes `*buffer` point; these stay there until it is called again, or the
    /// function of the library that it was called from returns.
    pub(crate) const unsafe fn new(function: Option<RsCopyCb>, opaque: *mut c_void) -> Self {
        Self { function, opaque }
    }

    /// Asks for bytes of the basis, no more than there is place for; how many came, or the result that is not `RS_DONE`.
    pub(crate) fn read(&self, range: BasisRange, place: &mut [u8]) -> Result<usize, RsResult> {
        let Some(function) = self.function else { return Err(RsResult::PARAM_ERROR) };
        // Offsets of a delta are below 2^63.
        let position = i64::try_from(range.offset).map_err(|_| RsResult::CORRUPT)?;
        let (mut len, own) = (place.len(), place.as_mut_ptr().cast::<c_void>());
        let mut buffer = own;
        // SAFETY: `new`'s caller vouches for it. `len` bytes at `buffer` are the application's own memory, which nobody
        // reads or writes meanwhile.
        let result = unsafe { function(self.opaque, position, &mut len, &mut buffer) };
        if result != RsResult::DONE {
            return Err(result);
        }
        if len > place.len() {
            log(Severity::Warning, "rs_patch_s_copying", "copy_cb() returned more than the requested length");
            len = place.len();
        }
        if len > 0 && buffer != own {
            if buffer.is_null() {
                return Err(RsResult::PARAM_ERROR);
            }
            // SAFETY: the callback says that so many bytes are there; the place has room for them. They may overlap.
            unsafe { ptr::copy(buffer.cast::<u8>(), place.as_mut_ptr(), len) };
        }
        Ok(len)
    }
}
