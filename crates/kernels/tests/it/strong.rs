use crate::{guarded::Guarded, lengths, noise};
use blake2::{Blake2b256, Digest as _};
use md4::Md4;
use rollsync_kernels::{
    Isa,
    strong::{self, Digest, Hasher, StrongKind},
};

const KINDS: [StrongKind; 2] = [StrongKind::Md4, StrongKind::Blake2];

/// By implementations that share nothing with this one.
fn by_others(kind: StrongKind, block: &[u8]) -> Digest {
    let mut digest = [0; 32];
    match kind {
        StrongKind::Md4 => digest[..16].copy_from_slice(&Md4::digest(block)),
        StrongKind::Blake2 => digest.copy_from_slice(&Blake2b256::digest(block)),
    }
    digest
}

#[test]
fn sum_at_every_length_and_alignment() {
    let data = noise(11, 65_537);
    let mut memory = Guarded::new(65_537 + 64);
    for len in lengths() {
        for kind in KINDS {
            let expected = by_others(kind, &data[..len]);
            // One instruction set is enough: a single block is hashed the same way by all of them.
            let check = |block: &[u8], place: &str| {
                assert_eq!(strong::sum(Isa::detect(), kind, block), expected, "{kind:?} of {place}");
            };
            if len < 1000 {
                memory.everywhere(&data[..len], check);
            } else {
                check(memory.at_front(&data[..len], 0), "front");
                check(memory.at_back(&data[..len], 0), "back");
            }
        }
    }
}

/// Batches of 1 to 40 messages of one length, of two lengths in every proportion, and each of its own.
#[test]
fn batches_equal_each_message() {
    let data = noise(12, 40 * 64 + 3000);
    let mut front: Vec<Guarded> = (0..20).map(|_| Guarded::new(1)).collect();
    let mut back: Vec<Guarded> = (0..20).map(|_| Guarded::new(1)).collect();
    for count in 1..=40 {
        let mut shapes: Vec<Vec<usize>> = Vec::new();
        shapes.extend(
            [0, 1, 31, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 256, 2048].map(|len| vec![len; count]),
        );
        shapes.extend(
            [1, 2, 3, 5, 15, 16, 17].map(|cut| (0..count).map(|i| if i < cut { 100 } else { 70 }).collect()),
        );
        shapes.push((0..count).map(|i| if i + 1 == count { 17 } else { 192 }).collect());
        shapes.push((0..count).map(|i| i * 37 % 130).collect());
        shapes.push((0..count).map(|i| if i % 9 == 4 { 300 } else { 299 }).collect());
        for lens in shapes {
            let places = front.iter_mut().zip(0..).map(|(memory, i)| (memory, i, true));
            let places = places.chain(back.iter_mut().zip(20..).map(|(memory, i)| (memory, i, false)));
            let messages: Vec<&[u8]> = places
                .zip(&lens)
                .map(|((memory, i, in_front), &len)| {
                    let content = &data[i * 64..i * 64 + len];
                    // Each message at an alignment of its own; three of four right at a guard.
                    let gap = if i % 4 == 3 { i } else { 0 };
                    if in_front { memory.at_front(content, gap) } else { memory.at_back(content, gap) }
                })
                .collect();
            for kind in KINDS {
                let expected: Vec<Digest> = messages.iter().map(|message| by_others(kind, message)).collect();
                for isa in Isa::available() {
                    let mut digests = vec![[0xee; 32]; count];
                    strong::sums(isa, kind, &messages, &mut digests);
                    assert_eq!(digests, expected, "{isa:?} {kind:?}, {count} messages of {lens:?}");
                }
            }
        }
    }
}

#[test]
fn batches_of_the_longest_blocks_at_every_alignment() {
    let data = noise(13, 65_537 + 64);
    for len in [1023, 1024, 1025, 65_535, 65_536, 65_537] {
        let messages: Vec<&[u8]> = (0..64).map(|at| &data[at..at + len]).collect();
        for kind in KINDS {
            let expected: Vec<Digest> = messages.iter().map(|message| by_others(kind, message)).collect();
            for isa in Isa::available() {
                let mut digests = vec![[0; 32]; messages.len()];
                strong::sums(isa, kind, &messages, &mut digests);
                assert!(digests == expected, "{isa:?} {kind:?}, blocks of {len}");
            }
        }
    }
}

#[test]
fn a_hasher_takes_pieces_cut_anywhere() {
    let data = noise(14, 400);
    let mut memory = Guarded::new(400);
    let data = memory.at_back(&data, 0);
    for kind in KINDS {
        let expected = by_others(kind, data);
        for first in 0..200 {
            for isa in Isa::available() {
                let mut hasher = Hasher::new(kind);
                hasher.update(isa, &data[..first]);
                for piece in data[first..].chunks(first + 1) {
                    hasher.update(isa, piece);
                }
                assert_eq!(hasher.finish(), expected, "{isa:?} {kind:?} in pieces from {first}");
            }
        }
    }
}
