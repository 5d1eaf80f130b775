//! What is hashed ahead of its turn is what would be found in it.

use crate::draw::Random;
use crate::engine::{params, signature_of};
use crate::reference::same_deltas;
use rollsync_core::Format;

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
