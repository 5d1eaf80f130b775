//! BLAKE2b with a 32-byte digest (RFC 7693, unkeyed): many messages side by side.

#[cfg(target_arch = "x86_64")]
mod avx512;

use super::Digest;
use crate::{Isa, isa::Level};
use blake2b_simd::many::{HashManyJob, hash_many};

/// With digest length 32: not the first half of BLAKE2b-512.
pub(super) fn params() -> blake2b_simd::Params {
    let mut params = blake2b_simd::Params::new();
    params.hash_length(32);
    params
}

/// How many messages fill the vectors.
pub(super) const fn lanes(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 | Level::Avx512Vnni => avx512::LANES,
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => 4,
        #[cfg(target_arch = "x86_64")]
        Level::Sse41 => 2,
        // `blake2b_simd` hashes them one after another.
        _ => 1,
    }
}

/// How many messages are hashed fastest.
pub(super) const fn batch(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 | Level::Avx512Vnni => avx512::BATCH,
        _ => lanes(isa),
    }
}

/// The digests of many messages.
pub(super) fn digests(isa: Isa, messages: &[&[u8]], digests: &mut [Digest]) {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 | Level::Avx512Vnni => digests_avx512(messages, digests),
        _ => digests_by_crate(messages, digests),
    }
}

/// `blake2b_simd` looks for the machine's instructions itself, up to AVX2.
fn digests_by_crate(messages: &[&[u8]], digests: &mut [Digest]) {
    /// A multiple of its lanes.
    const JOBS: usize = 8;
    let params = params();
    for (messages, digests) in messages.chunks(JOBS).zip(digests.chunks_mut(JOBS)) {
        let mut jobs: [HashManyJob<'_>; JOBS] =
            core::array::from_fn(|i| HashManyJob::new(&params, messages.get(i).copied().unwrap_or(&[])));
        let jobs = &mut jobs[..messages.len()];
        hash_many(jobs.iter_mut());
        for (job, digest) in jobs.iter().zip(digests) {
            digest.copy_from_slice(job.to_hash().as_bytes());
        }
    }
}

/// Neighbours of one length together, where there are enough of them.
#[cfg(target_arch = "x86_64")]
fn digests_avx512(messages: &[&[u8]], digests: &mut [Digest]) {
    let mut done = 0;
    while let Some(first) = messages.get(done) {
        let alike = messages[done..].iter().take(avx512::BATCH);
        let count = avx512::together(alike.take_while(|message| message.len() == first.len()).count());
        let (messages, digests) = (&messages[done..done + count], &mut digests[done..done + count]);
        if count < avx512::WORTH {
            digests_by_crate(messages, digests);
        } else {
            // SAFETY: the caller's `Isa` says that there is AVX-512.
            unsafe { avx512::digests(messages, digests) };
        }
        done += count;
    }
}
