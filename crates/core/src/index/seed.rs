//! What the tables are hashed with.

use rollsync_kernels::{
    Isa,
    strong::{self, Hasher, LANES, StrongKind},
};

/// Bytes that are hashed in a lane.
const PIECE: usize = 1024;

/// The key of a table's hash: a digest of all that decides what is in that table. Whoever makes a signature whose sums shall collide
/// there changes it with every attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seed([u64; 4]);

impl Seed {
    pub(super) fn of_words(words: impl Iterator<Item = u32>) -> Self {
        Self::of(words.map(u32::to_le_bytes))
    }

    /// A seed of this one, of these words, and of strong sums of 32 bytes at most.
    pub(super) fn with<'s>(
        self,
        words: impl Iterator<Item = u32>,
        sums: impl Iterator<Item = &'s [u8]>,
    ) -> Self {
        let padded = |sum: &[u8]| {
            let mut bytes = [0; 32];
            bytes[..sum.len()].copy_from_slice(sum);
            bytes
        };
        Self::of([self.to_bytes(), Self::of_words(words).to_bytes()].into_iter().chain(sums.map(padded)))
    }

    fn to_bytes(self) -> [u8; 32] {
        let words = self.0.map(u64::to_le_bytes);
        words.as_flattened().try_into().expect("four times eight bytes")
    }

    /// Hashed in pieces, for these are hashed side by side.
    fn of<const N: usize>(mut sums: impl Iterator<Item = [u8; N]>) -> Self {
        let isa = Isa::detect();
        let mut hasher = Hasher::new(StrongKind::Blake2);
        let mut bytes = [0; LANES * PIECE];
        loop {
            let places = bytes.as_chunks_mut::<N>().0.iter_mut();
            let count = places.zip(&mut sums).map(|(place, sum)| *place = sum).count();
            if count == 0 {
                break;
            }
            let mut pieces = [&[][..]; LANES];
            let all = pieces.iter_mut().zip(bytes[..count * N].chunks(PIECE));
            let count = all.map(|(place, piece)| *place = piece).count();
            let mut digests = [[0; 32]; LANES];
            strong::sums(isa, StrongKind::Blake2, &pieces[..count], &mut digests[..count]);
            hasher.update(isa, digests[..count].as_flattened());
        }
        let digest = hasher.finish();
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(digest.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self(words)
    }

    /// Folded twice: after one product, whether keys in equal steps crowd together hangs on the seed.
    pub(super) const fn of_key(&self, key: u32) -> u64 {
        fold(fold(self.0[0] ^ key as u64, self.0[1] | 1) ^ self.0[2], self.0[3] | 1)
    }

    pub(super) fn of_sums(&self, key: u32, strong: &[u8]) -> u64 {
        let next = |hash, word| fold(hash ^ u64::from_le_bytes(word), self.0[3] | 1);
        let (words, rest) = strong.as_chunks();
        let first = fold(self.0[2] ^ u64::from(key), self.0[1] | 1);
        let hash = words.iter().fold(first, |hash, word| next(hash, *word));
        if rest.is_empty() {
            return hash;
        }
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        next(hash, word)
    }
}

/// Both halves of the product, folded into one.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    (product >> 64) as u64 ^ product as u64
}

/// The upper bits of a hash, as a slot's number; `slots` is a power of two above 1.
#[expect(clippy::cast_possible_truncation, reason = "less than `slots`")]
pub(super) const fn first_slot(hash: u64, slots: usize) -> usize {
    (hash >> (64 - slots.trailing_zeros())) as usize
}
