//! Line 1 of the job contract, measured: how much memory each job takes, whatever the block length.

use crate::allocation::{freed, peak};
use crate::draw::Random;
use crate::engine::{index_of, params, signature_of};
use rollsync_core::{
    BlockLen, DeltaJob, DeltaOptions, EmptyBasis, Error, Format, Input, Job, Limits, LoadJob, PatchJob,
    PatchStatus, Profile, Signature, SignatureIndex, SignatureJob,
};

const MIB: usize = 1 << 20;

/// The most memory that a job takes, itself included, over `input` offered in pieces of `piece` bytes; and its result.
fn memory_of<J: Job>(
    make: impl FnOnce() -> J,
    input: &[u8],
    piece: usize,
    space: &mut [u8],
) -> (usize, Result<J, Error>) {
    let (result, peak) = peak(|| {
        let (mut job, mut at, mut offered) = (make(), 0_usize, 0_usize);
        loop {
            // What is left of a piece is offered before the next one comes.
            if offered == at {
                offered = input.len().min(at.saturating_add(piece));
            }
            let bytes = &input[at..offered];
            let input = if offered == input.len() { Input::last(bytes) } else { Input::more(bytes) };
            let progress = job.step(input, space).map_err(Into::into)?;
            at += progress.consumed;
            match progress.status.into() {
                PatchStatus::NeedBasis(range) => job.basis_copied(range.len),
                PatchStatus::Done => return Ok(job),
                PatchStatus::NeedInput | PatchStatus::NeedOutput | PatchStatus::Busy => {}
            }
        }
    });
    (peak + size_of::<J>(), result)
}

#[test]
fn a_signature_job_takes_at_most_1_mib() {
    let (basis, mut space) = (Random::new(1).bytes(5 * MIB, 0), vec![0; 4096]);
    for format in Format::ALL {
        for block_len in [1000, 64 << 10, MIB, 3 * MIB, BlockLen::MAX.as_usize()] {
            for piece in [777, 64 << 10, usize::MAX] {
                let make = || SignatureJob::new(params(format, block_len, 16));
                let (memory, result) = memory_of(make, &basis, piece, &mut space);
                result.unwrap();
                assert!(memory <= MIB, "{memory} bytes for {block_len}");
            }
        }
    }
}

#[test]
fn a_patch_job_takes_at_most_1_mib() {
    let literal = [b"rs\x026\x43\0\x50\0\0", &vec![7; 5 * MIB][..], b"\0"].concat();
    // A copy of 1 GiB: its bytes pass through the caller's hands alone.
    let copy = b"rs\x026\x4f\0\0\0\0\x40\0\0\0\0".to_vec();
    let mut space = vec![0; MIB];
    for (delta, piece) in [(&literal, 1000), (&literal, usize::MAX), (&copy, usize::MAX)] {
        let (memory, result) = memory_of(PatchJob::new, delta, piece, &mut space);
        let stats = result.unwrap().stats().clone();
        assert!(stats.literal.bytes == 5 << 20 || stats.copy.bytes == 1 << 30, "{stats:?}");
        assert!(memory <= MIB, "{memory} bytes");
    }
}

#[test]
fn a_delta_job_takes_at_most_four_block_lengths_and_1_mib() {
    let (new, mut space) = (Random::new(2).bytes(14 * MIB, 0), vec![0; 1 << 18]);
    for block_len in [1000, 64 << 10, MIB, 3 * MIB] {
        let signature = signature_of(&new[..block_len + 5], params(Format::default(), block_len, 8));
        let index = index_of(&signature);
        for piece in [1000, 64 << 10, MIB, 2 * block_len + (384 << 10) - 1, usize::MAX] {
            let new = &new[..new.len().min(4 * block_len + 3 * MIB)];
            let make = || DeltaJob::new(&index, DeltaOptions::default());
            let (memory, result) = memory_of(make, new, piece, &mut space);
            assert_eq!(result.unwrap().stats().copy.bytes, block_len as u64);
            assert!(memory <= 4 * block_len + MIB, "{memory} bytes for {block_len} in pieces of {piece}");
        }
    }
}

/// The buffers of librsync's loop hold four block lengths, as they must; nothing may come on top of that but the 1 MiB.
#[test]
fn a_delta_job_takes_no_more_when_the_basis_is_empty() {
    let (new, mut space) = (vec![9; 14 * MIB], vec![0; 1 << 18]);
    for block_len in [1000, 64 << 10, MIB, 3 * MIB] {
        let signature = Signature::empty(params(Format::default(), block_len, 8));
        let index = SignatureIndex::build(signature, &Limits::default()).unwrap();
        for profile in [Profile::Librsync232, Profile::Librsync234, Profile::Compact] {
            for piece in [1000, 300_000, usize::MAX] {
                let make = || DeltaJob::new(&index, DeltaOptions { profile, ..DeltaOptions::default() });
                let (memory, result) = memory_of(make, &new, piece, &mut space);
                assert_eq!(result.unwrap().stats().literal.bytes, 14 << 20);
                assert!(
                    memory <= 4 * block_len + MIB,
                    "{memory} bytes for {block_len} in pieces of {piece}, {profile}"
                );
            }
        }
    }
}

#[test]
fn a_delta_job_takes_no_more_than_twice_what_has_arrived() {
    let (new, mut space) = (Random::new(3).bytes(200_000, 0), vec![0; 1 << 18]);
    let longest = params(Format::default(), BlockLen::MAX.as_usize(), 8);
    let with_block = index_of(&signature_of(b"short", longest));
    let without = SignatureIndex::build(Signature::empty(longest), &Limits::default()).unwrap();
    let huge = EmptyBasis::Cut(std::num::NonZeroUsize::MAX);
    for (index, empty_basis) in [(&with_block, None), (&without, None), (&without, Some(huge))] {
        for profile in [Profile::Librsync234, Profile::Compact] {
            let make = || DeltaJob::new(index, DeltaOptions { profile, empty_basis });
            let (memory, result) = memory_of(make, &new, 1000, &mut space);
            result.unwrap();
            assert!(memory <= 2 * new.len() + (64 << 10), "{memory} bytes, {profile}");
        }
    }
}

#[test]
fn a_load_job_takes_no_more_than_twice_what_has_arrived() {
    for (format, strong_len) in [(Format::ROLLSUM_MD4, 1), (Format::default(), 32)] {
        let basis = Random::new(4).bytes(3000, 0);
        let signature = signature_of(&basis, params(format, 1, strong_len));
        for piece in [1, 100, 4096, usize::MAX] {
            for arrived in [0, 12, 12 + 4 + strong_len, 3000, signature.len()] {
                let (memory, result) = memory_of(LoadJob::new, &signature[..arrived], piece, &mut []);
                // Cut wherever it is.
                drop(result);
                assert!(memory <= 2 * arrived + 1024, "{memory} bytes after {arrived} in pieces of {piece}");
            }
        }
    }
}

#[test]
fn what_an_index_says_of_its_memory_is_what_it_takes() {
    for (block_len, strong_len) in [(1, 1), (3, 1), (3, 16), (100, 1)] {
        for alphabet in [1, 4, 0] {
            let basis = Random::new(5).bytes(60_000, alphabet);
            let bytes = signature_of(&basis, params(Format::ROLLSUM_MD4, block_len, strong_len));
            let mut job = LoadJob::new();
            let (index, peak) = peak(|| {
                let _ = job.step(Input::last(&bytes), &mut []).unwrap();
                SignatureIndex::build(job.into_signature().unwrap(), &Limits::default()).unwrap()
            });
            let said = usize::try_from(index.memory()).unwrap();
            assert!(said <= peak, "{said} said, {peak} at most");
            assert_eq!(said, freed(|| drop(index)));
        }
    }
}
