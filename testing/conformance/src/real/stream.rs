use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::IntoRawFd as _;
use std::ptr::NonNull;

use libc::FILE;

/// A stream of C's standard library.
pub(super) struct Stream<'a> {
    file: NonNull<FILE>,
    /// The same file, for reading back; `None` when the stream lies in memory.
    twin: Option<File>,
    _memory: std::marker::PhantomData<&'a [u8]>,
}

impl<'a> Stream<'a> {
    /// An unnamed file on disk that holds `bytes`, at its start: a stream whose length can be asked for.
    pub(super) fn regular(bytes: &[u8]) -> Self {
        let mut twin = tempfile::tempfile().expect("there is a temporary folder");
        twin.write_all(bytes).and_then(|()| twin.rewind()).expect("there is space for a temporary file");
        let descriptor = twin.try_clone().expect("a descriptor is free").into_raw_fd();
        // SAFETY: the descriptor is ours and open; `fdopen` owns it from here on.
        let file = unsafe { libc::fdopen(descriptor, c"r+b".as_ptr()) };
        Self { file: NonNull::new(file).expect("fdopen"), twin: Some(twin), _memory: Default::default() }
    }

    /// `bytes` themselves, for reading: a stream whose length cannot be asked for.
    pub(super) fn of_unknown_len(bytes: &'a [u8]) -> Self {
        // SAFETY: so many bytes are there while the stream is, and a stream opened for reading does not write.
        let file = unsafe { libc::fmemopen(bytes.as_ptr().cast_mut().cast(), bytes.len(), c"rb".as_ptr()) };
        Self { file: NonNull::new(file).expect("fmemopen"), twin: None, _memory: Default::default() }
    }

    pub(super) fn as_ptr(&self) -> *mut FILE {
        self.file.as_ptr()
    }

    /// All that was written.
    pub(super) fn written(self) -> Vec<u8> {
        // SAFETY: the stream is open.
        assert_eq!(unsafe { libc::fflush(self.as_ptr()) }, 0, "there is space for a temporary file");
        let mut twin = self.twin.as_ref().expect("only files are written to");
        let mut bytes = Vec::new();
        twin.rewind().and_then(|()| twin.read_to_end(&mut bytes)).expect("a file is read");
        bytes
    }
}

impl Drop for Stream<'_> {
    fn drop(&mut self) {
        // SAFETY: the stream is open, and closed here alone.
        unsafe { libc::fclose(self.as_ptr()) };
    }
}
