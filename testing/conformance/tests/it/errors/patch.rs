//! Deltas that cannot be applied, and those that can though they look odd.

use std::io;

use rollsync::Basis;
use rollsync_conformance::{Buffers, Ours, RealLibrsync, Release, present};

const BASIS: &[u8] = b"0123456789";
const MAGIC: [u8; 4] = *b"rs\x026";
const ENDED: i32 = 103;
const CORRUPT: i32 = 106;

/// A delta, the result code, and the line that the real one logs before "patch job failed".
struct Row {
    delta: Vec<u8>,
    code: i32,
    says: Option<String>,
}

#[test]
fn every_row() {
    let rows = rows();
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let ours = Ours(release.profile());
        for Row { delta, code, says } in &rows {
            let (whole, one_byte) = (Buffers::default(), Buffers { input: 1, output: 1 });
            let theirs = [
                real.patch(BASIS, delta, whole),
                real.patch(BASIS, delta, one_byte),
                real.whole_file(whole).patch(BASIS, delta),
            ];
            for outcome in &theirs {
                assert_eq!(outcome.code, *code, "{delta:02x?}: {:?}", outcome.log);
                let expected = says.iter().map(|line| format!("ERROR: {line}"));
                assert!(
                    outcome.log.iter().take(says.iter().count()).cloned().eq(expected),
                    "{delta:02x?}: {:?}",
                    outcome.log
                );
            }
            for buffers in [whole, one_byte] {
                let outcome = ours.patch(BASIS, delta, buffers);
                assert_eq!(outcome.code, *code, "{delta:02x?}");
                assert_eq!(outcome.counts.of_the_job(), theirs[0].counts.of_the_job(), "{delta:02x?}");
                if *code == 0 {
                    assert_eq!(outcome.output, theirs[0].output, "{delta:02x?}");
                }
            }
        }
        println!("patch, {}: {} rows", release.version(), rows.len());
    }
}

/// The basis cannot be read.
#[test]
fn a_basis_that_fails() {
    struct Fails;
    impl Basis for Fails {
        fn read_at(&mut self, _: u64, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let delta = after_magic(&[0x45, 0, 4, 0]);
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let theirs = real.patch_with_failing_basis(100, &delta, Buffers::default());
        let ours = Ours(release.profile()).patch_from(&mut Fails, &delta, Buffers::default());
        assert_eq!((ours.code, theirs.code), (100, 100), "{:?}", theirs.log);
    }
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |delta: Vec<u8>, code, says: Option<String>| rows.push(Row { delta, code, says });

    for len in 0..4 {
        row(MAGIC[..len].to_vec(), ENDED, None);
    }
    for magic in [0x7273_0236 ^ 1, 0x7273_0136, 0x7273_0137, 0x7273_0146, 0x7273_0147, 0, u32::MAX] {
        let says =
            format!("(rs_patch_s_header) got magic number {magic:#x} rather than expected value 0x72730236");
        let says = if magic == 0 { says.replace("0x0 ", "0 ") } else { says };
        row([&magic.to_be_bytes()[..], &[0]].concat(), 104, Some(says));
    }
    for opcode in 0x55..=0xff {
        let says = format!("(rs_patch_s_run) bogus command {opcode:#04x}");
        row(after_magic(&[opcode, 0, 0, 0]), CORRUPT, Some(says));
    }

    // No END, at once and behind a command.
    row(MAGIC.to_vec(), ENDED, None);
    row(after_magic(&[0x01, b'a']), ENDED, None);
    row(after_magic(&[0x45, 0, 10]), ENDED, None);
    // Parameters cut anywhere.
    for (opcode, parameters) in (0x41..=0x44).map(|opcode| (opcode, 1 << (opcode - 0x41))).chain(copies()) {
        for held in 0..parameters {
            row(after_magic(&[vec![opcode], vec![1; held]].concat()), ENDED, None);
        }
    }

    for (opcode, width) in [(0x41, 1), (0x42, 2), (0x43, 4), (0x44, 8)] {
        let says = "(rs_patch_s_literal) invalid length=0 on LITERAL command".to_owned();
        row(after_magic(&[vec![opcode], vec![0; width + 1]].concat()), CORRUPT, Some(says));
    }
    for len in [-1, i64::MIN] {
        let says = format!("(rs_patch_s_literal) invalid length={len} on LITERAL command");
        row(after_magic(&[&[0x44], &len.to_be_bytes()[..], &[0]].concat()), CORRUPT, Some(says));
    }
    let cut = "(rs_tube_catchup) reached end of file while copying data";
    for head in [
        &[0x02][..],
        &[0x40],
        &[0x41, 2],
        &[0x42, 0, 2],
        &[0x43, 0, 0, 0, 2],
        &[0x44, 0x7f, 0, 0, 0, 0, 0, 0, 0],
    ] {
        row(after_magic(head), ENDED, Some(cut.to_owned()));
        row(after_magic(&[head, b"a"].concat()), ENDED, Some(cut.to_owned()));
    }

    for (opcode, parameters) in copies() {
        let says = "(rs_patch_s_copy) invalid length=0 on COPY command".to_owned();
        row(after_magic(&[vec![opcode], vec![0; parameters + 1]].concat()), CORRUPT, Some(says));
    }
    let copy = |offset: i64, len: i64| {
        after_magic(&[&[0x54], &offset.to_be_bytes()[..], &len.to_be_bytes(), &[0]].concat())
    };
    for (offset, len) in [(0, -1), (0, i64::MIN), (-1, -1), (-1, 0), (100, -5)] {
        let says = format!("(rs_patch_s_copy) invalid length={len} on COPY command");
        row(copy(offset, len), CORRUPT, Some(says));
    }
    for offset in [-1, i64::MIN] {
        let says = format!("(rs_patch_s_copy) invalid position={offset} on COPY command");
        row(copy(offset, 3), CORRUPT, Some(says));
    }
    // Behind the end of the basis, from the start or from the middle of the copy. (Further off than any file system
    // goes, a file fails in its own way: see `failing_runs`.)
    for (offset, len) in [(0, 11), (9, 2), (10, 1), (11, 1), (1 << 40, 5), (3, i64::MAX)] {
        row(copy(offset, len), ENDED, None);
    }

    // Odd and right: what stands behind END, parameters wider than they need be, copies that overlap.
    row(after_magic(&[0]), 0, None);
    row(after_magic(&[0, 0x55, 0xff]), 0, None);
    row(after_magic(b"\x41\x01a\x44\0\0\0\0\0\0\0\x02bc\0"), 0, None);
    row(copy(2, 8), 0, None);
    row(after_magic(&[0x45, 9, 1, 0x45, 0, 10, 0x45, 0, 10, 0]), 0, None);
    rows
}

fn after_magic(bytes: &[u8]) -> Vec<u8> {
    [&MAGIC[..], bytes].concat()
}

/// Opcodes of COPY with the length of their parameters.
fn copies() -> impl Iterator<Item = (u8, usize)> {
    (0x45..=0x54).map(|opcode: u8| {
        let widths = opcode - 0x45;
        (opcode, (1 << (widths / 4)) + (1 << (widths % 4)))
    })
}
