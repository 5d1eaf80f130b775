//! What a librsync logs goes to the thread that caused it: the sink is one a process, the tests run side by side.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int};

use crate::library::Library;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The sink.
///
/// # Safety
/// `message` is a C string, as librsync hands it to its sink.
pub(crate) unsafe extern "C" fn sink(level: c_int, message: *const c_char) {
    // SAFETY: the caller's promise.
    let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
    LINES.with_borrow_mut(|lines| lines.push(format!("{level} {}", without_function(&message))));
}

/// What this thread has logged since it was asked the last time, each line after its level, without the function's name
/// and what hangs on the index' layout.
pub(crate) fn take() -> Vec<String> {
    LINES.take()
}

fn without_function(line: &str) -> String {
    let mut line = line.to_owned();
    if let (Some(from), Some(to)) = (line.find(" (rs_"), line.find(") "))
        && from < to
    {
        line.replace_range(from..=to, "");
    }
    let pieces: Vec<&str> = line
        .split(", ")
        .map(|piece| if piece.ends_with("weak sum compares") { "_ weak sum compares" } else { piece })
        .collect();
    pieces.join(", ")
}

/// One level for all: lines above it are dropped.
#[test]
fn levels() {
    let Some(libraries) = Library::both() else { return };
    // Other tests want their lines: only what comes from this child is counted.
    let [ours, theirs] = libraries.map(|library| {
        let _held = library.settings();
        let kept = (0..8).map(|level| {
            // SAFETY: numbers only; the magic is refused with a line of the log.
            let supports = unsafe {
                (library.trace_set_level)(level);
                let (mut magic, mut block_len, mut strong_len) = (0x1234, 0, 0);
                (library.sig_args)(-1, &mut magic, &mut block_len, &mut strong_len);
                let mut magic = 0;
                strong_len = 1;
                (library.sig_args)(100, &mut magic, &mut block_len, &mut strong_len);
                (library.log_stats)(&crate::library::Stats::ZERO);
                (library.supports_trace)()
            };
            (supports, take())
        });
        let kept: Vec<_> = kept.collect();
        // SAFETY: numbers only.
        unsafe { (library.trace_set_level)(6) };
        kept
    });
    assert_eq!(ours, theirs);
    assert_eq!(ours.iter().map(|(_, lines)| lines.len()).collect::<Vec<_>>(), [0, 0, 0, 1, 2, 2, 3, 3]);
}
