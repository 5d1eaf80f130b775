//! The jobs beside the slow reference.

use crate::collisions::Collisions;
use crate::draw::{Random, cases};
use crate::engine::{
    code, delta_of, index_of, load, params, patch_of, reference_params, reference_rules, signature_of,
};
use crate::files::{Pair, any_params, mutations};
use proptest::prelude::*;
use rollsync_core::{
    BlockLen, DeltaPart, Error, Format, LoadError, PatchError, Profile, SearchStats, SignatureParams, Stats,
    WeakKind, Work,
};
use rollsync_reference::{self as reference, DeltaErrorKind};

/// The deltas of every profile against the same signature bytes, and the counts beside them.
pub(crate) fn same_deltas(signature: &[u8], new: &[u8]) -> Result<Vec<Vec<u8>>, TestCaseError> {
    let index = index_of(signature);
    let loaded = reference::Signature::load(signature).unwrap();
    let mut deltas = vec![];
    for profile in [Profile::Librsync232, Profile::Librsync234, Profile::Compact] {
        let made = delta_of(&index, new, profile, Work::Unlimited);
        let expected = reference::delta(&loaded, new, &reference_rules(profile, loaded.params.block_len()));
        prop_assert_eq!(&made.output, &expected.bytes, "{}", profile);
        same_counts(&made.stats, &expected.stats)?;
        same_search(&made.stats.search, &expected.search)?;
        deltas.push(made.output);
    }
    Ok(deltas)
}

pub(crate) fn same_counts(stats: &Stats, expected: &reference::Stats) -> Result<(), TestCaseError> {
    let (literal, copy) = (stats.literal, stats.copy);
    prop_assert_eq!(
        [
            literal.commands,
            literal.bytes,
            literal.command_bytes,
            copy.commands,
            copy.bytes,
            copy.command_bytes
        ],
        [
            expected.lit_cmds,
            expected.lit_bytes,
            expected.lit_cmdbytes,
            expected.copy_cmds,
            expected.copy_bytes,
            expected.copy_cmdbytes
        ]
    );
    prop_assert_eq!((stats.blocks, stats.block_len), (0, 0));
    Ok(())
}

pub(crate) fn same_search(
    search: &SearchStats,
    expected: &reference::MatchStats,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        [search.searches, search.matches, search.strong_compares, search.strong_sums, search.skipped],
        [
            expected.searches,
            expected.matches,
            expected.strong_compares,
            expected.strong_calcs,
            expected.work_skips
        ]
    );
    Ok(())
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn the_same_signatures(pair in Pair::any(6000), params in any_params()) {
        let (basis, _) = pair.build();
        let expected = reference::Signature::of(&basis, reference_params(params));
        prop_assert_eq!(signature_of(&basis, params), expected.to_bytes());
    }

    #[test]
    fn the_same_deltas(pair in Pair::any(6000), params in any_params()) {
        let (basis, new) = pair.build();
        let signature = signature_of(&basis, params);
        for delta in same_deltas(&signature, &new)? {
            let patched = patch_of(&basis, &delta);
            let expected = reference::patch(&basis, &delta);
            prop_assert_eq!(code(patched.result), expected.code());
            if expected.result.is_ok() {
                prop_assert_eq!(&patched.output, &expected.output);
            }
            if params.strong_len().get() > 8 {
                prop_assert_eq!(&patched.output, &new);
            }
        }
    }

    /// Any bytes may be records: what they say need not be the sums of anything.
    #[test]
    fn the_same_deltas_with_mutated_signatures(
        pair in Pair::any(3000), params in any_params(), mutations in mutations(),
    ) {
        let (basis, new) = pair.build();
        let mut signature = signature_of(&basis, params);
        mutations.into_iter().for_each(|mutation| mutation.apply(&mut signature));
        if let Ok(loaded) = reference::Signature::load(&signature) {
            // A block length out of the header may be anything; the reference's own buffers are not of interest.
            if loaded.params.block_len() < 1 << 20 {
                same_deltas(&signature, &new)?;
            }
        }
    }

    #[test]
    fn the_same_loads(pair in Pair::any(800), params in any_params(), mutations in mutations()) {
        let mut bytes = signature_of(&pair.build().0, params);
        mutations.into_iter().for_each(|mutation| mutation.apply(&mut bytes));
        same_load(&bytes)?;
    }

    #[test]
    fn the_same_loads_of_anything(
        magic in prop_oneof![Just(0_u32), 0x7273_0135..0x7273_0149_u32, any::<u32>()],
        block_len in prop_oneof![Just(0_u32), 1..5_u32, Just(0x7fff_ffff), Just(0x8000_0000), any::<u32>()],
        strong_len in prop_oneof![0..40_u32, any::<u32>()],
        records in prop::collection::vec(any::<u8>(), 0..120),
        cut in prop_oneof![Just(usize::MAX), 0..14_usize],
    ) {
        let fields = [magic, block_len, strong_len].map(u32::to_be_bytes);
        let mut bytes = [fields.as_flattened(), &records].concat();
        bytes.truncate(cut);
        same_load(&bytes)?;
    }

    #[test]
    fn the_same_patches(pair in Pair::any(2000), params in any_params(), mutations in mutations()) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let mut delta = delta_of(&index, &new, Profile::Librsync234, Work::Unlimited).output;
        mutations.into_iter().for_each(|mutation| mutation.apply(&mut delta));
        same_patch(&basis, &delta)?;
    }

    /// Commands in any width, and what may stand in their place.
    #[test]
    fn the_same_patches_of_anything(
        basis in prop::collection::vec(any::<u8>(), 0..300),
        commands in prop::collection::vec(any_command(), 0..8),
        tail in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let delta = [&b"rs\x026"[..], &commands.concat(), &tail].concat();
        same_patch(&basis, &delta)?;
    }
}

/// One command, sound or not.
fn any_command() -> impl Strategy<Value = Vec<u8>> {
    let number = || {
        prop_oneof![
            6 => 0..300_u64, 1 => Just(0), 1 => any::<u64>(), 1 => Just(u64::MAX), 1 => Just(1 << 63), 1 => Just((1 << 63) - 1)
        ]
    };
    let put = |value: u64, width: u8| value.to_be_bytes()[8 - (1 << width)..].to_vec();
    prop_oneof![
        2 => (1..65_u8, any::<u8>()).prop_map(|(len, byte)| {
            [vec![len], vec![byte; len.into()]].concat()
        }),
        2 => (0..4_u8, number(), any::<u8>()).prop_map(move |(width, len, byte)| {
            let payload = vec![byte; usize::try_from(len).unwrap_or(0).min(300)];
            [vec![0x41 + width], put(len, width), payload].concat()
        }),
        6 => (0..4_u8, 0..4_u8, number(), number()).prop_map(move |(offset_width, len_width, offset, len)| {
            [vec![0x45 + 4 * offset_width + len_width], put(offset, offset_width), put(len, len_width)].concat()
        }),
        1 => Just(vec![0]),
        1 => (0x55..=0xff_u8).prop_map(|opcode| vec![opcode]),
    ]
}

fn same_load(bytes: &[u8]) -> Result<(), TestCaseError> {
    match (load(bytes), reference::Signature::load(bytes)) {
        (Ok(loaded), Ok(expected)) => {
            prop_assert_eq!(reference_params(*loaded.params()), expected.params);
            prop_assert_eq!(loaded.block_count(), expected.records.len());
            for (block, record) in expected.records.iter().enumerate() {
                prop_assert_eq!(loaded.weak_sum(block), record.weak);
                prop_assert_eq!(loaded.strong_sum(block), &record.strong[..]);
            }
        }
        (Err(error), Err(expected)) => {
            prop_assert_eq!(code(Err(error)), expected.code(), "{:?}", error);
            match (error, expected) {
                (Error::Load(LoadError::InputEnded { offset, missing }), _) => {
                    prop_assert_eq!(offset, bytes.len() as u64);
                    prop_assert!(0 < missing && missing <= 32);
                }
                (
                    Error::Load(LoadError::BlockLen { found }),
                    reference::LoadError::BlockLen { block_len },
                ) => prop_assert_eq!(found.cast_signed(), block_len),
                (
                    Error::Load(LoadError::StrongLen { found }),
                    reference::LoadError::StrongLen { strong_len },
                ) => prop_assert_eq!(found.cast_signed(), strong_len),
                (_, reference::LoadError::Args(_)) => {}
                _ => prop_assert!(false, "{error:?} for {expected:?}"),
            }
        }
        (found, expected) => prop_assert!(false, "{found:?}, expected {expected:?}"),
    }
    Ok(())
}

fn same_patch(basis: &[u8], delta: &[u8]) -> Result<(), TestCaseError> {
    let patched = patch_of(basis, delta);
    let expected = reference::patch(basis, delta);
    prop_assert_eq!(code(patched.result), expected.code(), "{:?}", patched.result);
    same_counts(&patched.stats, &expected.stats)?;
    match (patched.result, expected.result) {
        (Ok(()), _) => {
            prop_assert_eq!(patched.output, expected.output);
            prop_assert_eq!(patched.consumed, expected.consumed);
        }
        (Err(Error::Patch(error)), Err(expected)) => same_patch_error(error, expected, delta.len() as u64)?,
        (error, _) => prop_assert!(false, "{error:?}"),
    }
    Ok(())
}

fn same_patch_error(
    error: PatchError,
    expected: reference::PatchError,
    len: u64,
) -> Result<(), TestCaseError> {
    let reference::PatchError::Delta(expected) = expected else {
        prop_assert!(matches!(error, PatchError::BasisEnded { missing: 1.., .. }), "{error:?}");
        return Ok(());
    };
    match (error, expected.kind) {
        (PatchError::InputEnded { offset, part: DeltaPart::Literal }, DeltaErrorKind::LiteralEnded) => {
            prop_assert_eq!(offset, len);
        }
        (PatchError::InputEnded { offset, part }, DeltaErrorKind::InputEnded) => {
            prop_assert_eq!(offset, len);
            let told = match part {
                DeltaPart::Magic => len < 4,
                DeltaPart::Opcode => expected.offset as u64 == len,
                _ => (expected.offset as u64) < len,
            };
            prop_assert!(told, "{part:?} for {expected:?}");
        }
        (PatchError::BadMagic { found }, DeltaErrorKind::BadMagic { magic }) => prop_assert_eq!(found, magic),
        (
            PatchError::Command { offset, .. },
            DeltaErrorKind::Opcode { .. }
            | DeltaErrorKind::LiteralLen { .. }
            | DeltaErrorKind::CopyLen { .. }
            | DeltaErrorKind::CopyOffset { .. },
        ) => prop_assert_eq!(offset, expected.offset as u64),
        _ => prop_assert!(false, "{error:?} for {expected:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(40))]

    /// Literals of one, two or three cuts and a byte around them, among copies.
    #[test]
    fn the_same_deltas_with_long_literals(
        pair in Pair::any(3000),
        seed in any::<u64>(),
        literal in prop_oneof![
            (1..5_usize, 0..4_usize).prop_map(|(cuts, more)| (32_768 * cuts + more).saturating_sub(2)),
            (1..3_usize, 0..4_usize).prop_map(|(cuts, more)| 65_533 * cuts + more - 2),
            (1..3_usize, 0..4_usize).prop_map(|(cuts, more)| 65_535 * cuts + more - 2),
            140_000..200_000_usize,
        ],
        at in any::<prop::sample::Index>(),
        params in any_params(),
    ) {
        let (basis, mut new) = pair.build();
        let at = at.index(new.len() + 1);
        new.splice(at..at, Random::new(seed).bytes(literal, 0));
        // Short strong sums and blocks of a byte or two would leave no literal long.
        let params = SignatureParams::new(
            params.format(),
            params.block_len().max(BlockLen::new(7).unwrap()),
            params.strong_len(),
        ).unwrap();
        let deltas = same_deltas(&signature_of(&basis, params), &new)?;
        if params.strong_len().get() > 8 {
            for delta in deltas {
                prop_assert_eq!(&patch_of(&basis, &delta).output, &new);
            }
        }
    }
}

/// Weak sums that say little and strong sums of a byte: many windows match what they are not, each time the same.
#[test]
fn the_same_deltas_with_false_matches() {
    let mut false_matches = 0;
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let format = Format::ALL[random.below(4)];
        let (block_len, basis, new) = if format.weak == WeakKind::Rollsum {
            // Of few symbols, most blocks share their sum with others.
            let mut file = |len| {
                let len = random.below(len);
                random.bytes(len, 2)
            };
            (16, file(4000), file(4000))
        } else {
            let mut blocks = Collisions::new(seed);
            let cut = random.below(128);
            (512, blocks.block(512 * 40), [&random.bytes(cut, 0)[..], &blocks.block(512 * 8)].concat())
        };
        let signature = signature_of(&basis, params(format, block_len, 1));
        for delta in same_deltas(&signature, &new).unwrap() {
            let patched = patch_of(&basis, &delta);
            assert_eq!(code(patched.result), reference::patch(&basis, &delta).code());
            false_matches += u32::from(patched.output != new);
        }
    }
    assert!(false_matches > 3 * 100, "only {false_matches} of 1200 deltas are false");
}

/// A basis of one short block, and of some blocks and a short one: found at the end of the new file, never before it.
#[test]
fn a_short_last_block_is_found_at_the_end_alone() {
    let block = |byte: u8, len: usize| vec![byte; len];
    for params in Format::ALL.map(|format| params(format, 64, 16)) {
        let basis = [block(1, 64), block(2, 64), block(3, 20)].concat();
        let signature = signature_of(&basis, params);
        for (new, copied) in [
            (block(3, 20), 20),
            ([block(9, 5), block(3, 20)].concat(), 20),
            ([block(2, 64), block(3, 20)].concat(), 84),
            ([block(2, 64), block(9, 50), block(3, 20)].concat(), 84),
            ([block(3, 20), block(1, 64)].concat(), 64),
            ([block(3, 20), block(9, 1)].concat(), 0),
            (block(3, 19), 0),
            (block(3, 21), 20),
        ] {
            let made = delta_of(&index_of(&signature), &new, Profile::Compact, Work::Unlimited);
            assert_eq!(made.stats.copy.bytes, copied);
            same_deltas(&signature, &new).unwrap();
        }
    }
}
