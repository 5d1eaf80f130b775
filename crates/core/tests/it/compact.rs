//! What profile Compact promises beside librsync's: the same matches, and no more copies.

use crate::draw::cases;
use crate::engine::{delta_of, index_of, params, patch_of, signature_of, spans};
use crate::files::{Pair, any_params};
use crate::slicing::Outcome;
use proptest::prelude::*;
use rollsync_core::{Format, Profile, Work};

/// Where the bytes of literals stand in the new file, runs joined.
fn misses(made: &Outcome) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = vec![];
    for (at, len, from) in spans(&made.output) {
        match (from, runs.last_mut()) {
            (Some(_), _) => {}
            (None, Some((start, run))) if *start + *run == at => *run += len,
            (None, _) => runs.push((at, len)),
        }
    }
    runs
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn compact_never_has_more_copies_and_has_the_same_literal_bytes(
        pair in Pair::any(5000), params in any_params(),
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let compact = delta_of(&index, &new, Profile::Compact, Work::Unlimited);
        for profile in [Profile::Librsync232, Profile::Librsync234] {
            let librsync = delta_of(&index, &new, profile, Work::Unlimited);
            prop_assert!(compact.stats.copy.commands <= librsync.stats.copy.commands);
            prop_assert_eq!(compact.stats.copy.bytes, librsync.stats.copy.bytes);
            prop_assert!(compact.stats.literal.commands <= librsync.stats.literal.commands);
            // The same literal bytes, the same matches between them.
            prop_assert_eq!(misses(&compact), misses(&librsync));
            prop_assert_eq!(compact.stats.search, librsync.stats.search);
        }
        if params.strong_len().get() > 8 {
            prop_assert_eq!(&patch_of(&basis, &compact.output).output, &new);
        }
        // The budget changes nothing of such files, unless nearly every position is a false match.
        let budgeted = delta_of(&index, &new, Profile::Compact, Work::OfProfile);
        if budgeted.stats.search.skipped == 0 {
            prop_assert_eq!(budgeted.output, compact.output);
        }
    }
}

/// (offset, length) of every copy.
fn copies(basis: &[u8], block_len: usize, new: &[u8], profile: Profile) -> Vec<(u64, u64)> {
    let index = index_of(&signature_of(basis, params(Format::default(), block_len, 16)));
    let made = delta_of(&index, new, profile, Work::OfProfile);
    assert_eq!(patch_of(basis, &made.output).output, new);
    spans(&made.output).into_iter().filter_map(|(_, len, from)| Some((from?, len))).collect()
}

#[test]
fn equal_blocks_are_joined() {
    let zeros = [0; 1024];
    assert_eq!(copies(&zeros, 256, &zeros, Profile::Librsync234), [(0, 256); 4]);
    assert_eq!(copies(&zeros, 256, &zeros, Profile::Compact), [(0, 1024)]);
    // Behind the last block nothing continues: the lowest again.
    assert_eq!(copies(&zeros, 256, &[0; 1536], Profile::Compact), [(0, 1024), (0, 512)]);
}

#[test]
fn a_literal_ends_what_may_be_continued() {
    assert_eq!(copies(b"ABCDABCE", 1, b"DABCE", Profile::Compact), [(3, 5)]);
    assert_eq!(copies(b"ABCDABCE", 1, b"ABCD-ABCE", Profile::Compact), [(0, 4), (0, 3), (7, 1)]);
    assert_eq!(copies(b"ABCDABCE", 1, b"DABCE", Profile::Librsync234), [(3, 1), (0, 3), (7, 1)]);
}

#[test]
fn a_short_block_is_continued_by_none() {
    // The last match is shorter than a block; in the middle of a file no such match can be.
    assert_eq!(copies(b"aaaabbbbaa", 4, b"bbbbaaaabbbbaa", Profile::Compact), [(4, 4), (0, 10)]);
    // Where a short last block equals a short part of nothing else, its copy ends the delta.
    assert_eq!(copies(b"abcabcab", 3, b"abcab", Profile::Compact), [(0, 3), (6, 2)]);
}
