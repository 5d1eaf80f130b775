//! A basis and a new file that is made of it.
//!
//! Input: pieces of the basis and an end, edits and an end. A piece or an edit is a kind (1 byte) and what it takes.

use crate::plan::{Plan, with_len};

/// The most bytes of either file: more than the longest literal.
const MAX: usize = 80_000;
/// The most blocks, for short ones in long files take long.
const BLOCKS: usize = 2000;
/// The most pieces, and the most edits.
const STEPS: usize = 64;

/// A basis and a new file.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) basis: Vec<u8>,
    pub(crate) new: Vec<u8>,
}

impl Pair {
    pub(crate) fn drawn(plan: &mut Plan<'_>, block_len: usize) -> Self {
        let max = (BLOCKS * block_len).clamp(BLOCKS, MAX);
        let mut basis = Vec::new();
        for _ in 0..STEPS {
            let more = match plan.byte() % 5 {
                0 => break,
                1 => {
                    let len = plan.short();
                    plan.bytes(len).to_vec()
                }
                2 => noise(plan),
                // Its own end once more, some times.
                3 => {
                    let (len, times) = (plan.short().min(basis.len()), plan.byte());
                    basis[basis.len() - len..].repeat(usize::from(times).min(MAX / len.max(1)))
                }
                _ => Twins::drawn(plan).sequence(plan.byte()),
            };
            basis.extend_from_slice(&more);
            basis.truncate(max);
        }
        let mut new = basis.clone();
        for _ in 0..STEPS {
            if !edit(&mut new, &basis, plan) {
                break;
            }
            new.truncate(max);
        }
        Self { basis, new }
    }

    /// Bytes with which [`Pair::drawn`] makes files that no golden vector is like, a block length that suits them, and a
    /// strong length.
    pub(crate) const SEEDS: [(u16, u8, &'static [u8]); 4] = [
        // Blocks that share their weak sum, others of them in the new file.
        (1280, 3, &[4, 97, 98, 1, 250, 0, 8, 1, 0, 97, 98, 5, 250, 0]),
        // A literal of more than 65535 bytes.
        (256, 12, &[2, 1, 16, 0, 0, 0, 6, 4, 0, 2, 255, 255, 0, 6, 4, 0, 3, 8, 0, 0, 0]),
        // Few symbols: few rollsums.
        (8, 1, &[2, 1, 8, 0, 2, 0, 6, 4, 0, 2, 8, 0, 2, 2, 0, 100, 0, 90, 0]),
        // Equal blocks, moved and repeated.
        (
            100,
            8,
            &[2, 1, 0, 100, 0, 3, 0, 100, 30, 0, 4, 0, 5, 1, 0, 3, 0, 5, 0, 50, 2, 0, 0, 9, 7, 3, 200, 0],
        ),
    ];

    /// The bytes with which [`Pair::drawn`] makes these two files: the new one is not told by edits.
    pub(crate) fn encode(basis: &[u8], new: &[u8]) -> Vec<u8> {
        [&[1], &with_len(basis)[..], &[0, 1], &with_len(new), &[0]].concat()
    }
}

/// Changes the new file; `false` at the end of the edits.
fn edit(new: &mut Vec<u8>, basis: &[u8], plan: &mut Plan<'_>) -> bool {
    let kind = plan.byte();
    if kind == 0 {
        return false;
    }
    let within = |place: usize, len: usize| place.min(len);
    match kind % 10 {
        0 => {
            let (at, len) = (within(plan.short(), new.len()), plan.byte());
            new.splice(at..at, plan.bytes(len.into()).iter().copied());
        }
        // All of it.
        1 => {
            let len = plan.short();
            *new = plan.bytes(len).to_vec();
        }
        2 => {
            let (from, len) = (within(plan.short(), new.len()), plan.short());
            new.drain(from..within(from + len, new.len()));
        }
        3 => {
            let (at, byte) = (plan.short(), plan.byte());
            if let Some(place) = new.get_mut(at) {
                *place = byte;
            }
        }
        4 => {
            let (from, len, to) = (within(plan.short(), new.len()), plan.short(), plan.short());
            let moved: Vec<u8> = new.drain(from..within(from + len, new.len())).collect();
            let to = within(to, new.len());
            new.splice(to..to, moved);
        }
        5 => {
            let (from, len, to) = (within(plan.short(), new.len()), plan.short(), plan.short());
            let times = usize::from(plan.byte() % 16);
            let repeated = new[from..within(from + len, new.len())].repeat(times);
            let to = within(to, new.len());
            new.splice(to..to, repeated);
        }
        6 => {
            let (at, more) = (within(plan.short(), new.len()), noise(plan));
            new.splice(at..at, more);
        }
        7 => {
            let at = within(plan.short(), new.len());
            new.truncate(at);
        }
        8 => {
            let at = within(plan.short(), new.len());
            let more = Twins::drawn(plan).sequence(plan.byte());
            new.splice(at..at, more);
        }
        // Something of the basis.
        _ => {
            let (from, len, to) = (within(plan.short(), basis.len()), plan.short(), plan.short());
            let (part, to) = (&basis[from..within(from + len, basis.len())], within(to, new.len()));
            new.splice(to..to, part.iter().copied());
        }
    }
    true
}

/// Bytes below an alphabet; few symbols have few weak sums.
fn noise(plan: &mut Plan<'_>) -> Vec<u8> {
    let (seed, len, alphabet) = (plan.byte(), plan.short(), plan.pick(&[256, 1, 2, 3]));
    rollsync_conformance::Random::new(seed.into()).bytes(len, alphabet)
}

/// Two pieces with the same weak sum of either kind: the Thue-Morse sequence of two symbols, and of the same
/// exchanged.
struct Twins {
    symbols: [u8; 2],
    order: u8,
}

impl Twins {
    const LEN: usize = 128;

    fn drawn(plan: &mut Plan<'_>) -> Self {
        Self { symbols: [plan.byte(), plan.byte()], order: plan.byte() }
    }

    fn sequence(&self, pieces: u8) -> Vec<u8> {
        let mut random = rollsync_conformance::Random::new(self.order.into());
        let mut bytes = Vec::new();
        for _ in 0..pieces {
            let exchanged = random.below(2);
            bytes.extend((0..Self::LEN).map(|at| {
                let odd = usize::from(!at.count_ones().is_multiple_of(2));
                self.symbols[odd ^ exchanged]
            }));
        }
        bytes
    }
}
