use super::{seed::Seed, *};
use crate::{BlockLen, Format, Input, Job, LoadJob, SignatureParams, StrongLen};
use alloc::{vec, vec::Vec};

/// A record: weak sum and strong sum.
type Record = (u32, Digest);

fn index_of(format: Format, strong_len: usize, records: &[Record]) -> SignatureIndex {
    let strong_len = StrongLen::new(strong_len as u64).unwrap();
    let params = SignatureParams::new(format, BlockLen::new(100).unwrap(), strong_len).unwrap();
    let mut bytes = params.header().to_vec();
    for (weak, strong) in records {
        bytes.extend(weak.to_be_bytes());
        bytes.extend(&strong[..strong_len.as_usize()]);
    }
    let mut job = LoadJob::new();
    let progress = job.step(Input::last(&bytes), &mut []).unwrap();
    assert_eq!(progress.consumed, bytes.len());
    SignatureIndex::build(job.into_signature().unwrap(), &Limits::default()).unwrap()
}

/// An index whose strong sums are whole.
fn index(records: &[Record]) -> SignatureIndex {
    index_of(Format::RABIN_KARP_BLAKE2, 32, records)
}

/// A strong sum that differs from the others in its last bytes.
fn strong(number: u32) -> Digest {
    let mut strong = [0x55; 32];
    strong[28..].copy_from_slice(&number.to_be_bytes());
    strong
}

/// What a look-up by both sums finds, and what it counts.
fn look_up(index: &SignatureIndex, weak: u32, strong: &Digest) -> (Option<usize>, SearchStats) {
    let mut stats = SearchStats::default();
    let hit = index.weak_hit(weak, &mut stats);
    (hit.and_then(|hit| index.block(hit, strong, &mut stats)), stats)
}

/// The bytes of what stands behind the table of keys.
fn behind_keys(index: &SignatureIndex) -> u64 {
    index.table.memory() - Table::size_for(index.signature().block_count())
}

/// `count` keys, the `i`-th of which is `key(i)`, each with one block.
fn probes(key: impl Fn(u32) -> u32, count: u32, strong_of_all: &Digest) -> Vec<u64> {
    let records: Vec<Record> = (0..count).map(|i| (key(i), *strong_of_all)).collect();
    let index = index(&records);
    records
        .iter()
        .map(|(weak, strong)| {
            let (found, stats) = look_up(&index, *weak, strong);
            assert!(found.is_some());
            stats.weak_compares
        })
        .collect()
}

#[test]
fn an_empty_index_finds_nothing() {
    let index = index(&[]);
    for weak in [0, 1, u32::MAX] {
        assert!(!index.filter().may_contain(weak));
        assert!(index.weak_hit(weak, &mut SearchStats::default()).is_none());
    }
    assert!(!index.are_equal(0, 0));
}

#[test]
fn equal_blocks_are_stored_once() {
    let many = index(&[(7, strong(1)); 5000]);
    assert_eq!(behind_keys(&many), 0, "one block has this key");
    let (found, stats) = look_up(&many, 7, &strong(1));
    assert_eq!((found, stats.strong_compares), (Some(0), 1));
    let (found, stats) = look_up(&many, 7, &strong(2));
    assert_eq!((found, stats.strong_compares), (None, 1));

    let two_in_turns: Vec<Record> = (0..5000).map(|i| (7, strong(i % 2))).collect();
    let two = index(&[(7, strong(0)), (7, strong(1))]);
    assert_eq!(behind_keys(&index(&two_in_turns)), behind_keys(&two));
    assert_eq!(look_up(&index(&two_in_turns), 7, &strong(1)).0, Some(1));
    assert_eq!(look_up(&two, 7, &strong(1)).0, Some(1));
}

#[test]
fn a_block_counts_those_before_it_and_an_unknown_one_all() {
    // Among others, and with equal ones between: these have no rank of their own.
    let mut records = vec![];
    for i in 0..100 {
        records.extend([(7, strong(i)), (1000 + i, strong(i)), (7, strong(i / 2))]);
    }
    let index = index(&records);
    for i in 0..100 {
        let (found, stats) = look_up(&index, 7, &strong(i));
        assert_eq!((found, stats.strong_compares), (Some(3 * i as usize), u64::from(i) + 1));
        let (found, stats) = look_up(&index, 1000 + i, &strong(i));
        assert_eq!((found, stats.strong_compares), (Some(3 * i as usize + 1), 1));
    }
    let (found, stats) = look_up(&index, 7, &strong(100));
    assert_eq!((found, stats.strong_compares), (None, 100));
    let (found, stats) = look_up(&index, 8, &strong(0));
    assert_eq!((found, stats.strong_compares), (None, 0), "no weak hit, no comparison");
}

/// Groups of every size, so that their table is as full as it may be and as empty, and its probes go beyond its last slot.
#[test]
fn each_block_of_a_group_is_found_whatever_its_size() {
    for size in (2..200).chain([1000, 4096]) {
        let records: Vec<Record> = (0..size).map(|i| (7, strong(i))).collect();
        let index = index(&records);
        for i in 0..2 * size {
            let (found, stats) = look_up(&index, 7, &strong(i));
            let expected = (i < size).then_some(i as usize);
            assert_eq!(
                (found, stats.strong_compares),
                (expected, u64::from(size.min(i + 1))),
                "{i} of {size}"
            );
        }
    }
}

#[test]
fn a_truncated_strong_sum_is_all_that_counts() {
    for strong_len in [1_usize, 3, 7, 8, 9, 16, 31] {
        let mut other = strong(0);
        other[strong_len] ^= 1;
        let mut unlike = strong(0);
        unlike[strong_len - 1] ^= 1;
        let index = index_of(Format::ROLLSUM_BLAKE2, strong_len, &[(7, strong(0)), (7, unlike), (7, other)]);
        assert_eq!(look_up(&index, 7, &other).0, Some(0), "{strong_len}");
        assert_eq!(look_up(&index, 7, &unlike).0, Some(1), "{strong_len}");
        assert!(index.are_equal(2, 0) && index.are_equal(0, 2) && !index.are_equal(1, 0));
        assert!(!index.are_equal(3, 0) && !index.are_equal(u64::MAX, 0));
    }
}

#[test]
fn thousands_of_blocks_under_one_weak_sum() {
    // The blocks of many keys share the second table; one of the keys has most of them.
    const MANY: u32 = 40_000;
    let mut records: Vec<Record> = (0..MANY).map(|i| (7, strong(i))).collect();
    records.extend((0..1000).flat_map(|i| [(100 + i, strong(0)), (100 + i, strong(1))]));
    let index = index(&records);
    // Two to four places a block of eight bytes each, and four bytes a key: half full at most, as no place is lost.
    let blocks = u64::from(MANY) + 2000;
    let places = behind_keys(&index) / 8;
    assert!((2 * blocks..=4 * blocks + 1024).contains(&places), "{places} places for {blocks} blocks");
    for i in (0..MANY).step_by(97) {
        let (found, stats) = look_up(&index, 7, &strong(i));
        assert_eq!((found, stats.strong_compares), (Some(i as usize), u64::from(i) + 1));
        assert!(stats.weak_compares <= 40, "{stats:?}");
    }
    let (found, stats) = look_up(&index, 7, &strong(MANY));
    assert_eq!((found, stats.strong_compares), (None, MANY.into()));
    for i in 0..1000 {
        let at = (MANY + 2 * i) as usize;
        assert_eq!(look_up(&index, 100 + i, &strong(1)).0, Some(at + 1));
        assert_eq!(look_up(&index, 100 + i, &strong(2)).1.strong_compares, 2);
    }
}

#[test]
fn no_choice_of_keys_makes_look_ups_long() {
    // In order, in steps of powers of two, undone multiplications and mixings: what an unkeyed table would take badly.
    let families: [fn(u32) -> u32; 6] = [
        |i| i + 1,
        |i| i << 16 | 1,
        |i| (i << 12) ^ (i >> 20) ^ 3,
        |i| (i + 1).wrapping_mul(0x144c_bc89), // the inverse of 0x9e3779b1
        |i| unmix32(i + 1),
        |i| unmix32((i + 1) << 16),
    ];
    for (number, key) in families.into_iter().enumerate() {
        for seed in 0..5 {
            // Three quarters full is the worst, and what this count makes.
            let probes = probes(key, 49_151, &strong(seed));
            let (sum, longest) = (probes.iter().sum::<u64>(), probes.iter().max());
            assert!(sum <= 4 * 49_151, "family {number}, seed {seed}: {sum} probes");
            assert!(longest <= Some(&400), "family {number}, seed {seed}: {longest:?} probes for one key");
        }
    }
}

#[test]
fn every_word_and_every_sum_changes_a_seed() {
    // Those at the ends, and where what is hashed side by side ends.
    let words: Vec<u32> = (0..5000).map(|i| i * i).collect();
    let seed = |words: &[u32]| Seed::of_words(words.iter().copied());
    let of_words = seed(&words);
    assert_eq!(of_words, seed(&words));
    for at in [0, 255, 256, 4095, 4096, 4999] {
        let mut other = words.clone();
        other[at] ^= 1;
        assert_ne!(of_words, seed(&other), "word {at}");
        assert_ne!(of_words, seed(&words[..at]));
    }
    let strong: Vec<Digest> = (0..3000).map(strong).collect();
    let of =
        |seed: Seed, strong: &[Digest]| seed.with([].into_iter(), strong.iter().map(|strong| &strong[..]));
    let of_strong = of(of_words, &strong);
    assert_ne!(of_strong, of(seed(&words[1..]), &strong));
    assert_ne!(of_strong, of_words.with([1, 2].into_iter(), strong.iter().map(|strong| &strong[..])));
    for at in [0, 29, 30, 509, 510, 2999] {
        let mut other = strong.clone();
        other[at][31] ^= 1;
        assert_ne!(of_strong, of(of_words, &other), "strong sum {at}");
        assert_ne!(of_strong, of(of_words, &strong[..at]));
    }
}

#[test]
fn tables_are_hashed_with_what_is_in_them() {
    let of = |last: u32| probes(|i| if i == 999 { last } else { i + 1 }, 1000, &strong(0));
    assert_eq!(of(1000), of(1000));
    assert_ne!(of(1000)[..999], of(1 << 30)[..999], "a weak sum");
    // Blocks of one key: where each stands hangs on the others' strong sums.
    let slots = |last: u32| {
        let records: Vec<Record> = (0..1000).map(|i| (7, strong(if i == 999 { last } else { i }))).collect();
        index(&records).table.members().slots()
    };
    let first = |last| slots(last).iter().position(|block| *block == Some(0));
    assert_eq!(slots(999), slots(999));
    assert!((1000..1010).any(|last| first(last) != first(999)), "a strong sum");
}

#[test]
fn which_keys_have_different_blocks_keys_their_table() {
    // All weak sums the same, and all strong sums that are put there: a maker who may still choose whose blocks differ
    // could choose those that collide.
    let with_unlike = |unlike: u32| {
        let blocks = |key| [(key, strong(0)), (key, strong(u32::from(key == unlike)))];
        let records: Vec<Record> = (1..=100).flat_map(blocks).collect();
        index(&records).table.members().seed()
    };
    assert_eq!(with_unlike(1), with_unlike(1));
    assert_ne!(with_unlike(1), with_unlike(2));
}

#[test]
fn two_weak_sums_share_the_key_of_all_ones() {
    for (format, sums) in
        [(Format::RABIN_KARP_MD4, [0, u32::MAX]), (Format::ROLLSUM_MD4, [0, unmix32(u32::MAX)])]
    {
        assert_eq!(sums.map(|sum| key(format.weak, sum)), [u32::MAX; 2]);
        assert_eq!(twins(format.weak), sums);
        for (known, other) in [(sums[0], sums[1]), (sums[1], sums[0])] {
            let index = index_of(format, 16, &[(known, strong(1)), (5, strong(2))]);
            assert!(index.filter().may_contain(known) && index.filter().may_contain(other));
            let mut digest = [0x55; 32];
            assert_eq!(look_up(&index, other, &digest).0, Some(0));
            digest[0] = 0;
            assert_eq!(look_up(&index, other, &digest).0, None);
        }
        // One block under both sums is one block.
        let both = index_of(format, 16, &[(sums[1], strong(0)), (sums[0], strong(0))]);
        assert!(both.are_equal(0, 1) && behind_keys(&both) == 0);
        // Beside them, what is in no block is not let through for their sake.
        let without = index_of(format, 16, &[(5, strong(0))]);
        assert!(
            look_up(&without, 0, &strong(0)).0.is_none()
                && look_up(&without, sums[1], &strong(0)).0.is_none()
        );
    }
}

#[test]
fn no_key_is_the_mark_of_a_free_slot() {
    for kind in [WeakKind::Rollsum, WeakKind::RabinKarp] {
        assert!([0, 1, u32::MAX, unmix32(u32::MAX)].into_iter().all(|sum| key(kind, sum) != 0));
    }
    assert_eq!(unmix32(mix32(0x1234_5678)), 0x1234_5678);
}

#[test]
fn blocks_that_may_be_different_count_as_memory() {
    let records: Vec<Record> = (0..5000).map(|i| (7, strong(i % 2))).collect();
    let (signature, needed) = (index(&records).signature().clone(), index(&records).memory());
    let build = |memory| {
        SignatureIndex::build(signature.clone(), &Limits { memory: Some(memory), ..Limits::default() })
    };
    // Every other block's number is kept until all of the first are in their places.
    let Err(ResourceError::Limit(reached)) = build(needed + 9_000) else { panic!("that is not enough") };
    assert_eq!(reached.kind, crate::LimitKind::Memory);
    assert_eq!(build(needed + 17_000).unwrap().memory(), needed);
}

#[test]
fn a_limit_of_memory_is_kept_before_tables_are_made() {
    let records: Vec<Record> = (0..1000).map(|i| (i / 2, strong(i))).collect();
    let signature = index(&records).signature().clone();
    let needed = index(&records).memory();
    let build = |memory| {
        SignatureIndex::build(signature.clone(), &Limits { memory: Some(memory), ..Limits::default() })
    };
    assert_eq!(build(2 * needed).unwrap().memory(), needed);
    for memory in [0, signature.memory(), signature.memory() + 20_000, needed - 1] {
        let Err(ResourceError::Limit(reached)) = build(memory) else { panic!("{memory} is not enough") };
        assert_eq!((reached.kind, reached.limit), (crate::LimitKind::Memory, memory));
        assert!(reached.needed > memory);
    }
}

/// As many records as make a table of several parts, with weak sums that blocks share, equal ones and others.
fn many() -> Vec<Record> {
    let shared = (0..2000).flat_map(|i| [(i << 7, strong(1)), (i << 7, strong(i % 3)), (i << 7, strong(2))]);
    let alone = (0..40_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b1) | 1, strong(i)));
    alone.chain(shared).chain([(0, strong(7)), (u32::MAX, strong(8))]).collect()
}

/// What passes, is found and counted for all weak sums of `records` and some others, with all strong sums of few.
fn all_look_ups(index: &SignatureIndex, records: &[Record]) -> Vec<(bool, Option<usize>, SearchStats)> {
    let known =
        records.iter().flat_map(|(weak, its)| [(*weak, *its), (*weak, strong(1)), (*weak, strong(99))]);
    let unknown = (0..5000).map(|i| (i * 77_777, strong(i % 3)));
    known
        .chain(unknown)
        .map(|(weak, strong)| {
            let (found, stats) = look_up(index, weak, &strong);
            (index.filter().may_contain(weak), found, stats)
        })
        .collect()
}

#[test]
fn shares_make_the_index_that_one_makes() {
    let records = many();
    let alone = index(&records);
    let expected = all_look_ups(&alone, &records);
    for threads in [2, 3, 4, 5, 8, 10, 64] {
        // In any order, and without some of them.
        for skip in 0..3 {
            let builder = IndexBuilder::new(alone.signature().clone(), &Limits::default()).unwrap();
            let shares = builder.shares(threads);
            assert!((2..=threads.min(9) + 1).contains(&shares.len()), "{threads} threads, {shares:?}");
            let made = shares.iter().rev().enumerate().filter(|(i, _)| skip == 0 || i % 3 != skip);
            let made: Vec<_> = made.map(|(_, share)| builder.make(share.clone()).unwrap()).collect();
            let index = builder.finish(made).unwrap();
            assert_eq!(index.table.memory(), alone.table.memory(), "{threads} threads, skip {skip}");
            assert!(all_look_ups(&index, &records) == expected, "{threads} threads, skip {skip}");
        }
    }
}

#[test]
fn there_are_no_shares_where_they_are_not_worth_it() {
    let few = index(&many()[..32_000]).signature().clone();
    let many = index(&many()).signature().clone();
    let shares = |signature: &Signature, limits: Limits, threads| {
        IndexBuilder::new(signature.clone(), &limits).unwrap().shares(threads).len()
    };
    let limited = Limits { memory: Some(1 << 30), ..Limits::default() };
    assert_eq!(shares(&few, Limits::default(), 8), 0);
    assert_eq!(shares(&many, limited, 8), 0, "all that is taken is counted in one place");
    assert_eq!([0, 1].map(|threads| shares(&many, Limits::default(), threads)), [0, 0]);
    assert!(shares(&many, Limits::default(), 2) > 1);
}

#[test]
fn what_another_builder_made_is_left_out() {
    let (records, begin) = (many(), |index: &SignatureIndex| {
        IndexBuilder::new(index.signature().clone(), &Limits::default()).unwrap()
    });
    let alone = index(&records);
    let expected = all_look_ups(&alone, &records);
    // Other weak sums; the same ones and other strong sums; the same bytes in another format.
    let (mut weak, mut strong_sums) = (records.clone(), records.clone());
    weak[0].0 ^= 2;
    strong_sums.iter_mut().for_each(|(_, strong)| *strong = [1; 32]);
    let others = [index(&weak), index(&strong_sums), index_of(Format::ROLLSUM_BLAKE2, 32, &records)];
    for other in others {
        let (builder, other) = (begin(&alone), begin(&other));
        let made: Vec<_> = other.shares(4).into_iter().map(|share| other.make(share).unwrap()).collect();
        assert!(all_look_ups(&builder.finish(made).unwrap(), &records) == expected);
    }
    // A share of a table with more parts.
    let few = index(&records[..500]);
    let builder = begin(&few);
    let made: Vec<_> =
        begin(&alone).shares(4).into_iter().map(|share| builder.make(share).unwrap()).collect();
    let made = builder.finish(made).unwrap();
    assert!(all_look_ups(&made, &records[..500]) == all_look_ups(&few, &records[..500]));
}

#[test]
fn a_part_that_is_too_full_grows() {
    let records = many();
    let signature = index(&records).signature().clone();
    let seed = Seed::of_words(signature.weak_sums().iter().copied());
    let fill = |limits: &Limits| {
        let filling = part::Filling::begin((&signature, seed), (2, 8), limits, 100)?;
        filling.fill(2, 4)
    };
    let filled = fill(&Limits::default()).unwrap();
    assert!(filled.iter().all(|(part, _)| part.grown_from(8) > 40_000), "thousands of keys are in each");
    for block in 0..signature.block_count() {
        let key = signature.key(block);
        let hash = seed.of_key(key);
        let Some(at @ 0..2) = part::part_of(hash, 4).checked_sub(2) else { continue };
        let (part, unlike) = &filled[at];
        let entry = part.entry(key, hash).0.unwrap();
        let is_group = entry & table::IS_GROUP != 0;
        let first = if is_group { unlike.firsts[(entry & !table::IS_GROUP) as usize] } else { entry };
        assert_eq!(signature.key(first as usize), key);
        assert!(first as usize <= block);
    }
    // The first part that grows takes a place of 64 bytes and more.
    for memory in [0, 170, 50_000] {
        let limits = Limits { memory: Some(memory), ..Limits::default() };
        let Err(ResourceError::Limit(reached)) = fill(&limits) else { panic!("{memory} is not enough") };
        assert_eq!(reached.kind, crate::LimitKind::Memory);
    }
}
