//! Bytes as hexadecimal digits.

use crate::boundary::guarded;
use std::ffi::{c_char, c_int, c_void};

/// # Safety
/// At `from` are `n` bytes, at `to` is room for twice as many and a NUL; they do not overlap. Either may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_hexify(to: *mut c_char, from: *const c_void, n: c_int) {
    guarded((), || {
        if to.is_null() {
            return;
        }
        let len = if from.is_null() { 0 } else { usize::try_from(n).unwrap_or(0) };
        for i in 0..len {
            // SAFETY: `i` is below `n`, so the byte and its two digits are where the caller promises.
            unsafe {
                let byte = *from.cast::<u8>().add(i);
                to.cast::<u8>().add(2 * i).write(digit(byte >> 4));
                to.cast::<u8>().add(2 * i + 1).write(digit(byte & 15));
            }
        }
        // SAFETY: the caller's room ends with one byte more.
        unsafe { to.add(2 * len).write(0) };
    });
}

/// The lowercase digits of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).map(char::from).collect()
}

const fn digit(value: u8) -> u8 {
    b"0123456789abcdef"[value as usize & 15]
}
