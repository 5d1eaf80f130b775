/// `SplitMix64`: the same numbers for the same seed, everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `limit`, which must not be 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// `len` bytes below `alphabet`: a small alphabet makes equal blocks and weak collisions.
    pub(crate) fn bytes(&mut self, len: usize, alphabet: u64) -> Vec<u8> {
        (0..len).map(|_| (self.next() % alphabet).to_le_bytes()[0]).collect()
    }

    /// A basis of at most `max` bytes: noise, few symbols, or repeated pieces.
    pub(crate) fn basis(&mut self, max: usize) -> Vec<u8> {
        let len = self.below(max + 1);
        match self.below(3) {
            0 => self.bytes(len, 256),
            1 => {
                let alphabet = self.pick(&[1, 2, 3]);
                self.bytes(len, alphabet)
            }
            _ => {
                let pieces: Vec<Vec<u8>> = (0..4)
                    .map(|_| {
                        let len = self.below(200) + 1;
                        self.bytes(len, 256)
                    })
                    .collect();
                let mut basis = Vec::new();
                while basis.len() < len {
                    basis.extend(&pieces[self.below(pieces.len())]);
                }
                basis.truncate(len);
                basis
            }
        }
    }

    /// A new file made of pieces of the basis and of noise.
    pub(crate) fn edited(&mut self, basis: &[u8]) -> Vec<u8> {
        let mut new = Vec::new();
        for _ in 0..self.below(6) {
            let from = self.below(basis.len() + 1);
            let to = if self.below(3) == 0 { basis.len() } else { from + self.below(basis.len() - from + 1) };
            new.extend(&basis[from..to]);
            let noise = self.pick(&[0, 0, 1, 2, 40, 300]);
            let alphabet = self.pick(&[2, 256]);
            new.extend(self.bytes(noise, alphabet));
        }
        new
    }
}
