//! librsync's log.

use crate::boundary::guarded;
use rollsync::librsync::{Severity, log_line};
use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// `rs_trace_fn_t`.
type Sink = unsafe extern "C" fn(c_int, *const c_char);

static LEVEL: AtomicI32 = AtomicI32::new(level(Severity::Info));
static SINK: Mutex<Option<Sink>> = Mutex::new(Some(rs_trace_stderr));

/// Gives a line to the application's sink, if it wants it: `librsync: ERROR: (function) message`. `function` may be empty.
///
/// The sink is called here and now, on this thread: nobody who calls this holds a lock or is a worker.
pub(crate) fn log(severity: Severity, function: &str, message: impl AsRef<[u8]>) {
    let sink = *SINK.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(sink) = sink else { return };
    let level = level(severity);
    if level > LEVEL.load(Ordering::Relaxed) {
        return;
    }
    let mut line = log_line(severity, function, message.as_ref());
    line.push(0);
    // SAFETY: whoever set the sink promised that it may be called with a level and a C string.
    unsafe { sink(level, line.as_ptr().cast()) };
}

/// `rs_loglevel`.
const fn level(severity: Severity) -> c_int {
    match severity {
        Severity::Error => 3,
        Severity::Warning => 4,
        Severity::Info => 6,
    }
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
