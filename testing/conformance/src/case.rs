use rollsync::{Format, WeakKind};

use crate::{Random, SignatureArguments};

/// What a case is to bring out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Edits of anything: noise, few symbols, repeated pieces.
    Mixed,
    /// A literal of more than 65533 bytes.
    LongLiteral,
    /// A strong length of 1 or 2, and blocks that share their weak sum.
    ShortStrongSum,
    /// Most blocks have equals.
    EqualBlocks,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mixed, Self::LongLiteral, Self::ShortStrongSum, Self::EqualBlocks];
}

/// A basis, a new file made of it by edits, and what the signature is to be.
#[derive(Clone, Debug)]
pub struct Case {
    /// The old file.
    pub basis: Vec<u8>,
    /// The new file.
    pub new: Vec<u8>,
    /// The signature's parameters.
    pub arguments: SignatureArguments,
}

impl Case {
    /// The case of a class and a seed. Seeds that follow each other take turns at the four formats.
    #[must_use]
    pub fn draw(class: Class, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let turn = usize::try_from(seed % 4).expect("it is below 4");
        let (format, random) = (Format::ALL[turn], &mut random);
        match class {
            Class::Mixed => mixed(format, random),
            Class::LongLiteral => long_literal(format, random),
            Class::ShortStrongSum => short_strong_sum(format, random),
            Class::EqualBlocks => equal_blocks(format, random),
        }
    }
}

fn mixed(format: Format, random: &mut Random) -> Case {
    let max = random.pick(&[300, 3_000, 20_000, 20_000, 160_000]);
    let len = random.below(max);
    let basis = match random.below(4) {
        0 | 1 => random.bytes(len, 256),
        2 => {
            let symbols = random.pick(&[1, 2, 4]);
            random.bytes(len.min(20_000), symbols)
        }
        _ => pieces(len, random),
    };
    let block_len = match basis.len() {
        0..=4_000 => random.pick(&[0, 0, 1, 2, 3, 5, 8, 16, 64, 100, 256, 1_000, 5_000]),
        _ => random.pick(&[0, 0, 16, 64, 100, 256, 700, 1_024, 2_048, 30_000, 200_000]),
    };
    let strong_len = random.pick(&[0, 0, -1, 8, 12, 16]);
    let new = edited(&basis, random);
    Case { basis, new, arguments: SignatureArguments { format, block_len, strong_len } }
}

fn long_literal(format: Format, random: &mut Random) -> Case {
    let len = random.below(20_000);
    let basis = random.bytes(len, 256);
    let mut new = edited(&basis, random);
    // Around the cuts of both releases and of the formats' widths, and somewhere.
    let near = random.pick(&[65_534, 65_535, 65_536, 98_304, 131_066, 131_072, 0]);
    let len = if near == 0 { random.between(65_534, 300_000) } else { near + random.below(3) };
    let noise = random.bytes(len, 256);
    let at = random.below(new.len() + 1);
    new.splice(at..at, noise);
    let block_len = random.pick(&[0, 16, 64, 100, 256, 1_024, 2_048, 70_000]);
    let strong_len = random.pick(&[0, -1, 8, 16]);
    Case { basis, new, arguments: SignatureArguments { format, block_len, strong_len } }
}

fn equal_blocks(format: Format, random: &mut Random) -> Case {
    let block_len = random.pick(&[1, 7, 16, 64, 100, 256]);
    let kinds = random.between(1, 3);
    let blocks: Vec<Vec<u8>> = (0..kinds)
        .map(|_| {
            let symbols = random.pick(&[1, 2, 256]);
            random.bytes(block_len, symbols)
        })
        .collect();
    let mut basis = Vec::new();
    for _ in 0..random.between(4 * kinds, 200) {
        basis.extend(&blocks[random.below(kinds)]);
    }
    // A short last block, which may be equal to the front of another.
    basis.extend_from_within(..random.below(block_len));
    let new = edited(&basis, random);
    let strong_len = random.pick(&[0, -1, 8, 16]);
    Case { basis, new, arguments: SignatureArguments { format, block_len, strong_len } }
}

fn short_strong_sum(format: Format, random: &mut Random) -> Case {
    let strong_len = random.pick(&[1, 1, 1, 2]);
    let (block_len, basis) = if format.weak == WeakKind::Rollsum && random.one_in(2) {
        // Few symbols have few sums.
        let block_len = random.pick(&[4, 8, 12, 16, 33]);
        let (len, symbols) = (random.between(2_000, 12_000), random.pick(&[2, 3]));
        (block_len, random.bytes(len, symbols))
    } else {
        // Blocks enough that not all of the kind are in the basis.
        let pieces = random.between(5, 9);
        let blocks = random.between(15, 40);
        (pieces * Twins::LEN, Twins::draw(random).sequence(pieces * blocks, random))
    };
    let mut new = edited(&basis, random);
    // Other blocks of the same sums: found by a strong sum that is too short to tell them apart.
    let extra = match format.weak {
        WeakKind::Rollsum if !block_len.is_multiple_of(Twins::LEN) => random.bytes(2_000, 2),
        _ => {
            let at_block = random.below(basis.len() / block_len) * block_len;
            let blocks = random.between(10, 40);
            Twins::of(&basis[at_block..]).sequence(blocks * block_len / Twins::LEN, random)
        }
    };
    let at = random.below(new.len() + 1);
    new.splice(at..at, extra);
    Case { basis, new, arguments: SignatureArguments { format, block_len, strong_len } }
}

/// Two pieces with the same weak sum of either kind: the Thue-Morse sequence of two symbols, and of the same
/// exchanged. A polynomial modulo 2³² with an odd base vanishes on the difference from 128 on, sums of values and of
/// positions from 4 on.
struct Twins {
    symbols: [u8; 2],
}

impl Twins {
    const LEN: usize = 128;

    fn draw(random: &mut Random) -> Self {
        let first = random.bytes(1, 256)[0];
        let distance = random.bytes(1, 255)[0] + 1;
        Self { symbols: [first, first.wrapping_add(distance)] }
    }

    /// Those that `bytes` begin with.
    fn of(bytes: &[u8]) -> Self {
        Self { symbols: [bytes[0], bytes[1]] }
    }

    fn sequence(&self, len: usize, random: &mut Random) -> Vec<u8> {
        let mut sequence = Vec::with_capacity(len * Self::LEN);
        for _ in 0..len {
            let exchanged = random.below(2);
            sequence.extend((0..Self::LEN).map(|at| {
                let odd = usize::from(!at.count_ones().is_multiple_of(2));
                self.symbols[odd ^ exchanged]
            }));
        }
        sequence
    }
}

/// Four pieces in any order.
fn pieces(len: usize, random: &mut Random) -> Vec<u8> {
    let pieces: [Vec<u8>; 4] = std::array::from_fn(|_| {
        let len = random.between(1, 600);
        random.bytes(len, 256)
    });
    let mut bytes = Vec::new();
    while bytes.len() < len {
        bytes.extend(&pieces[random.below(4)]);
    }
    bytes.truncate(len);
    bytes
}

/// The basis after some insertions, deletions, moves, repetitions and cuts.
fn edited(basis: &[u8], random: &mut Random) -> Vec<u8> {
    let mut new = basis.to_vec();
    for _ in 0..random.pick(&[0, 1, 1, 2, 3, 5, 9]) {
        let from = random.below(new.len() + 1);
        let longest = random.pick(&[3, 80, 1_000, 10_000]).min(new.len() - from);
        let range = from..from + random.below(longest + 1);
        let to = random.below(new.len() + 1 - range.len());
        match random.below(6) {
            0 => {
                let (len, symbols) = (random.pick(&[1, 2, 40, 300, 3_000]), random.pick(&[2, 256]));
                let noise = random.bytes(len, symbols);
                new.splice(from..from, noise);
            }
            1 => drop(new.drain(range)),
            2 => {
                let moved: Vec<u8> = new.drain(range).collect();
                new.splice(to..to, moved);
            }
            3 => {
                let repeated = new[range].repeat(random.between(1, 4));
                new.splice(to..to, repeated);
            }
            4 => {
                // Inside a block: a byte changes, its neighbours stay.
                if let Some(byte) = new.get_mut(from) {
                    *byte = byte.wrapping_add(1);
                }
            }
            _ => {
                // Both ends are cut, anywhere.
                new.truncate(new.len() - random.below(new.len().min(700) + 1));
                new.drain(..random.below(new.len().min(700) + 1));
            }
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use rollsync::Format;

    use super::*;
    use crate::{Buffers, Ours, Release};

    #[test]
    fn twins_share_their_weak_sums() {
        let mut random = Random::new(1);
        for format in Format::ALL {
            let basis = Twins::draw(&mut random).sequence(64, &mut random);
            let arguments = SignatureArguments { format, block_len: 2 * Twins::LEN, strong_len: 0 };
            let ours = Ours(Release::V2_3_4.profile());
            let signature = ours.signature(&basis, true, &arguments, Buffers::default());
            let records: Vec<_> =
                signature.output[12..].chunks_exact(signature.output[11] as usize + 4).collect();
            assert!(records.iter().all(|record| record[..4] == records[0][..4]), "{format:?}");
            assert!(records.iter().any(|record| record[4..] != records[0][4..]), "{format:?}");
        }
    }

    #[test]
    fn a_seed_draws_the_same_case_every_time() {
        for class in Class::ALL {
            let [first, second] = [Case::draw(class, 99), Case::draw(class, 99)];
            assert_eq!((&first.basis, &first.new), (&second.basis, &second.new), "{class:?}");
            assert_ne!(first.new, Case::draw(class, 100).new, "{class:?}");
        }
    }
}
