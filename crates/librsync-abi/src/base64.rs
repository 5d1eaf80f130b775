//! librsync's base64: no padding, no line breaks.

use crate::boundary::guarded;
use std::ffi::{c_char, c_int, c_uchar};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// # Safety
/// At `from` are `n` bytes, at `to` is room for `ceil(8n / 6)` characters and a NUL; they do not overlap. Either may be
/// NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_base64(from: *const c_uchar, n: c_int, to: *mut c_char) {
    guarded((), || {
        if to.is_null() {
            return;
        }
        let len = if from.is_null() { 0 } else { usize::try_from(n).unwrap_or(0) };
        let mut written = 0;
        for start in (0..len).step_by(3) {
            let mut group = [0; 3];
            let held = (len - start).min(3);
            for (i, byte) in group[..held].iter_mut().enumerate() {
                // SAFETY: `start + i` is below `n`.
                *byte = unsafe { *from.add(start + i) };
            }
            for digit in &digits(group)[..held + 1] {
                // SAFETY: `k` bytes have `ceil(8k / 6)` characters, for which the caller has room.
                unsafe { to.cast::<u8>().add(written).write(ALPHABET[usize::from(*digit)]) };
                written += 1;
            }
        }
        // SAFETY: the caller's room ends with one byte more.
        unsafe { to.add(written).write(0) };
    });
}

/// # Safety
/// `text` is a C string that may be written to, or NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_unbase64(text: *mut c_char) -> usize {
    guarded(0, || {
        if text.is_null() {
            return 0;
        }
        let text = text.cast::<u8>();
        let (mut characters, mut bits, mut written) = (0_usize, 0_u32, 0_usize);
        // SAFETY: nothing behind the NUL is read: it is no digit, and ends the loop.
        while let Some(digit) = value(unsafe { *text.add(characters) }) {
            characters += 1;
            bits = bits << 6 | u32::from(digit);
            let held = 6 * characters - 8 * written;
            if held >= 8 {
                let byte = bits >> (held - 8);
                // SAFETY: `written` is below `characters`: a character that has been read.
                unsafe { text.add(written).write((byte & 0xff) as u8) };
                written += 1;
            }
        }
        let left = 6 * characters - 8 * written;
        if left > 0 {
            // The count is one too many then, and the byte holds the bits that are left.
            // SAFETY: `written` is below `characters`, of which there is one at least.
            unsafe { text.add(written).write(((bits << (8 - left)) & 0xff) as u8) };
            written += 1;
        }
        written
    })
}

fn digits([a, b, c]: [u8; 3]) -> [u8; 4] {
    [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63]
}

fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
