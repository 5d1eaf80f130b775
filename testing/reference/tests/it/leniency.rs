//! What the readers accept and refuse beyond the golden vectors.

use rollsync_reference::{
    DeltaErrorKind, Format, LoadError, Params, PatchError, Signature, parse_delta, patch,
};

use crate::random::Random;

fn signature_bytes() -> Vec<u8> {
    Signature::of(b"hello world, this is", Params::new(Format::RABINKARP_BLAKE2, 8, 12).unwrap()).to_bytes()
}

#[test]
fn a_signature_may_end_inside_a_weak_sum_only() {
    let whole = signature_bytes();
    assert_eq!(whole.len(), 12 + 3 * 16);
    for len in 0..=whole.len() {
        let loaded = Signature::load(&whole[..len]);
        match len.checked_sub(12) {
            None => assert_eq!(loaded, Err(LoadError::InputEnded), "{len} bytes"),
            Some(records) if records % 16 < 4 => {
                assert_eq!(loaded.unwrap().records.len(), records / 16, "{len} bytes");
            }
            Some(_) => assert_eq!(loaded, Err(LoadError::InputEnded), "{len} bytes"),
        }
    }
}

#[test]
fn zero_in_the_header_means_recommended() {
    let mut bytes = signature_bytes();
    bytes[..4].fill(0);
    assert_eq!(Signature::load(&bytes), Signature::load(&signature_bytes()));
    bytes[8..12].fill(0);
    let loaded = Signature::load(&bytes[..12 + 36]).unwrap();
    assert_eq!((loaded.params.strong_len(), loaded.records.len()), (32, 1));
    assert_eq!(
        loaded.stats("loadsig").text(1).split(" speed").next().unwrap(),
        "loadsig statistics: signature[1 blocks, 8 bytes per block]"
    );
}

#[test]
fn a_bad_length_wins_over_a_bad_magic() {
    let header = |magic: u32, block_len: u32, strong_len: u32| {
        Signature::load(&[magic.to_be_bytes(), block_len.to_be_bytes(), strong_len.to_be_bytes()].concat())
    };
    assert_eq!(header(1, 0, 99), Err(LoadError::BlockLen { block_len: 0 }));
    assert_eq!(header(1, 0x8000_0000, 99), Err(LoadError::BlockLen { block_len: i32::MIN }));
    assert_eq!(header(1, 1, 99), Err(LoadError::StrongLen { strong_len: 99 }));
    assert_eq!(header(1, 1, u32::MAX), Err(LoadError::StrongLen { strong_len: -1 }));
    assert_eq!(header(1, 1, 32).unwrap_err().code(), 104);
    assert_eq!(header(0x7273_0136, 1, 17).unwrap_err().code(), 108);
    assert_eq!(header(0x7273_0136, 0x7fff_ffff, 16).unwrap().params.block_len(), 0x7fff_ffff);
}

#[test]
fn a_failing_patch_gives_what_came_before() {
    let basis = b"0123456789";
    let run = |hex: &[u8]| {
        let delta = [b"rs\x026", hex].concat();
        let patched = patch(basis, &delta);
        assert_eq!(patched.result.is_ok(), parse_delta(&delta).is_ok() && patched.code() == 0);
        (patched.code(), patched.output, patched.consumed, patched.stats.copy_cmds, patched.stats.lit_cmds)
    };
    assert_eq!(run(b"\x02ab\x45\x02\x03\x00junk"), (0, b"ab234".to_vec(), 11, 1, 1));
    assert_eq!(run(b"\x02ab\x45\x08\x03\x00"), (103, b"ab89".to_vec(), 10, 1, 1));
    assert_eq!(run(b"\x02ab\x45\x0a\x01\x00"), (103, b"ab".to_vec(), 10, 1, 1));
    assert_eq!(run(b"\x05ab"), (103, b"ab".to_vec(), 7, 0, 1));
    assert_eq!(run(b"\x01a\x41"), (103, b"a".to_vec(), 6, 0, 1));
    assert_eq!(run(b"\x01a\x55"), (106, b"a".to_vec(), 6, 0, 1));
    assert_eq!(run(b"\x01a"), (103, b"a".to_vec(), 6, 0, 1));
}

#[test]
fn an_error_tells_where() {
    let delta = b"rs\x026\x02ab\x45\x02\x00\x00";
    let error = parse_delta(delta).unwrap_err();
    assert_eq!((error.offset, error.kind), (7, DeltaErrorKind::CopyLen { len: 0 }));
    assert_eq!(patch(b"xyz", delta).result, Err(PatchError::Delta(error)));
    assert_eq!(patch(b"xyz", b"rs\x026\x45\x02\x09\x00").result, Err(PatchError::BasisEnded { offset: 4 }));
}

/// Whatever the bytes are, the readers answer, and the parser agrees with the patch.
#[test]
fn noise_is_answered() {
    let mut random = Random::new(6);
    for _ in 0..3000 {
        let len = random.below(60);
        let alphabet = random.pick(&[0x46, 256]);
        let mut delta = b"rs\x026".to_vec();
        delta.extend(random.bytes(len, alphabet));
        let patched = patch(&[1; 300], &delta);
        match (parse_delta(&delta), patched.result) {
            (Ok(parsed), Ok(())) => assert_eq!(parsed.len, patched.consumed),
            (Err(parse), Err(PatchError::Delta(error))) => assert_eq!(parse, error),
            (parsed, Err(PatchError::BasisEnded { offset })) => {
                assert!(parsed.map_or_else(|e| e.offset, |p| p.len) > offset);
            }
            (parsed, result) => panic!("{delta:02x?}: {parsed:?} but {result:?}"),
        }
        let mut signature = signature_bytes();
        for _ in 0..2 {
            let at = random.below(signature.len());
            signature[at] = random.bytes(1, 256)[0];
        }
        if let Ok(loaded) = Signature::load(&signature) {
            assert_eq!(Signature::load(&loaded.to_bytes()), Ok(loaded));
        }
    }
}
