//! MD4 for whoever asks for it.

use crate::boundary::guarded;
use rollsync_kernels::strong::Md4;
use std::ffi::{c_uchar, c_void};
use std::slice;

/// The room that programs which know librsync's private header give a context.
const CONTEXT_LEN: usize = 96;

const _: () = assert!(size_of::<Md4>() <= CONTEXT_LEN && !std::mem::needs_drop::<Md4>());

/// An `rs_mdfour_t`, wherever it stands.
type RsMdfour = Md4;

/// # Safety
/// At `out` is room for 16 bytes, at `bytes` are `len`. Either may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_mdfour(out: *mut c_uchar, bytes: *const c_void, len: usize) {
    guarded((), || {
        let mut md4 = Md4::new();
        // SAFETY: the caller's promise about `bytes` and `len`.
        md4.update(unsafe { slice_of(bytes, len) });
        // SAFETY: the caller's promise about `out`.
        unsafe { put(out, md4.finish()) };
    });
}

/// # Safety
/// At `md` is room for 96 bytes, or it is NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_mdfour_begin(md: *mut RsMdfour) {
    guarded((), || {
        if !md.is_null() {
            // SAFETY: there is room for 96 bytes, and a context takes no more; alignment is not asked for.
            unsafe {
                md.cast::<[u8; CONTEXT_LEN]>().write_unaligned([0; CONTEXT_LEN]);
                md.write_unaligned(Md4::new());
            }
        }
    });
}

/// # Safety
/// `md` was begun; at `bytes` are `len`. Either may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_mdfour_update(md: *mut RsMdfour, bytes: *const c_void, len: usize) {
    guarded((), || {
        if !md.is_null() {
            // SAFETY: `rs_mdfour_begin` has put a context there, which has nothing to drop; it is written back before
            // anybody else sees it.
            unsafe {
                let mut md4 = md.read_unaligned();
                md4.update(slice_of(bytes, len));
                md.write_unaligned(md4);
            }
        }
    });
}

/// # Safety
/// `md` was begun; at `out` is room for 16 bytes. Either may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_mdfour_result(md: *mut RsMdfour, out: *mut c_uchar) {
    guarded((), || {
        if !md.is_null() {
            // SAFETY: `rs_mdfour_begin` has put a context there; the caller vouches for `out`.
            unsafe { put(out, md.read_unaligned().finish()) };
        }
    });
}

/// # Safety
/// At `bytes` are `len`, for as long as the slice is used; or it is NULL.
unsafe fn slice_of<'a>(bytes: *const c_void, len: usize) -> &'a [u8] {
    if bytes.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(bytes.cast(), len) }
}

/// # Safety
/// At `out` is room for 16 bytes, or it is NULL.
unsafe fn put(out: *mut c_uchar, digest: [u8; 16]) {
    if !out.is_null() {
        // SAFETY: the caller's promise; an array of bytes has no alignment.
        unsafe { out.cast::<[u8; 16]>().write(digest) };
    }
}
