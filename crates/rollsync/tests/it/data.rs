//! Bytes to work on, the same in every run.

/// A generator of numbers that look random (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// One of `0..end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// An old file and a new one: text with what repeats and what does not, edited here and there, a part moved, one doubled.
pub(crate) fn versions(seed: u64, len: usize) -> (Vec<u8>, Vec<u8>) {
    const WORDS: [&str; 8] = ["basis", "delta", "patch", "match", "miss", "literal", "copy", "signature"];
    let mut random = Random::new(seed);
    let mut old = Vec::with_capacity(len + 64);
    while old.len() < len {
        let (word, number) = (WORDS[random.below(8)], random.next() % 1_000_000);
        old.extend_from_slice(format!("{word} {number:06}, ").as_bytes());
    }
    old.truncate(len);
    let mut new = old.clone();
    for _ in 0..1 + len / 50_000 {
        let at = random.below(new.len() + 1);
        let gone = random.below(300).min(new.len() - at);
        let edit_len = random.below(300);
        let edit = random.bytes(edit_len);
        new.splice(at..at + gone, edit);
    }
    let part = new.len() / 5;
    new[part..3 * part].rotate_left(part / 2);
    let doubled = new[..part].to_vec();
    new.extend_from_slice(&doubled);
    (old, new)
}
