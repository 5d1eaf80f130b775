//! Standard input and output as files.

use std::{fs::File, io};

/// Standard input, which shares its position.
pub(crate) fn input() -> io::Result<File> {
    handle(&io::stdin())
}

/// Standard output, unbuffered.
pub(crate) fn output() -> io::Result<File> {
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
