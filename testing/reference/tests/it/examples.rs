//! Signatures and deltas worked out by hand from the formats, and checked once with the real tool.

use rollsync_reference::{
    Command, Delta, Format, Match, Params, Rules, Signature, delta, parse_delta, patch,
};

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn made(basis: &[u8], new: &[u8], block_len: usize) -> Delta {
    let params = Params::new(Format::RABINKARP_BLAKE2, block_len, 32).unwrap();
    let delta = delta(&Signature::of(basis, params), new, &Rules::release_2_3_2(block_len));
    let parsed = parse_delta(&delta.bytes).unwrap();
    assert_eq!(parsed.len, delta.bytes.len());
    assert!(parsed.commands().eq(&delta.commands));
    let patched = patch(basis, &delta.bytes);
    assert_eq!((patched.result, patched.output.as_slice()), (Ok(()), new));
    assert_eq!(patched.stats, rollsync_reference::Stats { op: "patch", ..delta.stats });
    delta
}

#[test]
fn signature_of_hello_world() {
    let expected = [
        (Format::ROLLSUM_MD4, "72730136 00000100 00000010 21fe05b1 aa010fbc1d14c795d86ef98c95479d17"),
        (
            Format::ROLLSUM_BLAKE2,
            "72730137 00000100 00000020 21fe05b1 256c83b297114d201b30179f3f0ef0cace9783622da5974326b436178aeef610",
        ),
        (Format::RABINKARP_MD4, "72730146 00000100 00000010 ab363389 aa010fbc1d14c795d86ef98c95479d17"),
        (
            Format::RABINKARP_BLAKE2,
            "72730147 00000100 00000020 ab363389 256c83b297114d201b30179f3f0ef0cace9783622da5974326b436178aeef610",
        ),
    ];
    for (format, hex) in expected {
        let params = Params::new(format, 256, format.strong.max_len()).unwrap();
        let signature = Signature::of(b"hello world", params);
        assert_eq!(signature.to_bytes(), unhex(hex));
        assert_eq!(Signature::load(&unhex(hex)), Ok(signature));
    }
}

#[test]
fn blocks_of_one_byte() {
    let delta = made(b"abcabd", b"xabdcba", 1);
    assert_eq!(delta.bytes, unhex("72730236 0178 450002 450501 450201 450101 450001 00"));
    let at = |position, lowest| Match { position, lowest, chosen: lowest, len: 1 };
    assert_eq!(delta.matches, [at(1, 0), at(2, 1), at(3, 5), at(4, 2), at(5, 1), at(6, 0)]);
    assert_eq!((delta.search.searches, delta.search.matches, delta.search.strong_calcs), (7, 6, 6));
    assert_eq!((delta.stats.lit_cmds, delta.stats.lit_bytes, delta.stats.lit_cmdbytes), (1, 1, 1));
    assert_eq!((delta.stats.copy_cmds, delta.stats.copy_bytes, delta.stats.copy_cmdbytes), (5, 6, 15));
}

#[test]
fn equal_blocks_do_not_merge() {
    let delta = made(&[0; 1000], &[0; 1300], 256);
    let mut expected = unhex("72730236");
    expected.extend(unhex("46 00 0100").repeat(5));
    expected.push(20);
    expected.extend([0; 20]);
    expected.push(0);
    assert_eq!(delta.bytes, expected);
    // The remainder of 20 bytes is searched at each of its lengths.
    assert_eq!((delta.search.searches, delta.search.matches), (25, 5));
}

#[test]
fn the_lowest_of_equal_blocks_wins() {
    let (p, q, r) = ([1; 64], [2; 64], [3; 64]);
    let (basis, new) = ([p, q, p, r].concat(), [p, r, p, q].concat());
    assert_eq!(made(&basis, &new, 64).bytes, unhex("72730236 450040 45c040 450080 00"));
}

#[test]
fn literals_are_cut_where_the_release_cuts_them() {
    let params = Params::new(Format::RABINKARP_BLAKE2, 100, 32).unwrap();
    let signature = Signature::of(&[0; 100], params);
    let new = vec![7; 140_000];
    let lens = |rules: &Rules| -> Vec<usize> {
        let commands = delta(&signature, &new, rules).commands;
        commands
            .iter()
            .filter_map(|c| if let Command::Literal(l) = c { Some(l.len()) } else { None })
            .collect()
    };
    assert_eq!(lens(&Rules::release_2_3_2(100)), [32_768, 32_768, 32_768, 32_768, 8928]);
    assert_eq!(lens(&Rules::release_2_3_3(100)), [65_533, 65_533, 8934]);
    assert_eq!(lens(&Rules::compact()), [65_535, 65_535, 8930]);
}

#[test]
fn an_empty_new_file_is_magic_and_end() {
    assert_eq!(made(b"basis", b"", 2).bytes, unhex("72730236 00"));
    assert_eq!(made(b"", b"", 2).bytes, unhex("72730236 00"));
}

#[test]
fn an_empty_basis_needs_no_search() {
    let delta = made(b"", b"abcde", 2);
    assert_eq!(delta.bytes, unhex("72730236 026162 026364 0165 00"));
    assert_eq!(delta.search, rollsync_reference::MatchStats::default());
}
