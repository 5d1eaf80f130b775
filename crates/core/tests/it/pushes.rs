//! Long files in long pieces: what is held, bridged and gathered between two pieces changes nothing.

use crate::draw::Random;
use crate::engine::{index_of, params, signature_of};
use crate::slicing::{Outcome, Slicing, drive};
use rollsync_core::{DeltaJob, DeltaOptions, Format, SignatureJob};

fn pieces() -> Vec<Slicing> {
    let slicing = |input: &[usize], output: &[usize]| Slicing {
        input: input.to_vec(),
        output: output.to_vec(),
        basis: vec![usize::MAX],
        end_apart: input.len() > 1,
    };
    vec![
        slicing(&[64 << 10], &[64 << 10]),
        slicing(&[100_000, 1, 300_000], &[1 << 18]),
        slicing(&[300_001], &[30_000, 1]),
        slicing(&[1 << 20, 5, 17_000], &[7000]),
    ]
}

/// Matches, misses, and matches that are cut short, in runs of all lengths.
fn files() -> (Vec<u8>, Vec<u8>) {
    let mut random = Random::new(11);
    let basis = random.bytes(1_700_000, 0);
    let mut new = Vec::new();
    while new.len() < 2_200_000 {
        let from = random.below(basis.len());
        let len = [5000, 90_000, 400_000, 700_000][random.below(4)].min(basis.len() - from);
        // Matches on the basis' own grid, and off it.
        let from = if random.below(2) == 0 { from } else { from / 70_000 * 70_000 };
        new.extend_from_slice(&basis[from..][..len]);
        let fresh = random.below(90_000);
        new.extend(random.bytes(fresh, 0));
    }
    (basis, new)
}

fn same(pieces: &Outcome, whole: &Outcome, what: &str) {
    assert!(pieces.result.is_ok() && pieces.output == whole.output, "{what}");
    assert_eq!(pieces.stats, whole.stats, "{what}");
}

#[test]
fn of_signatures_and_deltas() {
    let (basis, new) = files();
    for (format, block_len) in [
        (Format::RABIN_KARP_BLAKE2, 700),
        (Format::RABIN_KARP_BLAKE2, 30_000),
        (Format::RABIN_KARP_MD4, 2048),
        (Format::RABIN_KARP_BLAKE2, 70_000),
        (Format::ROLLSUM_MD4, 35_000),
        (Format::ROLLSUM_BLAKE2, 300_000),
    ] {
        let params = params(format, block_len, 16);
        let signature = drive(&mut SignatureJob::new(params), &basis, &[], &Slicing::whole());
        let index = index_of(&signature_of(&basis, params));
        let delta = drive(&mut DeltaJob::new(&index, DeltaOptions::default()), &new, &[], &Slicing::whole());
        assert!(delta.stats.copy.bytes > 0 && delta.stats.literal.bytes > 0);
        for slicing in pieces() {
            let what = format!("blocks of {block_len}, {slicing:?}");
            same(&drive(&mut SignatureJob::new(params), &basis, &[], &slicing), &signature, &what);
            let mut job = DeltaJob::new(&index, DeltaOptions::default());
            same(&drive(&mut job, &new, &[], &slicing), &delta, &what);
        }
    }
}
