//! A `FILE *` of the application, as a reader and a writer.

use libc::FILE;
use std::fs::File;
use std::io::{self, Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{FromRawFd as _, RawFd};
use std::os::unix::fs::MetadataExt as _;
use std::ptr::NonNull;

/// A stream of the C library. Only the thread that was given it uses it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(NonNull<FILE>);

impl Stream {
    /// The stream at `file`; `None` for NULL.
    ///
    /// # Safety
    /// `file` is NULL, or a stream that stays open for as long as this is used.
    pub(crate) const unsafe fn new(file: *mut FILE) -> Option<Self> {
        match NonNull::new(file) {
            Some(file) => Some(Self(file)),
            None => None,
        }
    }

    pub(crate) const fn as_ptr(self) -> *mut FILE {
        self.0.as_ptr()
    }

    /// Its file descriptor; -1 if it has none.
    pub(crate) fn descriptor(self) -> RawFd {
        // SAFETY: the stream is open.
        unsafe { libc::fileno(self.as_ptr()) }
    }

    /// The file behind it, which it goes on owning, if there is one; not to be used when the stream is closed.
    pub(crate) fn file(self) -> Option<ManuallyDrop<File>> {
        match self.descriptor() {
            ..0 => None,
            // SAFETY: the stream keeps its descriptor open, and what is made of it here is never dropped.
            descriptor => Some(ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) })),
        }
    }

    /// The length of a regular file.
    pub(crate) fn len(self) -> Option<u64> {
        let metadata = self.file()?.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Whether both are one file, as far as can be told.
    pub(crate) fn is_same_file(self, other: Self) -> bool {
        let identity = |stream: Self| {
            let metadata = stream.file()?.metadata().ok()?;
            Some((metadata.dev(), metadata.ino()))
        };
        self.as_ptr() == other.as_ptr() || identity(self).is_none_or(|own| Some(own) == identity(other))
    }

    /// Moves to a position counted from the beginning.
    pub(crate) fn seek(self, position: i64) -> io::Result<()> {
        let position =
            libc::off_t::try_from(position).map_err(|_| io::Error::from_raw_os_error(libc::EOVERFLOW))?;
        forget_interruption();
        // SAFETY: the stream is open.
        match unsafe { libc::fseeko(self.as_ptr(), position, libc::SEEK_SET) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Gives the system what the application has written to it.
    pub(crate) fn flush_out(self) {
        // SAFETY: the stream is open. What cannot be written fails again when the application closes it.
        unsafe { libc::fflush(self.as_ptr()) };
    }
}

impl Read for Stream {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        forget_interruption();
        // SAFETY: the stream is open, and the place has room for so many bytes.
        let len = unsafe { libc::fread(place.as_mut_ptr().cast(), 1, place.len(), self.as_ptr()) };
        // SAFETY: the stream is open.
        if len == 0 && !place.is_empty() && unsafe { libc::feof(self.as_ptr()) } == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(len)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        forget_interruption();
        // SAFETY: the stream is open, and so many bytes are there.
        let len = unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), self.as_ptr()) };
        if len == 0 && !bytes.is_empty() {
            return Err(io::Error::last_os_error());
        }
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An application's stream may fail without a reason: then an EINTR of an earlier call would be taken for it, and the call be
/// tried again for ever. Any other is told, as librsync does.
fn forget_interruption() {
    #[cfg(not(target_vendor = "apple"))]
    use libc::__errno_location as errno;
    #[cfg(target_vendor = "apple")]
    use libc::__error as errno;
    // SAFETY: it is this thread's own variable.
    unsafe {
        if errno().read() == libc::EINTR {
            errno().write(libc::EIO);
        }
    }
}
