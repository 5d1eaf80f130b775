//! BLAKE2b with a 32-byte digest (RFC 7693, unkeyed): many messages side by side.

/// `$then!` with the order of the message's words in each round (RFC 7693, 2.7).
#[cfg(target_arch = "x86_64")]
macro_rules! schedule {
    ($then:ident $($with:tt)*) => {
        $then!($($with)*
            [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]
            [14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3]
            [11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4]
            [7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8]
            [9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13]
            [2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9]
            [12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11]
            [13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10]
            [6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5]
            [10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0]
            [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]
            [14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3])
    };
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod blocks;

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
        Level::Avx2 => avx2::LANES,
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
        Level::Avx512 | Level::Avx512Vnni => {
            each_batch(messages, digests, avx512::BATCH, avx512::together, |messages, digests| {
                if messages.len() < avx512::WORTH {
                    digests_by_crate(messages, digests);
                } else {
                    // SAFETY: the caller's `Isa` says that there is AVX-512.
                    unsafe { avx512::digests(messages, digests) };
                }
            });
        }
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => each_batch(
            messages,
            digests,
            avx2::LANES,
            |count| count,
            |messages, digests| {
                if messages.len() < avx2::WORTH {
                    digests_by_crate(messages, digests);
                } else {
                    // SAFETY: the caller's `Isa` says that there is AVX2.
                    unsafe { avx2::digests(messages, digests) };
                }
            },
        ),
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

/// Hands out neighbours of one length together: of up to `batch` of them, as many as `together` says.
#[cfg(target_arch = "x86_64")]
fn each_batch(
    messages: &[&[u8]],
    digests: &mut [Digest],
    batch: usize,
    together: impl Fn(usize) -> usize,
    hash: impl Fn(&[&[u8]], &mut [Digest]),
) {
    let mut done = 0;
    while let Some(first) = messages.get(done) {
        let alike = messages[done..].iter().take(batch);
        let count = together(alike.take_while(|message| message.len() == first.len()).count());
        hash(&messages[done..done + count], &mut digests[done..done + count]);
        done += count;
    }
}
