//! Structs that begin with their own size, so that later versions can add to them.

use std::mem::MaybeUninit;

/// A struct of rollsync.h.
///
/// # Safety
/// Its first field is its size, a `usize`. All others are integers and pointers without padding between them, so that zeros,
/// and whatever a caller has put there, are a value.
pub(crate) unsafe trait Versioned: Copy {}

/// No version of any struct will be longer: a size beyond, or one that ends inside a field, was never set.
const LONGEST: usize = 4096;

/// The struct as far as the caller knows it, the rest 0; `None` for NULL, and when it is of a later version and says
/// something that this one does not understand.
///
/// # Safety
/// `from` is NULL or points to a struct that begins with its own size and has so many bytes.
pub(crate) unsafe fn read<T: Versioned>(from: *const T) -> Option<T> {
    // SAFETY: the caller's promise.
    let size = unsafe { size(from) }?;
    let known = size.min(size_of::<T>());
    // SAFETY: the struct has `size` bytes.
    if (known..size).any(|at| unsafe { from.cast::<u8>().add(at).read() } != 0) {
        return None;
    }
    let mut read = MaybeUninit::<T>::zeroed();
    // SAFETY: both have `known` bytes; the trait says that they are a value.
    unsafe {
        from.cast::<u8>().copy_to_nonoverlapping(read.as_mut_ptr().cast(), known);
        Some(read.assume_init())
    }
}

/// Stores as much of `value` as the caller's struct has room for behind its size, and zeros in what a later version has
/// beyond; whether the struct has a size.
///
/// # Safety
/// `to` is NULL or points to a struct that begins with its own size and has so many bytes.
pub(crate) unsafe fn write<T: Versioned>(value: &T, to: *mut T) -> bool {
    // SAFETY: the caller's promise.
    let Some(size) = (unsafe { size(to) }) else { return false };
    let behind = size_of::<usize>();
    let known = size.min(size_of::<T>());
    // SAFETY: both structs have `known` bytes, and the caller's has `size`; ours has no padding.
    unsafe {
        let from = std::ptr::from_ref(value).cast::<u8>().add(behind);
        from.copy_to_nonoverlapping(to.cast::<u8>().add(behind), known - behind);
        to.cast::<u8>().add(known).write_bytes(0, size - known);
    }
    true
}

/// What the struct says that its size is; `None` for NULL, and when no version has that size.
///
/// # Safety
/// `at` is NULL or points to a `usize`.
pub(crate) unsafe fn size<T: Versioned>(at: *const T) -> Option<usize> {
    if at.is_null() {
        return None;
    }
    // SAFETY: every version begins with its size.
    let size = unsafe { at.cast::<usize>().read() };
    ((size_of::<usize>()..=LONGEST).contains(&size) && size.is_multiple_of(size_of::<usize>()))
        .then_some(size)
}
