use super::*;
use ::md4::Digest as _;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

fn hex(bytes: &[u8]) -> alloc::string::String {
    bytes.iter().map(|b| alloc::format!("{b:02x}")).collect()
}

/// RFC 1320, appendix A.5.
#[test]
fn md4_published_vectors() {
    for (message, digest) in [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
        ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "e33b4ddc9c38f2199c3e7b164fcc0536",
        ),
    ] {
        assert_eq!(hex(&sum(Isa::detect(), StrongKind::Md4, message.as_bytes())[..16]), digest);
    }
}

#[test]
fn blake2b_has_digest_length_32() {
    let digest = sum(Isa::detect(), StrongKind::Blake2, b"abc");
    assert_eq!(hex(&digest), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

#[test]
fn md4_equals_another_implementation_at_every_length() {
    let data: Vec<u8> = (0..1000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for n in (0..300).chain([511, 512, 513, 1000]) {
        let ours = sum(Isa::detect(), StrongKind::Md4, &data[..n]);
        assert_eq!(ours[..16], ::md4::Md4::digest(&data[..n])[..], "length {n}");
        assert_eq!(ours[16..], [0; 16]);
    }
}

proptest! {
    #[test]
    fn pieces_equal_the_whole(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..150), 0..12)) {
        for kind in [StrongKind::Md4, StrongKind::Blake2] {
            let mut hasher = Hasher::new(kind);
            for piece in &pieces {
                hasher.update(Isa::detect(), piece);
            }
            prop_assert_eq!(hasher.finish(), sum(Isa::detect(), kind, &pieces.concat()));
        }
    }

    #[test]
    fn many_equal_each(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40)) {
        let blocks: Vec<&[u8]> = blocks.iter().map(Vec::as_slice).collect();
        for isa in Isa::available() {
            for kind in [StrongKind::Md4, StrongKind::Blake2] {
                let mut digests = vec![[0; 32]; blocks.len()];
                sums(isa, kind, &blocks, &mut digests);
                let each: Vec<Digest> = blocks.iter().map(|block| sum(isa, kind, block)).collect();
                prop_assert_eq!(digests, each);
            }
        }
    }
}
