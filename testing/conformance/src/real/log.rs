//! What librsync logs goes to the thread that caused it: the sink is one a process, the tests run side by side.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The sink.
///
/// # Safety
/// `message` is a C string, as librsync hands it to its sink.
pub(super) unsafe extern "C" fn sink(_level: c_int, message: *const c_char) {
    // SAFETY: the caller's promise.
    let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
    let line = message.trim_end_matches('\n');
    LINES.with_borrow_mut(|lines| lines.push(line.strip_prefix("librsync: ").unwrap_or(line).to_owned()));
}

/// What this thread has logged since it was asked the last time.
pub(super) fn take() -> Vec<String> {
    LINES.take()
}
