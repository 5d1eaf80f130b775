//! Pairs of files in which a wrong engine goes wrong.

use crate::draw::Random;
use crate::engine::params;
use proptest::{prelude::*, sample::Index};
use rollsync_core::{Format, SignatureParams};

/// Block lengths around which edits and repeated pieces are made.
pub(crate) const BLOCK_LENS: [usize; 9] = [1, 2, 3, 7, 16, 64, 256, 1000, 2048];

/// A basis and a new file, told by how they are made: that is what a failing case prints.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    basis: Vec<Piece>,
    edits: Vec<Edit>,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Random bytes below `alphabet` (0: 256): a small one makes equal blocks and false matches.
    Noise { seed: u64, len: usize, alphabet: u8 },
    /// The same random bytes again and again.
    Repeated { seed: u64, len: usize, times: usize },
}

#[derive(Clone, Debug)]
enum Edit {
    Insert {
        at: Index,
        piece: Piece,
    },
    Delete {
        at: Index,
        len: usize,
    },
    Replace {
        at: Index,
        byte: u8,
    },
    Move {
        from: Index,
        len: usize,
        to: Index,
    },
    Repeat {
        at: Index,
        len: usize,
        times: usize,
    },
    /// Nothing is left from here on.
    Truncate {
        at: Index,
    },
    /// The same, some bytes before the end.
    Shorten {
        by: usize,
    },
    /// The short last block, or more, once more: in the middle, where it is never found.
    EndAt {
        len: usize,
        to: Index,
    },
    /// Nothing is left but this.
    Only {
        piece: Piece,
    },
}

impl Pair {
    /// Files of about `len` bytes, at most ten times that.
    pub(crate) fn any(len: usize) -> impl Strategy<Value = Self> {
        let pieces = move |count| prop::collection::vec(Piece::any(len / 2 + 1), count);
        let edits = move |count| prop::collection::vec(Edit::any(len / 8 + 1), count);
        // An empty basis and an unchanged file now and then.
        (prop_oneof![1 => pieces(0..1), 15 => pieces(1..5)], prop_oneof![1 => edits(0..1), 15 => edits(1..7)])
            .prop_map(|(basis, edits)| Self { basis, edits })
    }

    /// The basis and the new file.
    pub(crate) fn build(&self) -> (Vec<u8>, Vec<u8>) {
        let basis: Vec<u8> = self.basis.iter().flat_map(Piece::build).collect();
        let mut new = basis.clone();
        for edit in &self.edits {
            edit.apply(&mut new);
        }
        (basis, new)
    }
}

impl Piece {
    fn any(max: usize) -> impl Strategy<Value = Self> {
        let alphabet = prop_oneof![3 => Just(0), 1 => Just(1), 1 => Just(2), 1 => Just(3), 1 => Just(5)];
        let unit = prop_oneof![3 => prop::sample::select(&BLOCK_LENS[..]), 1 => 1..300_usize];
        prop_oneof![
            3 => (any::<u64>(), 0..=max, alphabet)
                .prop_map(|(seed, len, alphabet)| Self::Noise { seed, len, alphabet }),
            2 => (any::<u64>(), unit, 1..10_usize)
                .prop_map(move |(seed, len, times)| Self::Repeated { seed, len, times: times.min(1 + max / len) }),
        ]
    }

    fn build(&self) -> Vec<u8> {
        match *self {
            Self::Noise { seed, len, alphabet } => Random::new(seed).bytes(len, alphabet),
            Self::Repeated { seed, len, times } => Random::new(seed).bytes(len, 0).repeat(times),
        }
    }
}

impl Edit {
    fn any(max: usize) -> impl Strategy<Value = Self> {
        let at = any::<Index>;
        let len = move || prop_oneof![2 => prop::sample::select(&BLOCK_LENS[..]), 3 => 1..=max];
        prop_oneof![
            4 => (at(), Piece::any(max)).prop_map(|(at, piece)| Self::Insert { at, piece }),
            3 => (at(), len()).prop_map(|(at, len)| Self::Delete { at, len }),
            3 => (at(), any::<u8>()).prop_map(|(at, byte)| Self::Replace { at, byte }),
            3 => (at(), len(), at()).prop_map(|(from, len, to)| Self::Move { from, len, to }),
            3 => (at(), len(), 1..4_usize).prop_map(|(at, len, times)| Self::Repeat { at, len, times }),
            1 => at().prop_map(|at| Self::Truncate { at }),
            2 => (1..20_usize).prop_map(|by| Self::Shorten { by }),
            2 => (1..300_usize, at()).prop_map(|(len, to)| Self::EndAt { len, to }),
            1 => Piece::any(max).prop_map(|piece| Self::Only { piece }),
        ]
    }

    fn apply(&self, file: &mut Vec<u8>) {
        let place = |at: &Index, file: &[u8]| at.index(file.len() + 1);
        let span = |at: &Index, len: usize, file: &[u8]| {
            let start = place(at, file);
            start..file.len().min(start + len)
        };
        let put = |file: &mut Vec<u8>, at: usize, bytes: Vec<u8>| drop(file.splice(at..at, bytes));
        match self {
            Self::Insert { at, piece } => put(file, place(at, file), piece.build()),
            Self::Delete { at, len } => drop(file.drain(span(at, *len, file))),
            Self::Replace { at, byte } => {
                let at = place(at, file);
                file.get_mut(at).into_iter().for_each(|old| *old = *byte);
            }
            Self::Move { from, len, to } => {
                let moved = file.drain(span(from, *len, file)).collect();
                put(file, place(to, file), moved);
            }
            Self::Repeat { at, len, times } => {
                let span = span(at, *len, file);
                put(file, span.end, file[span.clone()].repeat(*times));
            }
            Self::Truncate { at } => file.truncate(place(at, file)),
            Self::Shorten { by } => file.truncate(file.len().saturating_sub(*by)),
            Self::EndAt { len, to } => {
                let end = file[file.len().saturating_sub(*len)..].to_vec();
                put(file, place(to, file), end);
            }
            Self::Only { piece } => *file = piece.build(),
        }
    }
}

/// Any format and block length; strong sums of one or two bytes, which false matches pass, more often than others.
pub(crate) fn any_params() -> impl Strategy<Value = SignatureParams> {
    let strong_len = prop_oneof![3 => Just(1), 2 => Just(2), 1 => 3..=32_usize, 3 => Just(32)];
    (prop::sample::select(&Format::ALL[..]), prop::sample::select(&BLOCK_LENS[..]), strong_len).prop_map(
        |(format, block_len, strong_len)| {
            params(format, block_len, strong_len.min(format.strong.digest_len()))
        },
    )
}

/// A file with a few of its bytes changed, some dropped or added: at the front, where headers are, more often.
pub(crate) fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let at = || prop_oneof![3 => (0..24_usize).prop_map(Place::Front), 2 => any::<Index>().prop_map(Place::Anywhere)];
    let byte = || prop_oneof![2 => any::<u8>(), 1 => Just(0), 1 => Just(0xff), 2 => 0x41..0x56_u8];
    prop::collection::vec(
        prop_oneof![
            4 => (at(), byte()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
            1 => at().prop_map(Mutation::Drop),
            1 => (at(), byte()).prop_map(|(at, byte)| Mutation::Add(at, byte)),
            2 => at().prop_map(Mutation::CutAt),
            1 => (1..40_usize).prop_map(Mutation::CutBy),
        ],
        0..4,
    )
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Front(usize),
    Anywhere(Index),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Mutation {
    Set(Place, u8),
    Drop(Place),
    Add(Place, u8),
    CutAt(Place),
    CutBy(usize),
}

impl Mutation {
    pub(crate) fn apply(self, file: &mut Vec<u8>) {
        let place = |at: Place, file: &[u8]| match at {
            Place::Front(at) => at.min(file.len()),
            Place::Anywhere(at) => at.index(file.len() + 1),
        };
        match self {
            Self::Set(at, byte) => {
                let at = place(at, file);
                file.get_mut(at).into_iter().for_each(|old| *old = byte);
            }
            Self::Drop(at) => {
                let at = place(at, file);
                if at < file.len() {
                    file.remove(at);
                }
            }
            Self::Add(at, byte) => file.insert(place(at, file), byte),
            Self::CutAt(at) => file.truncate(place(at, file)),
            Self::CutBy(len) => file.truncate(file.len().saturating_sub(len)),
        }
    }
}
