//! What is hashed ahead of its turn is what would be found in it.

use crate::draw::Random;
use crate::engine::{delta_of, index_of, params, signature_of};
use crate::reference::same_deltas;
use crate::slicing::{Slicing, drive};
use rollsync_core::{DeltaJob, DeltaOptions, Format, Limits, Profile, Work};

const BLOCK: usize = 64;
const HEADER: usize = 12;

/// A false hit is hashed together with those behind it. Each is later looked up by its own weak sum: here the last of them lies
/// where a match ends, and its strong sum is recorded under another weak one.
#[test]
fn windows_behind_a_false_hit_keep_their_weak_sums() {
    for format in [Format::RABIN_KARP_BLAKE2, Format::ROLLSUM_MD4] {
        for seed in 0..40 {
            let new = Random::new(seed).bytes(1000, 0);
            let params = params(format, BLOCK, 1);
            let record = |at: usize| signature_of(&new[at..at + BLOCK], params)[HEADER..].to_vec();
            let first = 100;
            let (second, matching) = (first + 5, first + 10);
            let behind = matching + BLOCK;
            let mut signature = signature_of(&[], params);
            for false_hit in [first, second, behind] {
                let mut record = record(false_hit);
                record[4] ^= 0xff;
                signature.extend(record);
            }
            signature.extend(record(matching));
            // The windows that were looked at end to end with the first false hit, which nothing else looks at again.
            for beside in [1, 2, 3] {
                let weak = &record(first + beside * BLOCK)[..4];
                signature.extend_from_slice(weak);
                signature.push(record(behind)[4]);
            }
            same_deltas(&signature, &new).unwrap();
        }
    }
}

/// New files in which what is foreseen comes true now and then: blocks in runs and alone, some of them with another strong
/// sum in the signature, some of one weak sum, bytes between them. Bytes and counts are the reference's, however the input
/// is cut, and what is hashed in vain stays within what is said of it.
#[test]
fn what_is_foreseen_changes_nothing_but_the_time() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let block = 16 + random.below(80);
        let format = Format::ALL[random.below(Format::ALL.len())];
        let params = params(format, block, 8);
        let blocks = 20 + random.below(200);
        let basis = random.bytes(blocks * block, if seed % 3 == 0 { 2 } else { 0 });
        let mut signature = signature_of(&basis, params);
        for record in signature[HEADER..].chunks_exact_mut(12) {
            if random.below(5) == 0 {
                record[4] ^= 0xff;
            }
        }
        let mut new = vec![];
        while new.len() < 40_000 {
            let (first, run) = (random.below(blocks), [1, 1, 2, 9, 40][random.below(5)]);
            new.extend_from_slice(&basis[first * block..(first + run).min(blocks) * block]);
            let between = [0, 1, block / 2, 5 * block, 3000][random.below(5)];
            new.extend(random.bytes(between, 0));
        }
        same_deltas(&signature, &new).unwrap();
        let index = index_of(&signature);
        for work in [Work::Unlimited, Work::PerByte(1)] {
            let whole = delta_of(&index, &new, Profile::Compact, work);
            for pieces in [vec![1], vec![block, 1, 3 * block + 1], vec![500, 0, 7000]] {
                let slicing = Slicing { input: pieces, ..Slicing::whole() };
                let mut job = DeltaJob::new(&index, DeltaOptions::default());
                job = job.with_limits(Limits { work, ..Limits::default() });
                let cut = drive(&mut job, &new, &[], &slicing);
                assert_eq!(cut.essence(), whole.essence(), "seed {seed}, {work:?}");
                let (hashed, asked) = (job.hashed_bytes(), cut.stats.search.hashed_bytes);
                assert!(
                    hashed <= 3 * asked + 31 * block as u64,
                    "seed {seed}: {hashed} hashed, {asked} asked for"
                );
            }
        }
    }
}
