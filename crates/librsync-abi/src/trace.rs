//! librsync's log.

use crate::boundary::guarded;
use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// `rs_trace_fn_t`.
type Sink = unsafe extern "C" fn(c_int, *const c_char);

static LEVEL: AtomicI32 = AtomicI32::new(Level::Info as i32);
static SINK: Mutex<Option<Sink>> = Mutex::new(Some(rs_trace_stderr));

/// The longest message, without prefix and newline; the rest is cut off.
const MESSAGE_MAX: usize = 999;
/// The longest line.
const LINE_MAX: usize = 1039;

/// `rs_loglevel`, those that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub(crate) enum Level {
    Error = 3,
    Warning = 4,
    Info = 6,
}

/// Gives a line to the application's sink, if it wants it: `librsync: ERROR: (function) message`. `function` may be empty.
///
/// The sink is called here and now, on this thread: nobody who calls this holds a lock or is a worker.
pub(crate) fn log(level: Level, function: &str, message: impl AsRef<[u8]>) {
    let sink = *SINK.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(sink) = sink else { return };
    if level as i32 > LEVEL.load(Ordering::Relaxed) {
        return;
    }
    let line = line(level, function, message.as_ref());
    // SAFETY: whoever set the sink promised that it may be called with a level and a C string.
    unsafe { sink(level as c_int, line.as_ptr().cast()) };
}

/// The line with its newline and the NUL.
fn line(level: Level, function: &str, message: &[u8]) -> Vec<u8> {
    let mut line = b"librsync: ".to_vec();
    line.extend_from_slice(match level {
        Level::Error => b"ERROR: ",
        Level::Warning => b"Warning: ",
        Level::Info => b"",
    });
    if !function.is_empty() {
        line.extend_from_slice(format!("({function}) ").as_bytes());
    }
    line.extend_from_slice(&message[..message.len().min(MESSAGE_MAX)]);
    line.truncate(LINE_MAX - 1);
    line.extend_from_slice(b"\n\0");
    line
}

#[unsafe(no_mangle)]
extern "C" fn rs_trace_set_level(level: c_int) {
    guarded((), || LEVEL.store(level, Ordering::Relaxed));
}

/// # Safety
/// `sink` may be called with any level and C string for as long as the library logs, from every thread that calls it.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_trace_to(sink: Option<Sink>) {
    guarded((), || *SINK.lock().unwrap_or_else(PoisonError::into_inner) = sink);
}

/// # Safety
/// `message` is a C string or NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_trace_stderr(_level: c_int, message: *const c_char) {
    guarded((), || {
        if message.is_null() {
            return;
        }
        // SAFETY: the caller's promise.
        let mut rest = unsafe { CStr::from_ptr(message) }.to_bytes();
        while !rest.is_empty() {
            // SAFETY: so many bytes are there.
            let written = unsafe { libc::write(libc::STDERR_FILENO, rest.as_ptr().cast(), rest.len()) };
            match usize::try_from(written) {
                Ok(len) if len > 0 => rest = &rest[len.min(rest.len())..],
                // What cannot be written leaves nobody to tell.
                _ => return,
            }
        }
    });
}

/// Nothing below `RS_LOG_INFO` is ever logged, as in every release build of librsync.
#[unsafe(no_mangle)]
extern "C" fn rs_supports_trace() -> c_int {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_librsyncs_shape_and_length() {
        assert_eq!(line(Level::Error, "f", b"message"), b"librsync: ERROR: (f) message\n\0");
        assert_eq!(line(Level::Info, "", b"statistics"), b"librsync: statistics\n\0");
        let long = line(Level::Warning, "a_function_of_some_length", &[b'x'; 3000]);
        assert_eq!(long.len(), LINE_MAX + 1);
        assert_eq!(long[long.len() - 2..], *b"\n\0");
    }
}
