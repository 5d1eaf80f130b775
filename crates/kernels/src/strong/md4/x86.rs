//! MD4 in the vectors of x86-64. The widths at which a wider vector begins to pay are measured.

use super::lanes::digests;
use crate::vector::{Avx2, Avx512, Pair, Sse2};

/// The digests of up to eight messages of one length.
///
/// # Safety
/// None needed: SSE2 is part of every x86-64.
pub(super) fn digests_sse2(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    match messages.len() {
        // SAFETY: every x86-64 has SSE2; so below.
        ..=4 => unsafe { digests::<Sse2, 4>(messages, put) },
        // SAFETY: SSE2.
        _ => unsafe { digests::<Pair<Sse2>, 8>(messages, put) },
    }
}

/// The digests of up to sixteen messages of one length.
#[target_feature(enable = "avx2")]
pub(super) fn digests_avx2(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    match messages.len() {
        // SAFETY: AVX2 machines have SSE2.
        ..=4 => unsafe { digests::<Sse2, 4>(messages, put) },
        // SAFETY: this function is called only where there is AVX2; so below.
        5..=8 => unsafe { digests::<Avx2, 8>(messages, put) },
        // SAFETY: AVX2.
        _ => unsafe { digests::<Pair<Avx2>, 16>(messages, put) },
    }
}

/// The digests of up to 32 messages of one length.
#[target_feature(enable = "avx2,avx512f")]
pub(super) fn digests_avx512(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    match messages.len() {
        ..=8 => digests_avx2(messages, put),
        // SAFETY: this function is called only where there is AVX-512; so below.
        9..=16 => unsafe { digests::<Avx512, 16>(messages, put) },
        // SAFETY: AVX-512.
        _ => unsafe { digests::<Pair<Avx512>, 32>(messages, put) },
    }
}
