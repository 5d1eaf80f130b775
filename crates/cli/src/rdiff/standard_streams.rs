//! Standard input and output, told apart from closed ones.
//!
//! Rust's runtime opens `/dev/null` for each standard descriptor that the process was started without. A run
//! that writes to a closed standard output would then succeed, so this looks before the runtime does.

use std::fs::File;
use std::io;

/// Standard input as a file, which shares its position; an error if the process was started without it.
pub(crate) fn input() -> io::Result<File> {
    closed::check(closed::INPUT)?;
    handle(&io::stdin())
}

/// Standard output as a file, unbuffered; an error if the process was started without it.
pub(crate) fn output() -> io::Result<File> {
    closed::check(closed::OUTPUT)?;
    handle(&io::stdout())
}

#[cfg(unix)]
fn handle(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn handle(stream: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    stream.as_handle().try_clone_to_owned().map(File::from)
}

#[cfg(target_os = "linux")]
mod closed {
    use std::io;
    use std::sync::atomic::{AtomicU8, Ordering};

    pub(super) const INPUT: u8 = 1;
    pub(super) const OUTPUT: u8 = 2;

    static CLOSED: AtomicU8 = AtomicU8::new(0);

    // SAFETY: the section holds pointers to functions of this type, which the C runtime calls once, on the only
    // thread, before `main`. The function asks the kernel two questions and stores a number; it needs nothing
    // of Rust's runtime, which is not up yet.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static BEFORE_MAIN: extern "C" fn() = look;

    extern "C" fn look() {
        let is_closed = |stream| rustix::io::fcntl_getfd(stream).is_err();
        let input = if is_closed(rustix::stdio::stdin()) { INPUT } else { 0 };
        let output = if is_closed(rustix::stdio::stdout()) { OUTPUT } else { 0 };
        CLOSED.store(input | output, Ordering::Relaxed);
    }

    pub(super) fn check(stream: u8) -> io::Result<()> {
        if CLOSED.load(Ordering::Relaxed) & stream == 0 {
            Ok(())
        } else {
            Err(rustix::io::Errno::BADF.into())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod closed {
    pub(super) const INPUT: () = ();
    pub(super) const OUTPUT: () = ();

    pub(super) fn check((): ()) -> std::io::Result<()> {
        Ok(())
    }
}
