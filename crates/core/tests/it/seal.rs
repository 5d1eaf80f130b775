//! Seals of signatures and deltas: what they say, that every changed byte is noticed, that formats stay librsync's.

use crate::draw::{Random, cases};
use crate::engine::{load, params};
use crate::slicing::{Outcome, Slicing, drive};
use proptest::prelude::*;
use rollsync_core::{
    DeltaJob, DeltaOptions, EndCheck, Error, Format, LimitKind, Limits, LoadError, PatchError, PatchJob,
    ResourceError, Signature, SignatureIndex, SignatureJob, SignatureParams,
    seal::{FileDigest, FileHasher, SEAL_LEN, SEAL_MAGIC, Seal, SealFault},
};

fn sealed_signature(basis: &[u8], params: SignatureParams, slicing: &Slicing) -> Vec<u8> {
    let made = drive(&mut SignatureJob::new(params).sealed(), basis, &[], slicing);
    made.result.unwrap();
    made.output
}

fn index(signature: &[u8]) -> SignatureIndex {
    SignatureIndex::build(load(signature).unwrap(), &Limits::default()).unwrap()
}

fn sealed_delta(index: &SignatureIndex, new: &[u8], slicing: &Slicing) -> Vec<u8> {
    let made = drive(&mut DeltaJob::new(index, DeltaOptions::default()).sealed(), new, &[], slicing);
    made.result.unwrap();
    made.output
}

fn plain_signature(basis: &[u8], params: SignatureParams) -> Vec<u8> {
    drive(&mut SignatureJob::new(params), basis, &[], &Slicing::whole()).output
}

fn files() -> (Vec<u8>, Vec<u8>) {
    let basis = Random::new(7).bytes(5000, 0);
    let new = [&basis[..2000], b"something new", &basis[1500..]].concat();
    (basis, new)
}

#[test]
fn a_sealed_signature_is_a_signature_and_its_seal() {
    let (basis, _) = files();
    for format in Format::ALL {
        for strong_len in [1, 5, 16] {
            for len in [0, 1, 4096, 5000] {
                let params = params(format, 512, strong_len);
                let sealed = sealed_signature(&basis[..len], params, &Slicing::whole());
                let plain = plain_signature(&basis[..len], params);
                let (records, seal) = sealed.split_at(plain.len());
                assert_eq!(records, plain);
                assert_eq!(seal.len() % params.record_len(), 0);
                let mut carrier = FileHasher::new();
                carrier.update(&plain);
                let (record, padding) = seal.split_first_chunk::<SEAL_LEN>().unwrap();
                let basis = FileDigest::of(&basis[..len]);
                assert_eq!(Seal::parse(record, &carrier), Ok(Seal::Signature { basis }));
                assert!(padding.iter().all(|byte| *byte == 0) && padding.len() < params.record_len());

                let loaded = load(&sealed).unwrap();
                assert_eq!(loaded.basis(), Some(basis));
                let same = |a: &Signature, b: &Signature| {
                    a.block_count() == b.block_count()
                        && (0..a.block_count())
                            .all(|i| a.weak_sum(i) == b.weak_sum(i) && a.strong_sum(i) == b.strong_sum(i))
                };
                let plain = load(&plain).unwrap();
                assert!(same(&loaded, &plain) && plain.basis().is_none());
            }
        }
    }
}

#[test]
fn a_sealed_delta_is_a_delta_and_its_seal() {
    let (basis, new) = files();
    let params = params(Format::default(), 512, 8);
    let plain = index(&plain_signature(&basis, params));
    let expected = drive(&mut DeltaJob::new(&plain, DeltaOptions::default()), &new, &[], &Slicing::whole());
    let known = Some(FileDigest::of(&basis));
    for (index, basis_digest) in
        [(&plain, None), (&index(&sealed_signature(&basis, params, &Slicing::bytes())), known)]
    {
        let sealed = sealed_delta(index, &new, &Slicing::whole());
        let (delta, seal) = sealed.split_at(expected.output.len());
        assert_eq!(delta, expected.output);
        let mut carrier = FileHasher::new();
        carrier.update(delta);
        let said = Seal::parse(seal.try_into().unwrap(), &carrier);
        assert_eq!(said, Ok(Seal::Delta { basis: basis_digest, new: FileDigest::of(&new) }));
        // Whoever does not know of seals stops at END.
        let patched = drive(&mut PatchJob::new(), &sealed, &basis, &Slicing::whole());
        assert_eq!((patched.output, patched.consumed), (new.clone(), delta.len()));
    }
}

#[test]
fn every_changed_byte_of_a_sealed_signature_is_noticed() {
    let (basis, _) = files();
    for strong_len in [1, 8, 32] {
        let params = params(Format::default(), 1024, strong_len);
        let sealed = sealed_signature(&basis, params, &Slicing::whole());
        for at in 0..sealed.len() {
            for flip in [1, 0x80] {
                let mut changed = sealed.clone();
                changed[at] ^= flip;
                let loaded = load(&changed);
                let seal = sealed.len() - Seal::record_count(&params) * params.record_len();
                // Without its magic the seal is not there.
                let was_magic = (seal..seal + 8).contains(&at);
                assert_eq!(loaded.is_ok(), was_magic, "{at}: {loaded:?}");
                if let Ok(loaded) = loaded {
                    assert_eq!(loaded.basis(), None);
                }
            }
        }
    }
}

#[test]
fn a_cut_or_lengthened_sealed_signature_is_noticed() {
    let (basis, _) = files();
    let params = params(Format::default(), 1024, 12);
    let sealed = sealed_signature(&basis, params, &Slicing::whole());
    let seal = sealed.len() - Seal::record_count(&params) * params.record_len();
    for len in seal + params.record_len()..sealed.len() {
        assert!(load(&sealed[..len]).is_err(), "{len}");
    }
    for more in [1, 3, 4, 16, 100, 128] {
        let longer = [&sealed[..], &vec![0; more]].concat();
        assert!(load(&longer).is_err(), "{more}");
    }
    // Sealed for another number of blocks: the fields are right, and the digest too.
    let other = plain_signature(&basis[..4000], params);
    let mut carrier = FileHasher::new();
    carrier.update(&other);
    let records = Seal::Signature { basis: FileDigest::of(&basis) }.records(&carrier, &params);
    let error = load(&[other, records].concat()).unwrap_err();
    let Error::Load(LoadError::Seal(error)) = error else { panic!("{error}") };
    assert_eq!(error.fault, SealFault::BlockCount { found: 4, expected: 5 });
}

#[test]
fn fields_that_cannot_be_are_named() {
    let basis = FileDigest::of(b"basis");
    let carrier = FileHasher::new();
    let record = Seal::Signature { basis }.record(&carrier);
    assert!(record.starts_with(&SEAL_MAGIC));
    for (at, value, offset, fault) in [
        (0, 0, 0, SealFault::Magic),
        (8, 2, 8, SealFault::Version { found: 2 }),
        (9, 3, 9, SealFault::Kind { found: 3 }),
        (11, 0, 9, SealFault::Kind { found: 2 }),
        (11, 3, 10, SealFault::Flags { found: 3 }),
        (13, 1, 10, SealFault::Flags { found: 1 }),
        (56, 1, 9, SealFault::Kind { found: 2 }),
        (30, 1, 0, SealFault::Digest),
        (127, !record[127], 0, SealFault::Digest),
    ] {
        let mut changed = record;
        changed[at] = value;
        let error = Seal::parse(&changed, &carrier).unwrap_err();
        assert_eq!((error.offset, error.fault), (offset, fault), "{at}");
    }
}

#[test]
fn a_seal_counts_as_output() {
    let params = params(Format::default(), 512, 32);
    let len = sealed_signature(&[7; 1000], params, &Slicing::whole()).len() as u64;
    for (output, fits) in [(len, true), (len - 1, false)] {
        let limits = Limits { output: Some(output), ..Limits::default() };
        let mut job = SignatureJob::new(params).with_limits(limits).sealed();
        let result = drive(&mut job, &[7; 1000], &[], &Slicing::whole()).result;
        match result {
            Ok(()) => assert!(fits),
            Err(Error::Resource(ResourceError::Limit(error))) => {
                assert_eq!((error.kind, error.needed, fits), (LimitKind::Output, len, false));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn a_seal_does_not_depend_on_the_slicing(slicing in Slicing::any(700), strong_len in 1_usize..=16) {
        let (basis, new) = files();
        let params = params(Format::default(), 300, strong_len);
        let sealed = sealed_signature(&basis, params, &slicing);
        prop_assert!(sealed == sealed_signature(&basis, params, &Slicing::whole()));
        let index = index(&sealed);
        prop_assert!(sealed_delta(&index, &new, &slicing) == sealed_delta(&index, &new, &Slicing::whole()));
    }
}

fn patched(basis: &[u8], delta: &[u8], end: EndCheck, slicing: &Slicing) -> (Outcome, Option<Seal>) {
    let mut job = PatchJob::new().with_end_check(end);
    let outcome = drive(&mut job, delta, basis, slicing);
    (outcome, job.seal())
}

#[test]
fn behind_end_stands_nothing_three_zeros_or_a_seal() {
    let (basis, new) = files();
    let index = index(&sealed_signature(&basis, params(Format::default(), 512, 8), &Slicing::whole()));
    let sealed = sealed_delta(&index, &new, &Slicing::whole());
    let (plain, record) = sealed.split_at(sealed.len() - SEAL_LEN);
    let seal = Seal::Delta { basis: Some(FileDigest::of(&basis)), new: FileDigest::of(&new) };
    let end = plain.len() as u64;
    type Judged = Result<Option<Seal>, (u64, SealFault)>;
    let cases: &[(&[u8], EndCheck, Judged)] = &[
        (b"", EndCheck::Seal, Ok(None)),
        (b"", EndCheck::Plain, Ok(None)),
        (&[0; 3], EndCheck::Seal, Ok(None)),
        (&[0; 3], EndCheck::Plain, Ok(None)),
        (record, EndCheck::Seal, Ok(Some(seal))),
        (record, EndCheck::None, Ok(None)),
        (record, EndCheck::Plain, Err((end, SealFault::Trailing))),
        (&[0; 4], EndCheck::Seal, Err((end, SealFault::Trailing))),
        (&[0; 2], EndCheck::Plain, Err((end, SealFault::Trailing))),
        (&[7; 500], EndCheck::Seal, Err((end, SealFault::Trailing))),
        (&[7; 500], EndCheck::None, Ok(None)),
        (&record[..1], EndCheck::Seal, Err((end + 1, SealFault::Cut))),
        (&record[..127], EndCheck::Seal, Err((end + 127, SealFault::Cut))),
        (&[record, b"\0"].concat(), EndCheck::Seal, Err((end + 128, SealFault::Trailing))),
        (&[&[0; 3], record].concat(), EndCheck::Seal, Err((end, SealFault::Trailing))),
    ];
    for (behind, check, expected) in cases {
        for slicing in [Slicing::whole(), Slicing::bytes()] {
            let (outcome, seal) = patched(&basis, &[plain, behind].concat(), *check, &slicing);
            let result = outcome.result.map(|()| seal).map_err(|error| match error {
                Error::Patch(PatchError::Seal(error)) => (error.offset, error.fault),
                error => panic!("{error}"),
            });
            assert_eq!(result, *expected, "{behind:?}, {check:?}");
            if expected.is_ok() {
                assert_eq!(outcome.output, new);
            }
        }
    }
}

#[test]
fn every_changed_byte_of_a_sealed_delta_is_noticed() {
    let (basis, new) = files();
    let index = index(&sealed_signature(&basis, params(Format::default(), 512, 8), &Slicing::whole()));
    let sealed = sealed_delta(&index, &new, &Slicing::whole());
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 4;
        assert!(patched(&basis, &changed, EndCheck::Seal, &Slicing::whole()).0.result.is_err(), "{at}");
        // Cut exactly behind END it is a plain delta.
        let cut = patched(&basis, &sealed[..at], EndCheck::Seal, &Slicing::whole()).0.result;
        assert_eq!(cut.is_ok(), at == sealed.len() - SEAL_LEN, "{at}");
    }
}
