//! `Limits` at every entry point: what is within them succeeds, what is not fails before it is taken.

use crate::allocation::peak;
use crate::draw::{Random, cases};
use crate::engine::{delta_of, index_of, load, params, patch_of, signature_of};
use crate::files::{Pair, any_params};
use crate::slicing::{Outcome, Slicing, drive};
use proptest::{prelude::*, sample::Index};
use rollsync_core::{
    DeltaJob, DeltaOptions, Error, Format, Input, Job, LimitError, LimitKind, Limits, LoadError, LoadJob,
    PatchError, PatchJob, Profile, ResourceError, SignatureIndex, SignatureJob, Work,
};

fn reached(result: Result<(), Error>) -> Option<LimitError> {
    match result {
        Ok(()) => None,
        Err(
            Error::Resource(ResourceError::Limit(limit))
            | Error::Load(LoadError::Resource(ResourceError::Limit(limit)))
            | Error::Patch(PatchError::Limit(limit)),
        ) => Some(limit),
        Err(error) => panic!("{error:?}"),
    }
}

/// Output of `total` bytes, allowed `limit`: it is there, or less than the limit is.
fn stops(outcome: &Outcome, kind: LimitKind, limit: u64, total: u64) -> Result<(), TestCaseError> {
    if kind == LimitKind::Output {
        prop_assert!(outcome.output.len() as u64 <= limit, "{} bytes, {limit} allowed", outcome.output.len());
    }
    match reached(outcome.result) {
        None => prop_assert!(total <= limit, "{total} is over {limit}"),
        Some(reached) => {
            prop_assert_eq!((reached.kind, reached.limit), (kind, limit));
            prop_assert!(limit < reached.needed && reached.needed <= total, "{reached:?} of {total}");
        }
    }
    Ok(())
}

/// A limit about as high as what is needed.
fn limit(at: Index, needed: usize) -> u64 {
    at.index(needed + needed / 4 + 2) as u64
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn of_a_signature(pair in Pair::any(2000), params in any_params(), slicing in Slicing::any(3000), at in any::<Index>()) {
        let (basis, _) = pair.build();
        let whole = signature_of(&basis, params);
        let output = limit(at, whole.len());
        let limits = Limits { output: Some(output), ..Limits::default() };
        let outcome = drive(&mut SignatureJob::new(params).with_limits(limits), &basis, &[], &slicing);
        stops(&outcome, LimitKind::Output, output, whole.len() as u64)?;

        let blocks = basis.len().div_ceil(params.block_len().as_usize());
        let records = limit(at, blocks);
        let limits = Limits { records: Some(records), ..Limits::default() };
        let outcome = drive(&mut SignatureJob::new(params).with_limits(limits), &basis, &[], &slicing);
        stops(&outcome, LimitKind::Records, records, blocks as u64)?;
        let outcome = drive(&mut LoadJob::new().with_limits(limits), &whole, &[], &slicing);
        stops(&outcome, LimitKind::Records, records, blocks as u64)?;
    }

    #[test]
    fn of_a_delta(pair in Pair::any(2000), params in any_params(), slicing in Slicing::any(3000), at in any::<Index>()) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let whole = delta_of(&index, &new, Profile::Compact, Work::OfProfile).output.len();
        let output = limit(at, whole);
        let limits = Limits { output: Some(output), ..Limits::default() };
        let mut job = DeltaJob::new(&index, DeltaOptions::default()).with_limits(limits);
        stops(&drive(&mut job, &new, &[], &slicing), LimitKind::Output, output, whole as u64)?;
    }

    #[test]
    fn of_a_patch(pair in Pair::any(2000), params in any_params(), slicing in Slicing::any(3000), at in any::<Index>()) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let delta = delta_of(&index, &new, Profile::Compact, Work::OfProfile).output;
        // False matches may end behind the basis.
        prop_assume!(patch_of(&basis, &delta).result.is_ok());
        let output = limit(at, new.len());
        let limits = Limits { output: Some(output), ..Limits::default() };
        let outcome = drive(&mut PatchJob::new().with_limits(limits), &delta, &basis, &slicing);
        stops(&outcome, LimitKind::Output, output, new.len() as u64)?;
    }
}

/// What a limit of memory leaves out: a chunk of positions, made twice when limits are set, and small change.
const SLACK: usize = 40 << 10;

#[test]
fn output_limits_below_every_header_hold() {
    let index = index_of(&signature_of(b"basis", params(Format::default(), 4, 8)));
    let options = DeltaOptions::default();
    for limit in 0..16 {
        let limits = Limits { output: Some(limit), ..Limits::default() };
        for slicing in [Slicing::whole(), Slicing::bytes()] {
            let mut job = SignatureJob::new(params(Format::default(), 4, 8)).with_limits(limits);
            stops(&drive(&mut job, b"", &[], &slicing), LimitKind::Output, limit, 12).unwrap();
            let mut job = DeltaJob::new(&index, options).with_limits(limits);
            stops(&drive(&mut job, b"", &[], &slicing), LimitKind::Output, limit, 5).unwrap();
        }
    }
}

#[test]
fn a_loaded_signature_takes_no_more_memory_than_its_limit() {
    for (format, strong_len) in [(Format::ROLLSUM_MD4, 1), (Format::default(), 32)] {
        let basis = Random::new(1).bytes(100_000, 0);
        let signature = signature_of(&basis, params(format, 1, strong_len));
        let needed = signature.len() - 12;
        for limit in
            [0, 1000, needed / 3, needed / 2 + 1000, needed - 1, needed, needed + needed / 5, 2 * needed]
        {
            for piece in [1000, 4096, usize::MAX] {
                let limits = Limits { memory: Some(limit as u64), ..Limits::default() };
                let (result, peak) = peak(|| {
                    let mut job = LoadJob::new().with_limits(limits);
                    for bytes in signature.chunks(piece.min(signature.len())) {
                        let _ = job.step(Input::more(bytes), &mut [])?;
                    }
                    job.step(Input::last(&[]), &mut []).map(|_| ())
                });
                // Vectors that grow have room to spare.
                let certain =
                    if limit < needed { Some(false) } else { (limit >= 2 * needed).then_some(true) };
                let told = certain.is_none_or(|certain| result.is_ok() == certain);
                assert!(told, "{result:?}, {limit} of {needed}, pieces of {piece}");
                reached(result.map_err(Error::from)).into_iter().for_each(|error| {
                    assert_eq!((error.kind, error.limit), (LimitKind::Memory, limit as u64));
                });
                assert!(peak <= limit + SLACK, "{peak} bytes, {limit} allowed, pieces of {piece}");
            }
        }
    }
}

#[test]
fn an_index_takes_no_more_memory_than_its_limit() {
    // Unlike blocks; unlike blocks of few weak sums; of many weak sums, two blocks each.
    let few = |seed| Random::new(seed).bytes(60_000, 3);
    let unlike = signature_of(&Random::new(2).bytes(60_000, 0), params(Format::default(), 3, 8));
    let shared = signature_of(&few(3), params(Format::ROLLSUM_MD4, 3, 16));
    let mut pairs = signature_of(&Random::new(4).bytes(60_000, 0), params(Format::default(), 2, 8));
    let records = pairs[12..].to_vec();
    for record in records.chunks(12) {
        pairs.extend(&record[..4]);
        pairs.extend(record[4..].iter().map(|byte| !byte));
    }
    for signature in [unlike, shared, pairs] {
        let needed = usize::try_from(index_of(&signature).memory()).unwrap();
        // A copy has no room to spare.
        let loaded = load(&signature).unwrap().clone();
        let records = usize::try_from(loaded.memory()).unwrap();
        for limit in (0..2 * needed).step_by(needed / 97) {
            let limits = Limits { memory: Some(limit as u64), ..Limits::default() };
            let loaded = loaded.clone();
            let (result, peak) = peak(|| SignatureIndex::build(loaded, &limits));
            match result {
                Ok(index) => assert!(index.memory() <= limit as u64, "{} says it takes", index.memory()),
                Err(error) => {
                    let reached = reached(Err(error.into())).unwrap();
                    assert_eq!((reached.kind, reached.limit), (LimitKind::Memory, limit as u64));
                    assert!(reached.needed > limit as u64);
                }
            }
            // The records were there before.
            let built = peak.max(1) + records;
            assert!(peak == 0 || built <= limit + SLACK, "{built} bytes, {limit} allowed");
        }
        // While a table is doubled, the old one is there as well.
        let limits = Limits { memory: Some(2 * needed as u64), ..Limits::default() };
        assert!(SignatureIndex::build(load(&signature).unwrap(), &limits).is_ok());
    }
}

#[test]
fn a_delta_takes_no_more_memory_than_its_limit() {
    let new = Random::new(5).bytes(3 << 20, 0);
    for block_len in [1000, 16_000, 100_000, 500_000] {
        let index = index_of(&signature_of(&new[..block_len], params(Format::default(), block_len, 8)));
        for limit in [0, 5000, 200_000, 600_000, 1 << 20, 2 << 20] {
            for piece in [1000, 70_000, usize::MAX] {
                let limits = Limits { memory: Some(limit as u64), ..Limits::default() };
                let mut space = vec![0; 1 << 16];
                let (result, peak) = peak(|| -> Result<(), ResourceError> {
                    let mut job = DeltaJob::new(&index, DeltaOptions::default()).with_limits(limits);
                    let mut rest = &new[..];
                    while !rest.is_empty() {
                        let piece = &rest[..piece.min(rest.len())];
                        rest = &rest[job.step(Input::more(piece), &mut space)?.consumed..];
                    }
                    Ok(())
                });
                reached(result.map_err(Error::from)).into_iter().for_each(|error| {
                    assert_eq!((error.kind, error.limit), (LimitKind::Memory, limit as u64));
                    assert!(limit < 2 * block_len + (400 << 10), "{limit} is enough");
                });
                assert!(peak <= limit + SLACK, "{peak} bytes, {limit} allowed, pieces of {piece}");
            }
        }
    }
}
