//! Segments searched ahead of their turn: the delta and what is counted are those of the search without them.

use crate::collisions::Collisions;
use crate::draw::{Random, cases};
use crate::engine::{index_of, params, signature_of};
use crate::files::{Pair, any_params};
use crate::slicing::{Outcome, Slicing, drive};
use proptest::{prelude::*, sample::Index};
use rollsync_core::{
    DeltaJob, DeltaOptions, Format, Limits, Profile, Searched, SegmentSearch, SignatureIndex, Work,
};
use std::ops::Range;

/// Where segments begin: anywhere, and most of all where it hurts.
fn cuts(new: &[u8], block_len: usize, at: &[Index]) -> Vec<usize> {
    let mut cuts: Vec<usize> = at.iter().map(|at| at.index(new.len() + 1)).collect();
    for near in [block_len - 1, block_len, block_len + 1, new.len().saturating_sub(block_len), new.len()] {
        cuts.push(near.min(new.len()));
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn searched(
    index: &SignatureIndex,
    options: DeltaOptions,
    limits: Limits,
    new: &[u8],
    cuts: &[usize],
    skip: usize,
) -> Vec<Searched> {
    let segments = segments(index, new, cuts).into_iter().enumerate();
    segments
        .filter(|(i, _)| skip == 0 || i % skip != 0)
        .map(|(_, (positions, data, last))| {
            let (start, count) = (positions.start as u64, positions.len());
            Searched::segment(index, options, &limits, data, start, count, last)
        })
        .collect()
}

/// The positions of each segment, what its windows see, and whether that is all there is.
fn segments<'n>(
    index: &SignatureIndex,
    new: &'n [u8],
    cuts: &[usize],
) -> Vec<(Range<usize>, &'n [u8], bool)> {
    let block_len = index.signature().params().block_len().as_usize();
    let ends = cuts.iter().skip(1).copied().chain([new.len()]);
    cuts.iter()
        .zip(ends)
        .map(|(&start, end)| {
            let data = &new[start..new.len().min(end + block_len + 1)];
            (start..end, data, start + data.len() == new.len())
        })
        .collect()
}

/// The same by one search that sees each segment arrive.
fn searched_in_parts(
    index: &SignatureIndex,
    options: DeltaOptions,
    limits: Limits,
    new: &[u8],
    cuts: &[usize],
    part: usize,
) -> Vec<Searched> {
    let mut search = SegmentSearch::new(index, options, &limits);
    let mut searched = Vec::new();
    for (positions, data, last) in segments(index, new, cuts) {
        search.begin(positions.start as u64..positions.end as u64);
        for len in (part..data.len()).step_by(part) {
            search.go_on(&data[..len], false, &|| true);
        }
        search.go_on(data, last, &|| true);
        searched.push(search.finish());
    }
    searched
}

fn with_and_without(
    index: &SignatureIndex,
    profile: Profile,
    work: Work,
    new: &[u8],
    cuts: &[usize],
    skip: usize,
    slicing: &Slicing,
) -> [(Outcome, (u64, u64)); 2] {
    let options = DeltaOptions { profile, ..DeltaOptions::default() };
    let limits = Limits { work, ..Limits::default() };
    let segments = searched(index, options, limits, new, cuts, skip);
    [vec![], segments].map(|segments| {
        let mut job = DeltaJob::new(index, options).with_limits(limits);
        segments.into_iter().for_each(|segment| job.searched(segment));
        let outcome = drive(&mut job, new, &[], slicing);
        outcome.result.unwrap();
        (outcome, job.joined())
    })
}

proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn segments_change_nothing(
        pair in Pair::any(9000),
        params in any_params(),
        at in prop::collection::vec(any::<Index>(), 0..8),
        skip in 0..3_usize,
        slicing in Slicing::any(6000),
        work in prop_oneof![Just(Work::OfProfile), (0..3_u32).prop_map(Work::PerByte)],
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let cuts = cuts(&new, params.block_len().as_usize(), &at);
        for profile in [Profile::Librsync234, Profile::Compact] {
            let [plain, joined] = with_and_without(&index, profile, work, &new, &cuts, skip, &slicing);
            prop_assert_eq!(plain.0.essence(), joined.0.essence(), "{}", profile);
        }
    }

    #[test]
    fn segments_searched_in_parts_change_nothing(
        pair in Pair::any(9000),
        params in any_params(),
        at in prop::collection::vec(any::<Index>(), 0..8),
        part in 1..3000_usize,
        work in prop_oneof![Just(Work::OfProfile), (0..3_u32).prop_map(Work::PerByte)],
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let cuts = cuts(&new, params.block_len().as_usize(), &at);
        for profile in [Profile::Librsync234, Profile::Compact] {
            let options = DeltaOptions { profile, ..DeltaOptions::default() };
            let limits = Limits { work, ..Limits::default() };
            let run = |segments: Vec<Searched>| {
                let mut job = DeltaJob::new(&index, options).with_limits(limits);
                segments.into_iter().for_each(|segment| job.searched(segment));
                let outcome = drive(&mut job, &new, &[], &Slicing::whole());
                (outcome, job.joined())
            };
            let (plain, _) = run(Vec::new());
            let (in_parts, joined) = run(searched_in_parts(&index, options, limits, &new, &cuts, part));
            prop_assert_eq!(plain.essence(), in_parts.essence(), "{}", profile);
            let whole = searched(&index, options, limits, &new, &cuts, 0);
            prop_assert_eq!(run(whole).1, joined);
        }
    }
}

/// More than one segment of the work budget, which hostile data spends.
#[test]
fn a_spent_budget_changes_nothing() {
    let (mut random, mut blocks) = (Random::new(8), Collisions::new(3));
    let basis: Vec<Vec<u8>> = (0..300).map(|_| blocks.block(2048)).collect();
    let new: Vec<Vec<u8>> = (0..1600)
        .map(|i| match i % 3 {
            0 => blocks.block(2048),
            1 => basis[random.below(300)].clone(),
            _ => random.bytes(1777, 0),
        })
        .collect();
    let (basis, new) = (basis.concat(), new.concat());
    let index = index_of(&signature_of(&basis, params(Format::default(), 2048, 16)));
    for step in [1 << 20, 300_000, 2048 * 100 + 1] {
        let cuts: Vec<usize> = (0..new.len()).step_by(step).collect();
        for work in [Work::OfProfile, Work::PerByte(1), Work::Unlimited] {
            let [plain, joined] =
                with_and_without(&index, Profile::Compact, work, &new, &cuts, 0, &Slicing::whole());
            assert_eq!(plain.0.essence(), joined.0.essence(), "{step}, {work:?}");
        }
    }
}

/// It is not in vain where data is not alike itself, and gives up nothing where it is.
#[test]
fn segments_are_of_use() {
    let basis = Random::new(1).bytes(2_000_000, 0);
    let new =
        [&basis[5..700_000], b"and more", &basis[600_000..], &Random::new(2).bytes(500_000, 0)].concat();
    let index = index_of(&signature_of(&basis, params(Format::default(), 1000, 8)));
    let cuts: Vec<usize> = (0..new.len()).step_by(123_456).collect();
    let slicing = Slicing::whole();
    let [plain, joined] =
        with_and_without(&index, Profile::Librsync234, Work::OfProfile, &new, &cuts, 0, &slicing);
    assert_eq!(plain.0.essence(), joined.0.essence());
    assert_eq!((joined.1, plain.1), ((cuts.len() as u64, 0), (0, 0)), "every segment joins");

    let zeros = vec![0; 1_000_000];
    let index = index_of(&signature_of(&zeros, params(Format::default(), 1000, 8)));
    let cuts: Vec<usize> = (0..zeros.len()).step_by(123_456).collect();
    let [plain, joined] =
        with_and_without(&index, Profile::Librsync234, Work::OfProfile, &zeros, &cuts, 0, &slicing);
    assert_eq!(plain.0.essence(), joined.0.essence());
    assert_eq!(joined.1.0 + joined.1.1, cuts.len() as u64);
}

/// Blocks that lie askew of the segments: a job that comes to a segment inside its first step takes the rest of it, and hashes
/// nothing itself.
#[test]
fn a_step_is_taken_from_its_middle() {
    let basis = Random::new(3).bytes(300_000, 0);
    let new = [&[7; 300], &basis[..100_000], &Random::new(4).bytes(1200, 0), &basis[90_000..]].concat();
    let index = index_of(&signature_of(&basis, params(Format::default(), 1000, 8)));
    // The second segment begins inside the last block before bytes that are no block's.
    let cuts = [0, 99_800, 150_000, 200_001];
    // Without a budget: segments that are not its own would have spent less.
    let options = DeltaOptions { profile: Profile::Librsync234, ..DeltaOptions::default() };
    let mut jobs = [DeltaJob::new(&index, options), DeltaJob::new(&index, options)];
    let segments = searched(&index, options, Limits::default(), &new, &cuts, 0);
    segments.into_iter().for_each(|segment| jobs[1].searched(segment));
    let [plain, joined] = jobs.each_mut().map(|job| drive(job, &new, &[], &Slicing::whole()));
    assert_eq!(plain.essence(), joined.essence());
    assert_eq!((jobs[1].joined(), jobs[1].hashed_bytes()), ((4, 0), 0));
    assert!(jobs[0].hashed_bytes() > 300_000);
}
