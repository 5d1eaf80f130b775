//! Records that were taken apart elsewhere: the job does what it does with their bytes.

use crate::allocation::freed;
use crate::draw::{Random, cases};
use crate::engine::{load, params, signature_of};
use crate::files::any_params;
use proptest::{prelude::*, sample::Index};
use rollsync_core::{
    Error, Format, Input, Job, LimitKind, Limits, LoadError, LoadJob, Records, ResourceError, Signature,
    SignatureParams,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes that are a header and records, whatever they say.
fn signature_bytes(params: SignatureParams, count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = params.header().to_vec();
    bytes.extend(Random::new(seed).bytes(count * params.record_len(), 0));
    bytes
}

fn apart(params: SignatureParams, bytes: &[u8]) -> Records {
    let mut records = Records::new(params);
    assert_eq!(records.add(bytes).unwrap(), bytes.len());
    records
}

/// Loads `bytes`, of which the pieces between `cuts` (numbers of records) come in turns as records and as bytes.
fn in_pieces(
    params: SignatureParams,
    bytes: &[u8],
    cuts: &[usize],
    limits: Limits,
) -> Result<LoadJob, Error> {
    let (header, rest) = bytes.split_at(12);
    let record_len = params.record_len();
    let mut job = LoadJob::new().with_limits(limits);
    assert_eq!(job.params(), None);
    let _ = job.step(Input::more(header), &mut [])?;
    assert_eq!(job.params(), Some(params));
    let mut at = 0;
    for (i, &cut) in cuts.iter().enumerate() {
        let piece = &rest[at * record_len..cut * record_len];
        if i % 2 == 0 {
            job.add(Records::new(params))?;
            for piece in piece.chunks(Records::MAX * record_len) {
                job.add(apart(params, piece))?;
            }
        } else {
            let _ = job.step(Input::more(piece), &mut [])?;
        }
        assert_eq!(job.stats().blocks, cut as u64);
        at = cut;
    }
    let _ = job.step(Input::last(&rest[at * record_len..]), &mut [])?;
    Ok(job)
}

fn equal(a: &Signature, b: &Signature) {
    assert!(a == b);
    for block in 0..a.block_count() {
        assert_eq!(
            (a.weak_sum(block), a.strong_sum(block)),
            (b.weak_sum(block), b.strong_sum(block)),
            "{block}"
        );
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn are_as_good_as_their_bytes(
        params in any_params(),
        count in 0_usize..300,
        at in prop::collection::vec(any::<Index>(), 0..6),
        rest in 0_usize..4,
        seed in any::<u64>(),
    ) {
        let mut bytes = signature_bytes(params, count, seed);
        bytes.extend(&[0; 4][..rest]);
        let mut cuts: Vec<usize> = at.iter().map(|at| at.index(count + 1)).collect();
        cuts.sort_unstable();
        let job = in_pieces(params, &bytes, &cuts, Limits::default()).unwrap();
        equal(&job.into_signature().unwrap(), &load(&bytes).unwrap());
    }
}

#[test]
fn pieces_that_fill_what_is_kept_and_pieces_that_do_not() {
    const MAX: usize = Records::MAX;
    for (format, strong_len) in [(Format::default(), 32), (Format::ROLLSUM_MD4, 3)] {
        let params = params(format, 2048, strong_len);
        let bytes = signature_bytes(params, 3 * MAX + 5, 1);
        let whole = load(&bytes).unwrap();
        for cuts in [
            vec![MAX, MAX, 2 * MAX, 2 * MAX, 3 * MAX],
            vec![3 * MAX + 5],
            vec![1, 1, MAX, MAX, 3 * MAX],
            vec![0, MAX, 2 * MAX, 2 * MAX + 1, 2 * MAX + 2],
            vec![MAX - 1, MAX + 1, 2 * MAX + 7],
            vec![0, 7, 3 * MAX],
        ] {
            let job = in_pieces(params, &bytes, &cuts, Limits::default()).unwrap();
            let loaded = job.into_signature().unwrap();
            equal(&loaded, &whole);
            // Room for a piece is not more than twice what it holds.
            assert!(loaded.memory() <= 2 * bytes.len() as u64, "{} bytes, {cuts:?}", loaded.memory());
        }
    }
}

#[test]
fn no_more_than_there_is_room_for() {
    let params = params(Format::ROLLSUM_MD4, 10, 2);
    let bytes = signature_bytes(params, Records::MAX + 9, 2);
    let mut records = Records::new(params);
    assert_eq!(records.add(&bytes[12..12 + 6 * 9 + 5]).unwrap(), 6 * 9, "whole ones");
    assert_eq!(records.add(&bytes[12 + 6 * 9..]).unwrap(), 6 * (Records::MAX - 9));
    assert_eq!(records.add(&bytes[12..]).unwrap(), 0);
    assert_eq!((records.count(), records.params()), (Records::MAX, params));
}

#[test]
fn room_is_no_more_than_four_times_what_has_come() {
    let params = params(Format::default(), 100, 32);
    let bytes = signature_bytes(params, 10_000, 8);
    let mut records = Records::new(params);
    for (i, record) in bytes[12..].chunks(36).enumerate() {
        records.add(record).unwrap();
        if i % 500 < 3 {
            let kept = freed(|| records = Records::new(params));
            assert!(kept <= 4 * 36 * (i + 1), "{kept} bytes for {} records", i + 1);
            records.add(&bytes[12..12 + 36 * (i + 1)]).unwrap();
        }
    }
}

#[test]
fn limits_count_them() {
    let params = params(Format::default(), 100, 32);
    let bytes = signature_bytes(params, 40_000, 3);
    let needed = load(&bytes).unwrap().memory();
    let cuts = [Records::MAX, Records::MAX, 2 * Records::MAX, 2 * Records::MAX + 1, 40_000];
    let load = |limits| in_pieces(params, &bytes, &cuts, limits);
    let records = |records| load(Limits { records: Some(records), ..Limits::default() });
    assert!(records(40_000).is_ok());
    for (limit, needed) in [(16_383, 16_384), (20_000, 32_768), (39_999, 40_000)] {
        let Err(Error::Load(LoadError::Resource(ResourceError::Limit(reached)))) = records(limit) else {
            panic!("{limit} is not enough")
        };
        assert_eq!((reached.kind, reached.limit, reached.needed), (LimitKind::Records, limit, needed));
    }
    for memory in [0, 500_000, 600_000, needed / 2, 36 * 40_000 - 1] {
        let Err(Error::Load(LoadError::Resource(ResourceError::Limit(reached)))) =
            load(Limits { memory: Some(memory), ..Limits::default() })
        else {
            panic!("{memory} is not enough")
        };
        assert_eq!((reached.kind, reached.limit), (LimitKind::Memory, memory));
        assert!(reached.needed > memory);
    }
    let limits = Limits { memory: Some(2 * needed), ..Limits::default() };
    assert!(load(limits).unwrap().into_signature().unwrap().memory() <= 2 * needed);
}

#[test]
fn a_job_that_has_failed_fails_again() {
    let params = params(Format::default(), 100, 32);
    let bytes = signature_bytes(params, 2, 4);
    let mut job = LoadJob::new().with_limits(Limits { records: Some(1), ..Limits::default() });
    let _ = job.step(Input::more(&bytes[..12]), &mut []).unwrap();
    let error = job.add(apart(params, &bytes[12..])).unwrap_err();
    assert_eq!(job.add(Records::new(params)), Err(error));
    assert_eq!(job.step(Input::last(&[]), &mut []).map(drop), Err(error));
    assert!(job.into_signature().is_none());
}

#[test]
fn an_end_that_comes_too_early_behind_them_has_its_offset() {
    let params = params(Format::default(), 100, 32);
    let bytes = signature_bytes(params, 3, 5);
    let mut job = LoadJob::new();
    let _ = job.step(Input::more(&bytes[..12]), &mut []).unwrap();
    job.add(apart(params, &bytes[12..12 + 72])).unwrap();
    let error = job.step(Input::last(&bytes[84..100]), &mut []).unwrap_err();
    assert_eq!(error, LoadError::InputEnded { offset: 100, missing: 20 });
}

#[test]
fn a_seal_among_them_is_found() {
    let params = params(Format::default(), 100, 32);
    let basis = Random::new(6).bytes(5000, 0);
    let mut job = rollsync_core::SignatureJob::new(params).sealed();
    let outcome = crate::slicing::drive(&mut job, &basis, &[], &crate::slicing::Slicing::whole());
    outcome.result.unwrap();
    let records = outcome.output.len() / params.record_len();
    for cut in [records, records - 2, 50] {
        let job = in_pieces(params, &outcome.output, &[cut], Limits::default()).unwrap();
        let signature = job.into_signature().unwrap();
        assert_eq!((signature.block_count(), signature.basis().unwrap().len), (50, 5000));
        equal(&signature, &load(&outcome.output).unwrap());
    }
    let mut broken = outcome.output;
    broken[20] ^= 1;
    assert!(in_pieces(params, &broken, &[records], Limits::default()).is_err());
}

#[test]
fn records_of_another_signature_are_a_mistake() {
    let (ours, other) = (params(Format::default(), 100, 32), params(Format::default(), 100, 31));
    let bytes = signature_of(&[1; 250], ours);
    let panics = |taken: usize, last: bool, records: Records| {
        let mut job = LoadJob::new();
        let input = &bytes[..taken];
        let _ = job.step(if last { Input::last(input) } else { Input::more(input) }, &mut []).unwrap();
        catch_unwind(AssertUnwindSafe(|| job.add(records))).is_err()
    };
    assert!(panics(11, false, Records::new(ours)), "before the header");
    assert!(panics(13, false, Records::new(ours)), "behind half a record");
    assert!(panics(120, true, Records::new(ours)), "behind the end");
    assert!(panics(12, false, Records::new(other)), "of other lengths");
    assert!(!panics(12, false, Records::new(ours)));
}
