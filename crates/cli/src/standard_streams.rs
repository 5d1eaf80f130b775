//! Standard input and output, told apart from closed ones.
//!
//! Rust's runtime opens `/dev/null` for each standard descriptor that the process was started without. A run
//! that writes to a closed standard output would then succeed, so this asks what there was before.

use std::fs::File;
use std::io;

use crate::inherited::{self, Stream};

/// Standard input as a file, which shares its position; an error if the process was started without it.
pub(crate) fn input() -> io::Result<File> {
    check(Stream::Input)?;
    handle(&io::stdin())
}

/// Standard output as a file, unbuffered; an error if the process was started without it.
pub(crate) fn output() -> io::Result<File> {
    check(Stream::Output)?;
    handle(&io::stdout())
}

/// Closes what [`output`] has opened: a file system may say only now that it could not store what was written.
#[cfg(unix)]
pub(crate) fn close(file: File) -> io::Result<()> {
    use std::os::fd::IntoRawFd;
    // SAFETY: the descriptor is open, and nobody else's: it has just been given up by its owner.
    if unsafe { libc::close(file.into_raw_fd()) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(not(unix))]
pub(crate) fn close(_: File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn check(stream: Stream) -> io::Result<()> {
    if inherited::is_closed(stream) { Err(rustix::io::Errno::BADF.into()) } else { Ok(()) }
}

#[cfg(not(unix))]
fn check(_: Stream) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn handle(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn handle(stream: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    stream.as_handle().try_clone_to_owned().map(File::from)
}
