//! rollsync's own rules: continuing copies, and the work budget.

use rollsync_reference::{
    Command, CopyChoice, EmptyBasis, Format, Params, Rules, Signature, Work, delta, patch, rabinkarp,
};

use crate::random::Random;

fn copies(commands: &[Command]) -> Vec<(u64, u64)> {
    commands
        .iter()
        .filter_map(|c| if let Command::Copy { offset, len } = c { Some((*offset, *len)) } else { None })
        .collect()
}

fn signature(basis: &[u8], block_len: usize, strong_len: usize) -> Signature {
    Signature::of(basis, Params::new(Format::RABINKARP_BLAKE2, block_len, strong_len).unwrap())
}

#[test]
fn equal_blocks_merge() {
    let signature = signature(&[0; 1024], 256, 32);
    let made = delta(&signature, &[0; 2048], &Rules::compact());
    // Blocks 0 to 3, then no block follows and the lowest is taken again.
    assert_eq!(copies(&made.commands), [(0, 1024), (0, 1024)]);
    assert!(made.matches.iter().all(|m| m.lowest == 0));
    assert_eq!(made.matches.iter().map(|m| m.chosen).collect::<Vec<_>>(), [0, 1, 2, 3, 0, 1, 2, 3]);
    assert_eq!(made.search.strong_compares, 8, "counted by class, whichever block the copy names");
}

#[test]
fn a_literal_between_ends_the_continuation() {
    let basis = b"ABCDABCE";
    let signature = signature(basis, 1, 32);
    // After AB comes C at 2, then D at 3; after the literal A is the lowest again; BC continue; E continues at 7 only
    // where the copy before ends at 7.
    assert_eq!(copies(&delta(&signature, b"ABCDABCE", &Rules::compact()).commands), [(0, 8)]);
    assert_eq!(
        copies(&delta(&signature, b"ABCD-ABCE", &Rules::compact()).commands),
        [(0, 4), (0, 3), (7, 1)]
    );
    assert_eq!(copies(&delta(&signature, b"DABCE", &Rules::compact()).commands), [(3, 5)]);
    let lowest = Rules { choice: CopyChoice::Lowest, ..Rules::compact() };
    assert_eq!(copies(&delta(&signature, b"DABCE", &lowest).commands), [(3, 1), (0, 3), (7, 1)]);
}

#[test]
fn literals_against_an_empty_basis_are_cut() {
    let signature = signature(b"", 2048, 32);
    let made = delta(&signature, &[9; 131_071], &Rules::compact());
    let lens: Vec<u64> =
        made.commands.iter().map(|c| if let Command::Literal(l) = c { l.len() as u64 } else { 0 }).collect();
    assert_eq!(lens, [65_535, 65_535, 1, 0]);
    assert_eq!(Rules::compact().empty_basis, EmptyBasis::Cut(65_535));
}

/// Two different blocks of 8 bytes with one weak sum.
fn weak_twins() -> [Vec<u8>; 2] {
    let mut seen = std::collections::HashMap::new();
    let mut random = Random::new(3);
    loop {
        let block = random.bytes(8, 256);
        if let Some(other) = seen.insert(rabinkarp(&block), block.clone())
            && other != block
        {
            return [other, block];
        }
    }
}

#[test]
fn a_spent_budget_turns_weak_hits_into_misses() {
    let [known, twin] = weak_twins();
    let signature = signature(&known, 8, 32);
    // Eight false hits, then the block itself. Only positions that are multiples of 8 are weak hits here.
    let new = [twin.repeat(8), known.clone()].concat();
    let free = delta(&signature, &new, &Rules::compact());
    assert_eq!((free.search.strong_calcs, free.search.matches, free.search.work_skips), (9, 1, 0));
    assert_eq!(free.matches[0].position, 64);

    // One hashed byte a byte: every window of 8 at a distance of 8 fits exactly.
    let work = |per_byte, segment| Rules::compact().with_work(Work { per_byte, segment });
    assert_eq!(delta(&signature, &new, &work(1, 1 << 20)), free);
    // Nothing may be hashed.
    let none = delta(&signature, &new, &work(0, 1 << 20));
    assert_eq!((none.search.strong_calcs, none.search.matches, none.search.work_skips), (0, 0, 9));
    assert_eq!(none.commands, [Command::Literal(new.clone()), Command::End]);
    // Segments of 4 bytes allow 4 hashed bytes each: too few for any window. Of 8: exactly one.
    assert_eq!(delta(&signature, &new, &work(1, 4)).search.work_skips, 9);
    assert_eq!(delta(&signature, &new, &work(1, 8)), free);
}

#[test]
fn a_spent_budget_is_renewed_with_the_segment() {
    // Each position of a run of one byte is a weak hit; each strong sum differs from the record's, which is spoilt.
    let mut signature = signature(&[5; 8], 8, 32);
    signature.records[0].strong[0] ^= 1;
    let new = [5; 64];
    let rules = Rules::compact().with_work(Work { per_byte: 1, segment: 32 });
    let made = delta(&signature, &new, &rules);
    // In each segment: positions 0, 8, 16, 24, by 8 <= 1 * (0 + 8), 16 <= 8 + 8, …; the last window reaches over the
    // end of the segment, where the allowance stops growing at 32.
    // Shorter windows at the end of the file have other weak sums, so hits are positions 0 to 56.
    assert_eq!(made.search.strong_calcs, 8);
    assert_eq!(made.search.work_skips, 57 - 8);
    assert_eq!(made.search.searches, 64);
}

#[test]
fn every_rule_restores_the_new_file() {
    let mut random = Random::new(4);
    let (mut copied_at_lowest, mut copied_continuing) = (0, 0);
    for _ in 0..400 {
        let basis = random.basis(3000);
        let new = random.edited(&basis);
        let block_len = random.pick(&[1, 2, 7, 16, 64, 300]);
        let signature = signature(&basis, block_len, 16);
        let work = Work { per_byte: random.pick(&[0, 1, 2, 8]), segment: random.pick(&[1, 16, 64, 1 << 20]) };
        let all = [
            Rules::release_2_3_2(block_len),
            Rules::release_2_3_3(block_len),
            Rules::compact(),
            Rules::compact().with_work(work),
            Rules { literal_max: random.below(20), ..Rules::compact() },
        ];
        let made = all.map(|rules| delta(&signature, &new, &rules));
        for made in &made {
            let patched = patch(&basis, &made.bytes);
            assert_eq!((patched.result, &patched.output), (Ok(()), &new));
        }
        let [old, newer, compact, budgeted, _] = made;
        // The rules differ in how matches are written, not in what matches.
        assert_eq!(old.matches, newer.matches);
        assert_eq!((old.search, old.search), (newer.search, compact.search));
        copied_at_lowest += old.stats.copy_cmds;
        copied_continuing += compact.stats.copy_cmds;
        assert!(budgeted.search.strong_calcs <= compact.search.strong_calcs);
        let unlimited = Rules::compact().with_work(Work { per_byte: u32::MAX, segment: 1 << 20 });
        assert_eq!(delta(&signature, &new, &unlimited), compact);
    }
    assert!(2 * copied_continuing < copied_at_lowest, "{copied_continuing} of {copied_at_lowest}");
}
