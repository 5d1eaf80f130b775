//! Streams of the C library, of every kind that a program may hand over.

use std::ffi::{c_char, c_int, c_void};
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::IntoRawFd as _;
use std::ptr;

use libc::FILE;

/// What kind of stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file on disk.
    Regular,
    /// The same without a buffer.
    Unbuffered,
    /// Functions of the program's own.
    Cookie,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Regular, Self::Unbuffered, Self::Cookie];
}

/// A stream that can be read, written and sought in.
pub(crate) struct Stream {
    raw: *mut FILE,
    /// Another way to the same bytes.
    bytes: Bytes,
}

enum Bytes {
    File(File),
    Cookie(*mut Cookie),
}

/// A file in memory.
struct Cookie {
    bytes: Vec<u8>,
    position: usize,
}

#[repr(C)]
struct CookieFunctions {
    read: unsafe extern "C" fn(*mut c_void, *mut c_char, usize) -> isize,
    write: unsafe extern "C" fn(*mut c_void, *const c_char, usize) -> isize,
    seek: unsafe extern "C" fn(*mut c_void, *mut i64, c_int) -> c_int,
    close: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
}

unsafe extern "C" {
    fn fopencookie(cookie: *mut c_void, mode: *const c_char, functions: CookieFunctions) -> *mut FILE;
}

/// # Safety
/// `cookie` is a `Cookie`, at `place` is room for `len` bytes.
unsafe extern "C" fn read(cookie: *mut c_void, place: *mut c_char, len: usize) -> isize {
    // SAFETY: the caller's promise.
    let cookie = unsafe { &mut *cookie.cast::<Cookie>() };
    let rest = cookie.bytes.get(cookie.position..).unwrap_or(&[]);
    // Short answers, as from a pipe.
    let len = len.min(rest.len()).min(1000);
    // SAFETY: both are as long.
    unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), place.cast(), len) };
    cookie.position += len;
    len.cast_signed()
}

/// # Safety
/// `cookie` is a `Cookie`, at `bytes` are `len`.
unsafe extern "C" fn write(cookie: *mut c_void, bytes: *const c_char, len: usize) -> isize {
    // SAFETY: the caller's promise.
    let (cookie, bytes) =
        unsafe { (&mut *cookie.cast::<Cookie>(), std::slice::from_raw_parts(bytes.cast::<u8>(), len)) };
    cookie.bytes.truncate(cookie.position);
    cookie.bytes.extend_from_slice(bytes);
    cookie.position += len;
    len.cast_signed()
}

/// # Safety
/// `cookie` is a `Cookie`, `offset` is there.
unsafe extern "C" fn seek(cookie: *mut c_void, offset: *mut i64, whence: c_int) -> c_int {
    // SAFETY: the caller's promise.
    let (cookie, offset) = unsafe { (&mut *cookie.cast::<Cookie>(), &mut *offset) };
    let from = match whence {
        libc::SEEK_SET => 0,
        libc::SEEK_CUR => cookie.position,
        _ => cookie.bytes.len(),
    };
    let Ok(position) = usize::try_from(i64::try_from(from).expect("small") + *offset) else { return -1 };
    cookie.position = position;
    *offset = i64::try_from(position).expect("small");
    0
}

impl Stream {
    /// A stream at the front of `bytes`.
    pub(crate) fn new(kind: Kind, bytes: &[u8]) -> Self {
        let (raw, bytes) = match kind {
            Kind::Cookie => {
                let cookie = Box::into_raw(Box::new(Cookie { bytes: bytes.to_vec(), position: 0 }));
                let functions = CookieFunctions { read, write, seek, close: None };
                // SAFETY: the functions get the cookie that they expect, which lives until the stream is closed.
                (unsafe { fopencookie(cookie.cast(), c"r+".as_ptr(), functions) }, Bytes::Cookie(cookie))
            }
            Kind::Regular | Kind::Unbuffered => {
                let mut twin = tempfile::tempfile().expect("there is a temporary folder");
                twin.write_all(bytes).and_then(|()| twin.rewind()).expect("there is space");
                let descriptor = twin.try_clone().expect("a descriptor is free").into_raw_fd();
                // SAFETY: the descriptor is ours and open; `fdopen` owns it from here on.
                (unsafe { libc::fdopen(descriptor, c"r+b".as_ptr()) }, Bytes::File(twin))
            }
        };
        assert!(!raw.is_null());
        if kind == Kind::Unbuffered {
            // SAFETY: the stream is open, and nothing was done with it.
            unsafe { libc::setvbuf(raw, ptr::null_mut(), libc::_IONBF, 0) };
        }
        Self { raw, bytes }
    }

    pub(crate) const fn as_ptr(&self) -> *mut FILE {
        self.raw
    }

    /// All of its bytes.
    pub(crate) fn contents(&mut self) -> Vec<u8> {
        // SAFETY: the stream is open.
        assert_eq!(unsafe { libc::fflush(self.raw) }, 0);
        match &mut self.bytes {
            Bytes::File(twin) => {
                let mut bytes = Vec::new();
                twin.rewind().and_then(|()| twin.read_to_end(&mut bytes)).expect("a file is read");
                bytes
            }
            // SAFETY: it lives as long as the stream, which does nothing meanwhile.
            Bytes::Cookie(cookie) => unsafe { (**cookie).bytes.clone() },
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream is open, and closed here alone; the cookie is no longer used then.
        unsafe {
            libc::fclose(self.raw);
            if let Bytes::Cookie(cookie) = self.bytes {
                drop(Box::from_raw(cookie));
            }
        }
    }
}
