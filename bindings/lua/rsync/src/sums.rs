//! rollsum, BLAKE2sp, and the records of a signature.

use blake2s_simd::blake2sp;
use rollsync_kernels::{
    Isa,
    weak::{self, RollingSum, WeakKind},
};
use std::slice;

/// A strong sum's length in bytes.
pub(crate) const STRONG_LEN: usize = blake2s_simd::OUTBYTES;
/// A weak sum, little-endian, and a strong one.
const RECORD_LEN: usize = 4 + STRONG_LEN;

/// A rollsum in memory of the caller's: all zeros is the sum of nothing.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rollsum {
    /// The sum: what `final` returns, as a signed number.
    pub digest: u32,
    /// Bytes in the window, modulo 2³².
    pub len: u32,
}

impl Rollsum {
    fn change(&mut self, change: impl FnOnce(&mut RollingSum)) {
        let mut sum = RollingSum::from_digest(WeakKind::Rollsum, self.digest, self.len as usize);
        change(&mut sum);
        self.digest = sum.digest();
        #[expect(clippy::cast_possible_truncation, reason = "of the length only 16 bits count")]
        let len = sum.len() as u32;
        self.len = len;
    }
}

/// Appends `len` bytes to the window.
///
/// # Safety
/// `sum` is a sum, and `len` bytes can be read from `data` unless `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_rollsum_update(sum: *mut Rollsum, data: *const u8, len: usize) {
    // SAFETY: the caller says so.
    let (sum, data) = unsafe { (&mut *sum, bytes(data, len)) };
    sum.change(|sum| sum.update(Isa::detect(), data));
}

/// Drops the window's oldest byte, `out`, and appends `byte`.
///
/// # Safety
/// `sum` is a sum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_rollsum_rotate(sum: *mut Rollsum, out: u8, byte: u8) {
    // SAFETY: the caller says so.
    unsafe { &mut *sum }.change(|sum| sum.rotate(out, byte));
}

/// A BLAKE2sp digest under way.
#[derive(Clone, Debug)]
pub struct Blake2sp(blake2sp::State);

/// A new digest, which the caller gives back to `rollsync_blake2sp_free`.
#[unsafe(no_mangle)]
pub extern "C" fn rollsync_blake2sp_new() -> *mut Blake2sp {
    Box::into_raw(Box::new(Blake2sp(blake2sp::State::new())))
}

/// Frees a digest.
///
/// # Safety
/// `digest` is one of `rollsync_blake2sp_new`, not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_blake2sp_free(digest: *mut Blake2sp) {
    // SAFETY: the caller says so.
    drop(unsafe { Box::from_raw(digest) });
}

/// Begins anew.
///
/// # Safety
/// `digest` is one of `rollsync_blake2sp_new`, not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_blake2sp_reset(digest: *mut Blake2sp) {
    // SAFETY: the caller says so.
    unsafe { &mut *digest }.0 = blake2sp::State::new();
}

/// Appends `len` bytes.
///
/// # Safety
/// `digest` is one of `rollsync_blake2sp_new`, not freed yet; `len` bytes can be read from `data` unless `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_blake2sp_update(digest: *mut Blake2sp, data: *const u8, len: usize) {
    // SAFETY: the caller says so.
    let (digest, data) = unsafe { (&mut *digest, bytes(data, len)) };
    digest.0.update(data);
}

/// Writes the digest of what was appended so far: 32 bytes.
///
/// # Safety
/// `digest` is one of `rollsync_blake2sp_new`, not freed yet; 32 bytes can be written to `place`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_blake2sp_final(digest: *const Blake2sp, place: *mut u8) {
    // SAFETY: the caller says so.
    let (digest, place) = unsafe { (&*digest, slice::from_raw_parts_mut(place, STRONG_LEN)) };
    place.copy_from_slice(digest.0.finalize().as_bytes());
}

/// Writes the records of the whole blocks of `data` to `place`, 36 bytes each; returns how many there are.
///
/// # Safety
/// `len` bytes can be read from `data` unless `len` is 0, and 36 bytes for each whole block be written to `place`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rollsync_records(
    data: *const u8,
    len: usize,
    block_len: usize,
    place: *mut u8,
) -> usize {
    if block_len == 0 || len < block_len {
        return 0;
    }
    // SAFETY: the caller says so.
    let data = unsafe { bytes(data, len) };
    let count = len / block_len;
    // SAFETY: the caller says so.
    let place = unsafe { slice::from_raw_parts_mut(place, count * RECORD_LEN) };
    let isa = Isa::detect();
    for (block, record) in data.chunks_exact(block_len).zip(place.chunks_exact_mut(RECORD_LEN)) {
        record[..4].copy_from_slice(&weak::sum(isa, WeakKind::Rollsum, block).to_le_bytes());
        record[4..].copy_from_slice(&strong(block));
    }
    count
}

/// The strong sum of a block.
pub(crate) fn strong(block: &[u8]) -> [u8; STRONG_LEN] {
    *blake2sp::blake2sp(block).as_array()
}

/// # Safety
/// `len` bytes can be read from `data` unless `len` is 0.
unsafe fn bytes<'a>(data: *const u8, len: usize) -> &'a [u8] {
    // A slice of no bytes must not begin at a null pointer.
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller says so.
    unsafe { slice::from_raw_parts(data, len) }
}
