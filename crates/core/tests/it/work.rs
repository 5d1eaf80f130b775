//! The work budget: what is hashed of hostile files is bounded, and what is left of the delta is right.

use crate::collisions::Collisions;
use crate::draw::{Random, cases};
use crate::engine::{delta_of, index_of, load, params, patch_of, reference_rules, signature_of};
use crate::files::{Pair, any_params};
use crate::reference::{same_counts, same_search};
use crate::slicing::Outcome;
use proptest::prelude::*;
use rollsync_core::{Format, Profile, WeakKind, Work};
use rollsync_reference as reference;

const PROFILES: [Profile; 3] = [Profile::Librsync232, Profile::Librsync234, Profile::Compact];

/// What `compact` hashes for each byte of the new file where the basis is short.
fn of_compact(signature: &[u8]) -> u32 {
    match load(signature).unwrap().params().format().weak {
        WeakKind::RabinKarp => 4,
        WeakKind::Rollsum => 8,
    }
}

/// The delta of `new` with a budget of `per_byte`, which is the reference's delta with the same budget.
fn budgeted(signature: &[u8], new: &[u8], profile: Profile, work: Work) -> Outcome {
    let made = delta_of(&index_of(signature), new, profile, work);
    let loaded = reference::Signature::load(signature).unwrap();
    let block_len = loaded.params.block_len();
    let mut rules = reference_rules(profile, block_len);
    rules.work = match (work, profile) {
        (Work::PerByte(bytes), _) => Some(reference::Work::new(bytes, block_len)),
        (Work::OfProfile, Profile::Compact) => Some(reference::Work::new(of_compact(signature), block_len)),
        _ => None,
    };
    let expected = reference::delta(&loaded, new, &rules);
    assert!(made.output == expected.bytes, "{profile}, {work:?}");
    same_counts(&made.stats, &expected.stats).unwrap();
    same_search(&made.stats.search, &expected.search).unwrap();
    made
}

/// Holds a signature that is not the basis' own, and a new file, to the bounds; none of the budgets may lose a byte.
fn bounded(basis: &[u8], signature: &[u8], new: &[u8]) {
    let free = budgeted(signature, new, Profile::Librsync234, Work::OfProfile);
    assert_eq!(free.stats.search.skipped, 0);
    assert!(free.stats.search.strong_sums <= free.stats.search.searches, "one strong sum a position");
    for (profile, work, per_byte) in [
        (Profile::Compact, Work::OfProfile, of_compact(signature)),
        (Profile::Compact, Work::PerByte(1), 1),
        (Profile::Librsync232, Work::PerByte(3), 3),
        (Profile::Librsync234, Work::PerByte(0), 0),
    ] {
        let made = budgeted(signature, new, profile, work);
        let search = made.stats.search;
        assert!(
            search.hashed_bytes <= u64::from(per_byte) * new.len() as u64,
            "{profile}, {work:?}: {search:?}"
        );
        assert!(search.skipped > 0, "{profile}, {work:?}: not hostile enough");
        assert_eq!(patch_of(basis, &made.output).output, new, "{profile}, {work:?}");
    }
}

#[test]
fn blocks_of_one_weak_sum() {
    for format in [Format::ROLLSUM_BLAKE2, Format::RABIN_KARP_MD4] {
        let (mut random, mut blocks) = (Random::new(6), Collisions::new(1));
        let basis: Vec<Vec<u8>> = (0..40).map(|_| blocks.block(4096)).collect();
        let new: Vec<Vec<u8>> = (0..40)
            .map(|i| if i % 2 == 0 { blocks.block(4096) } else { basis[random.below(40)].clone() })
            .collect();
        let signature = signature_of(&basis.concat(), params(format, 4096, 16));
        let sums = load(&signature).unwrap();
        assert!((1..40).all(|block| sums.weak_sum(block) == sums.weak_sum(0)));
        bounded(&basis.concat(), &signature, &new.concat());
        // What is unlike is passed over, what is alike is still found for the most part.
        let made = delta_of(&index_of(&signature), &new.concat(), Profile::Compact, Work::OfProfile);
        assert!(made.stats.copy.bytes > 0, "{:?}", made.stats);
    }
}

/// A signature whose strong sums are spoilt: all weak sums are found, and nothing else.
fn spoilt(basis: &[u8], block_len: usize, format: Format) -> Vec<u8> {
    let mut signature = signature_of(basis, params(format, block_len, 16));
    signature[12..].chunks_mut(20).for_each(|record| record[4] ^= 1);
    signature
}

#[test]
fn zeros_whose_strong_sums_are_false() {
    for format in [Format::ROLLSUM_MD4, Format::RABIN_KARP_BLAKE2] {
        bounded(&[], &spoilt(&[0; 256], 256, format), &[0; 9_000]);
        // Real blocks among them: those are found while there is budget left.
        let basis = [vec![0; 256], Random::new(2).bytes(512, 0)].concat();
        let mut signature = signature_of(&basis, params(format, 256, 16));
        signature[16] ^= 1;
        let new = [&[0; 3000], &basis[256..], &[0; 200], &basis[512..], &[0; 3000]].concat();
        bounded(&basis, &signature, &new);
    }
}

#[test]
fn blocks_of_one_byte() {
    let new = Random::new(3).bytes(5000, 4);
    let signature = spoilt(&[0, 1, 2, 3], 1, Format::default());
    let made = budgeted(&signature, &new, Profile::Compact, Work::OfProfile);
    // One byte a position is no more than a byte of work for each.
    assert_eq!((made.stats.search.hashed_bytes, made.stats.search.skipped), (5000, 0));
    let made = budgeted(&signature, &new, Profile::Librsync234, Work::PerByte(0));
    assert_eq!((made.stats.search.hashed_bytes, made.stats.search.skipped), (0, 5000));
}

#[test]
fn a_tail_of_which_every_length_is_known() {
    for format in [Format::ROLLSUM_MD4, Format::RABIN_KARP_BLAKE2] {
        let header = params(format, 2000, 16).header();
        let kind = reference::Format::from_magic(format.magic()).unwrap().weak;
        let records = (1..=2000)
            .map(|len| [&reference::weak_sum(kind, &vec![0; len]).to_be_bytes()[..], &[7; 16]].concat());
        let signature = [header.to_vec(), records.flatten().collect()].concat();
        for len in [2000, 1999, 700, 2500] {
            bounded(&[], &signature, &vec![0; len]);
        }
    }
}

/// The budget starts anew at fixed places of the new file: every 1 MiB, or 16 blocks and more when those are longer.
#[test]
fn segments_begin_at_fixed_places() {
    for (block_len, segment) in [(256, 1 << 20), (65_536, 1 << 20), (65_537, 2 << 20)] {
        let signature = spoilt(&vec![0; block_len], block_len, Format::RABIN_KARP_BLAKE2);
        // What was saved up to the end of a segment is lost with it; and it begins before the data turns hostile.
        for quiet in [segment - 1000, segment / 2 + 333] {
            let new = [Random::new(4).bytes(quiet, 0), vec![0; segment + 3 * block_len - quiet]].concat();
            let made = budgeted(&signature, &new, Profile::Compact, Work::OfProfile);
            assert!(made.stats.search.hashed_bytes <= 4 * new.len() as u64);
            assert!(made.stats.search.skipped > 0);
        }
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_reference_skips_the_same(
        pair in Pair::any(4000), params in any_params(), per_byte in 0..10_u32, spoil in any::<bool>(),
    ) {
        let (basis, new) = pair.build();
        let mut signature = signature_of(&basis, params);
        if spoil {
            signature[12..].chunks_mut(params.record_len()).for_each(|record| record[4] ^= 1);
        }
        for profile in PROFILES {
            let made = budgeted(&signature, &new, profile, Work::PerByte(per_byte));
            prop_assert!(made.stats.search.hashed_bytes <= u64::from(per_byte) * new.len() as u64);
            let free = budgeted(&signature, &new, profile, Work::Unlimited);
            prop_assert_eq!(free.stats.search.skipped, 0);
            prop_assert!(free.stats.search.strong_sums <= free.stats.search.searches);
            prop_assert_eq!(
                free.stats.search.false_matches(), free.stats.search.strong_sums - free.stats.search.matches
            );
            if params.strong_len().get() > 8 && !spoil {
                prop_assert_eq!(&patch_of(&basis, &made.output).output, &new);
            }
        }
    }
}
