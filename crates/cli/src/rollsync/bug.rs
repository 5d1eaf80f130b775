//! What is left to do when the program itself is wrong.

use super::{exit::Exit, progress};
use std::{
    io::Write,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
};

/// Runs the program; a panic becomes a request to report it, and a status of its own.
pub(crate) fn guard(run: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|info| {
        progress::clear();
        // Nothing is left to be done when this fails as well.
        let _ = std::io::stderr().lock().write_all(request(info).as_bytes());
    }));
    // What the program held is not used again.
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Exit::Bug)
}

fn request(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let what = payload.downcast_ref::<&str>().copied();
    let what = what.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let what = what.unwrap_or("something without words");
    let place = info.location().map_or_else(String::new, |location| format!(" at {location}"));
    format!(
        "error: this is a bug in rollsync {}: {what}{place}\n  \
         hint: please report it with the command that you ran: {}/issues\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_panic_is_a_status_and_a_request() {
        let (text, told) = mpsc::channel();
        let exit = guard(|| {
            // In the place of the guard's own, that what it writes can be read.
            panic::set_hook(Box::new(move |info| text.send(request(info)).unwrap()));
            panic!("the moon is full")
        });
        let _ = panic::take_hook();
        assert_eq!(exit, Exit::Bug);
        let text = told.recv().unwrap();
        assert!(text.contains("the moon is full at crates/cli/src/rollsync/bug.rs:"), "{text}");
        assert!(text.ends_with("/issues\n"), "{text}");
    }
}
