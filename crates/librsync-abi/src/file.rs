//! The functions around `FILE *`.

use crate::{boundary::guarded, cause::report, result_code::RsResult, stream::Stream, trace::log};
use libc::FILE;
use rollsync::librsync::{Cause, Severity, strerror};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::{self, Read as _};
use std::{ptr, slice};

unsafe extern "C" {
    #[cfg_attr(target_vendor = "apple", link_name = "__stdinp")]
    static stdin: *mut FILE;
    #[cfg_attr(target_vendor = "apple", link_name = "__stdoutp")]
    static stdout: *mut FILE;
}

/// Never returns NULL: callers do not look. What cannot be opened ends the process with status 100, as in librsync.
///
/// # Safety
/// `name` is a C string or NULL, `mode` is one that `fopen` knows.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_file_open(name: *const c_char, mode: *const c_char, force: c_int) -> *mut FILE {
    let opened = guarded(Err(Vec::new()), || {
        // SAFETY: the caller's promise; NULL reads.
        let (name, mode) = unsafe {
            (
                if name.is_null() { c"-" } else { CStr::from_ptr(name) },
                if mode.is_null() { c"rb" } else { CStr::from_ptr(mode) },
            )
        };
        open(name, mode, force != 0)
    });
    opened.unwrap_or_else(|message| {
        guarded((), || log(Severity::Error, "rs_file_open", message));
        // SAFETY: what runs at exit is the application's, which expects this.
        unsafe { libc::exit(RsResult::IO_ERROR.0) }
    })
}

fn open(name: &CStr, mode: &CStr, force: bool) -> Result<*mut FILE, Vec<u8>> {
    let writes = mode.to_bytes().starts_with(b"w");
    if name == c"-" {
        // SAFETY: the C library has set both before any code of the program ran.
        return Ok(unsafe { if writes { stdout } else { stdin } });
    }
    let quoted = |before: &str, after: &str| [before.as_bytes(), name.to_bytes(), after.as_bytes()].concat();
    if writes && !force {
        // SAFETY: two C strings.
        let there = unsafe { libc::fopen(name.as_ptr(), c"rb".as_ptr()) };
        if !there.is_null() {
            // SAFETY: it was opened above.
            unsafe { libc::fclose(there) };
            return Err(quoted("File exists \"", "\", aborting!"));
        }
    }
    // SAFETY: two C strings.
    let file = unsafe { libc::fopen(name.as_ptr(), mode.as_ptr()) };
    if file.is_null() {
        let error = strerror(&io::Error::last_os_error());
        let way = if writes { "write" } else { "read" };
        return Err(quoted("Error opening \"", &format!("\" for {way}: {error}")));
    }
    Ok(file)
}

/// # Safety
/// `file` is NULL or an open stream, which is not used afterwards unless it is a standard one.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_file_close(file: *mut FILE) -> c_int {
    guarded(0, || {
        // SAFETY: as in `open`; the stream is open by the caller's promise.
        unsafe {
            if file.is_null() || file == stdin || file == stdout {
                return 0;
            }
            libc::fclose(file)
        }
    })
}

/// # Safety
/// `file` is NULL or an open stream.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_file_size(file: *mut FILE) -> i64 {
    guarded(-1, || {
        // SAFETY: the caller's promise.
        let len = unsafe { Stream::new(file) }.and_then(Stream::len);
        len.and_then(|len| i64::try_from(len).ok()).unwrap_or(-1)
    })
}

/// # Safety
/// `file` is NULL or an open stream; at `*buffer` is room for `*len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_file_copy_cb(
    file: *mut c_void,
    position: i64,
    len: *mut usize,
    buffer: *mut *mut c_void,
) -> RsResult {
    guarded(RsResult::INTERNAL_ERROR, || {
        // SAFETY: the caller's promise.
        let (Some(mut stream), false) =
            (unsafe { Stream::new(file.cast()) }, len.is_null() || buffer.is_null())
        else {
            return RsResult::PARAM_ERROR;
        };
        // SAFETY: both are there; the buffer is the caller's for so many bytes, and only written to.
        let place = unsafe {
            let place = ptr::read(buffer).cast::<u8>();
            if place.is_null() {
                return RsResult::PARAM_ERROR;
            }
            slice::from_raw_parts_mut(place, *len)
        };
        if let Err(error) = stream.seek(position) {
            report(&Cause::system("rs_file_copy_cb", "seek failed", &error));
            return RsResult::IO_ERROR;
        }
        match stream.read(place) {
            Ok(0) => {
                report(&ended(stream));
                RsResult::INPUT_ENDED
            }
            Ok(read) => {
                // SAFETY: it is there.
                unsafe { *len = read };
                RsResult::DONE
            }
            Err(error) => {
                report(&Cause::system("rs_file_copy_cb", "read error", &error));
                RsResult::IO_ERROR
            }
        }
    })
}

/// The basis has ended before the delta's copies.
pub(crate) fn ended(basis: Stream) -> Cause {
    Cause::new("rs_file_copy_cb", format!("unexpected eof on fd{}", basis.descriptor()))
}
