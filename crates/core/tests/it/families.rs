//! Families of hostile data: the hashing is counted, and stays linear.

use crate::collisions::Collisions;
use crate::draw::Random;
use crate::engine::{index_of, params, signature_of};
use crate::slicing::{Slicing, drive};
use rollsync_core::{
    DeltaJob, DeltaOptions, EndCheck, Format, Input, Job, Limits, LoadJob, PatchJob, Profile, SignatureIndex,
    SignatureJob, Status, WeakKind,
    seal::{FileDigest, Seal},
};

struct Family {
    name: &'static str,
    signature: Vec<u8>,
    new: Vec<u8>,
}

fn family(name: &'static str, basis: &[u8], format: Format, block_len: usize, new: Vec<u8>) -> Family {
    let strong_len = format.strong.digest_len();
    Family { name, signature: signature_of(basis, params(format, block_len, strong_len)), new }
}

/// The same with strong sums that nothing has: all weak sums are found, in vain.
fn spoilt(mut family: Family, block_len: usize, format: Format) -> Family {
    let record_len = params(format, block_len, format.strong.digest_len()).record_len();
    family.signature[12..].chunks_mut(record_len).for_each(|record| record[4] ^= 1);
    family
}

fn families(format: Format) -> Vec<Family> {
    let (mut random, mut blocks) = (Random::new(1), Collisions::new(2));
    let colliding: Vec<u8> = (0..3000).flat_map(|_| blocks.block(256)).collect();
    let half: Vec<u8> = (0..3000)
        .flat_map(|i| if i % 2 == 0 { blocks.block(256) } else { colliding[i * 256..][..256].to_vec() })
        .collect();
    let zeros = vec![0; 200_000];
    let period: Vec<u8> = random.bytes(1000, 0).into_iter().cycle().take(200_000).collect();
    let random_bytes = random.bytes(300_000, 0);
    vec![
        family("thousands of blocks under one weak sum", &colliding, format, 256, half),
        spoilt(family("all windows collide", &[0; 512], format, 512, zeros.clone()), 512, format),
        family("zeros", &zeros, format, 700, [&zeros[..], &[1], &zeros[..]].concat()),
        family("a period", &period, format, 1500, period[333..].to_vec()),
        spoilt(family("a period in vain", &period, format, 1500, period[333..].to_vec()), 1500, format),
        family("block length 1", &[0, 1, 2, 3], format, 1, random.bytes(20_000, 8)),
        family("the longest block length", &random_bytes, format, 0x7fff_ffff, random_bytes[1..].to_vec()),
        family("the longest block length, same", &random_bytes, format, 0x7fff_ffff, random_bytes.clone()),
    ]
}

#[test]
fn hashing_is_linear_in_every_family() {
    for format in Format::ALL {
        for Family { name, signature, new } in families(format) {
            let index = index_of(&signature);
            for profile in [Profile::Compact, Profile::Librsync234, Profile::Librsync232] {
                let mut job = DeltaJob::new(&index, DeltaOptions { profile, ..DeltaOptions::default() });
                drive(&mut job, &new, &[], &Slicing::whole()).result.unwrap();
                let search = job.stats().search;
                let len = new.len() as u64;
                let what = format!("{name}, {profile}: {search:?}, {} hashed", job.hashed_bytes());
                // A position is decided once, with one strong sum at most and one look at the blocks of its weak sum.
                assert!(search.searches <= len, "{what}");
                assert!(search.strong_sums <= search.searches, "{what}");
                if profile == Profile::Compact {
                    let per_byte = if format.weak == WeakKind::Rollsum { 8 } else { 4 };
                    assert!(search.hashed_bytes <= per_byte * len, "{what}");
                }
                // What is hashed ahead in vain is no more than a part of what was not.
                assert!(job.hashed_bytes() <= 2 * search.hashed_bytes + (1 << 20), "{what}");
            }
        }
    }
}

/// Twenty million records: what a position costs does not grow with them, and the budget holds where false matches of
/// weak sums are common.
#[test]
fn a_signature_of_twenty_million_records() {
    const RECORDS: usize = 20_000_000;
    let params = params(Format::RABIN_KARP_BLAKE2, 4096, 1);
    let mut load = LoadJob::new();
    let mut records = params.header().to_vec();
    let mut random = Random::new(5);
    for _ in 0..RECORDS / 10_000 {
        records.extend((0..10_000).flat_map(|_| {
            let [a, b, c, d, e, ..] = random.next().to_le_bytes();
            [a, b, c, d, e]
        }));
        let progress = load.step(Input::more(&records), &mut []).unwrap();
        assert_eq!((progress.consumed, progress.status), (records.len(), Status::NeedInput));
        records.clear();
    }
    assert_eq!(load.step(Input::last(&[]), &mut []).unwrap().status, Status::Done);
    let index = SignatureIndex::build(load.into_signature().unwrap(), &Limits::default()).unwrap();
    assert_eq!(index.signature().block_count(), RECORDS);
    let new = Random::new(6).bytes(1 << 20, 0);
    let mut job = DeltaJob::new(&index, DeltaOptions::default());
    drive(&mut job, &new, &[], &Slicing::whole()).result.unwrap();
    let search = job.stats().search;
    assert!(search.strong_sums > 1000, "false matches are common: {search:?}");
    assert!(search.hashed_bytes <= 8 << 20 && search.skipped > 0, "{search:?}");
}

/// Two blocks of one MD4 (Wang, Lai, Feng, Chen, Yu 2005). A signature that is made to hold the weak sum of the one beside
/// the strong sum of both turns the one into the other unseen; a seal sees it.
#[test]
fn a_colliding_pair_is_seen_by_the_seal() {
    let first = *b"\x83\x9c\x7a\x4d\x7a\x92\xcb\x56\x78\xa5\xd5\xb9\xee\xa5\xa7\x57\x3c\x8a\x74\xde\xb3\x66\xc3\xdc\x20\xa0\x83\xb6\x9f\x5d\x2a\x3b\xb3\x71\x9d\xc6\x98\x91\xe9\xf9\x5e\x80\x9f\xd7\xe8\xb2\x3b\xa6\x31\x8e\xdd\x45\xe5\x1f\xe3\x97\x08\xbf\x94\x27\xe9\xc3\xe8\xb9";
    let mut second = first;
    (second[7], second[11], second[50]) = (0xd6, 0x29, 0xdc);
    let params = params(Format::RABIN_KARP_MD4, 64, 16);
    let sums = |block: &[u8]| signature_of(block, params)[12..].to_vec();
    let (of_first, of_second) = (sums(&first), sums(&second));
    assert_eq!(of_first[4..], of_second[4..], "one strong sum");
    assert_ne!(of_first[..4], of_second[..4], "two weak ones");

    // As the basis is, and as somebody says that it is.
    let signature = drive(&mut SignatureJob::new(params).sealed(), &first, &[], &Slicing::whole()).output;
    let honest = index_of(&signature);
    let forged = index_of(&[&params.header()[..], &of_second].concat());
    for (index, copied) in [(&honest, 0), (&forged, 64)] {
        let mut job = DeltaJob::new(index, DeltaOptions::default()).sealed();
        let made = drive(&mut job, &second, &[], &Slicing::whole());
        assert_eq!(made.stats.copy.bytes, copied);
        let mut patch = PatchJob::new().with_end_check(EndCheck::Seal);
        let patched = drive(&mut patch, &made.output, &first, &Slicing::whole());
        patched.result.unwrap();
        let Some(Seal::Delta { new, .. }) = patch.seal() else { panic!("it is sealed") };
        assert_eq!(new == FileDigest::of(&patched.output), copied == 0);
    }
}
