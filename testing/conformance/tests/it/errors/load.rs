//! Signatures that cannot be loaded, and those that can though they look odd.

use rollsync::Format;
use rollsync_conformance::{Buffers, Case, Class, Ours, RealLibrsync, Release, SignatureArguments, present};

use crate::compare::same;

const ENDED: i32 = 103;
const BAD_MAGIC: i32 = 104;
const CORRUPT: i32 = 106;
const PARAM: i32 = 108;

struct Row {
    signature: Vec<u8>,
    code: i32,
    says: Option<String>,
}

#[test]
fn every_row() {
    let rows = rows();
    let new = Case::draw(Class::Mixed, 5).new;
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let ours = Ours(release.profile());
        for Row { signature, code, says } in &rows {
            let label = format!("{signature:02x?}");
            for buffers in [Buffers::default(), Buffers { input: 1, output: 0 }] {
                let (theirs, loaded) = real.load(signature, buffers);
                assert_eq!(theirs.code, *code, "{label}: {:?}", theirs.log);
                let said = theirs.log.iter().take(says.iter().count()).cloned();
                assert!(
                    said.eq(says.iter().map(|line| format!("ERROR: {line}"))),
                    "{label}: {:?}",
                    theirs.log
                );
                let (outcome, index) = ours.load(signature, buffers);
                assert_eq!(outcome.code, *code, "{label}");
                if *code == 0 {
                    assert_eq!(outcome.counts.of_the_job(), theirs.counts.of_the_job(), "{label}");
                }
                // What was loaded is the same if it finds the same.
                if let (Some(loaded), Some(index)) = (loaded, index) {
                    let theirs = real.whole_file(Buffers::default()).delta(&loaded, &new);
                    same(&ours.delta(&index, &new, None, Buffers::default()).0, &theirs, true, &label);
                }
            }
            let whole_file = real.whole_file(Buffers::default()).load(signature).0;
            assert_eq!(whole_file.code, *code, "{label}: {:?}", whole_file.log);
        }
        println!("load, {}: {} rows", release.version(), rows.len());
    }
}

/// What is known when loading fails has been counted: the block length, once its field is read and right.
#[test]
fn counts_of_failed_loads() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        for Row { signature, .. } in rows().iter().filter(|row| row.code != 0) {
            let theirs = real.load(signature, Buffers::default()).0.counts.of_the_job();
            let ours = Ours(release.profile()).load(signature, Buffers::default()).0.counts.of_the_job();
            assert_eq!(ours, theirs, "(ours, theirs) {signature:02x?}");
        }
    }
}

fn rows() -> Vec<Row> {
    let magics = Format::ALL.map(Format::magic);
    let mut rows = Vec::new();
    let mut row = |signature: Vec<u8>, code, says: Option<String>| rows.push(Row { signature, code, says });

    // Cut in the header, whatever its magic.
    for magic in [0x7273_0147, 0x7273_0236, 0] {
        for len in 0..12 {
            row(header(magic, 8, 4)[..len].to_vec(), ENDED, None);
        }
    }
    // The block length counts before the rest is missing, and before the magic.
    for block_len in [0, 0x8000_0000, u32::MAX] {
        let says = format!("(rs_loadsig_s_blocklen) block length of {} is bogus", block_len.cast_signed());
        for magic in [0x7273_0147, 0x7273_0236] {
            row(header(magic, block_len, 4), CORRUPT, Some(says.clone()));
            row(header(magic, block_len, 4)[..8].to_vec(), CORRUPT, Some(says.clone()));
            row(header(magic, block_len, 99), CORRUPT, Some(says.clone()));
        }
    }
    for strong_len in [33, 64, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        let says =
            format!("(rs_loadsig_s_stronglen) strong sum length {} is implausible", strong_len.cast_signed());
        for magic in [0x7273_0136, 0x7273_0147, 0x7273_0236] {
            row(header(magic, 8, strong_len), CORRUPT, Some(says.clone()));
        }
    }
    for magic in [0x7273_0236, 0x7273_0135, 0x7273_0138, 0x7273_0148, 1, u32::MAX] {
        let says = format!("(rs_sig_args) invalid magic {magic:#x}");
        row(header(magic, 8, 4), BAD_MAGIC, Some(says.clone()));
        // A strong length that is too long for half of the formats is the magic's affair too.
        row(header(magic, 8, 20), BAD_MAGIC, Some(says));
    }
    for magic in [0x7273_0136, 0x7273_0146] {
        for strong_len in 17..=32 {
            let says = format!("(rs_sig_args) invalid strong_len={strong_len} for magic={magic:#x}");
            row(header(magic, 8, strong_len), PARAM, Some(says));
        }
    }

    // A record cut anywhere: a part of the weak sum is a clean end, anything more is not.
    for magic in magics {
        for strong_len in [1, 4, 16] {
            let record: Vec<u8> = (1..=4 + strong_len).collect();
            for whole in 0..3 {
                for len in 0..record.len() {
                    let signature =
                        [&header(magic, 8, strong_len.into())[..], &record.repeat(whole), &record[..len]]
                            .concat();
                    row(signature, if len < 4 { 0 } else { ENDED }, None);
                }
            }
        }
    }

    // Odd and right: a magic of 0, a strong length of 0, blocks of any length.
    let basis = Case::draw(Class::Mixed, 5).basis;
    for format in Format::ALL {
        let arguments = SignatureArguments { format, block_len: 64, strong_len: 0 };
        let ours = Ours(rollsync::Profile::Compact);
        let mut signature = ours.signature(&basis, true, &arguments, Buffers::default()).output;
        row(signature.clone(), 0, None);
        signature[8..12].fill(0);
        row(signature.clone(), 0, None);
        if format == Format::default() {
            signature[..4].fill(0);
            row(signature.clone(), 0, None);
        }
    }
    row(header(0, 8, 0), 0, None);
    row(header(0, 1, 32), 0, None);
    // Not longer: the buffers of a delta grow with it.
    row(header(0x7273_0147, 1 << 20, 32), 0, None);
    rows
}

fn header(magic: u32, block_len: u32, strong_len: u32) -> Vec<u8> {
    [magic, block_len, strong_len].map(u32::to_be_bytes).concat()
}
