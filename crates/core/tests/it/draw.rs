//! Random data that is the same in every run.

use proptest::test_runner::{Config, RngAlgorithm, RngSeed};

/// So many cases from one seed, unless `PROPTEST_CASES` or `PROPTEST_RNG_SEED` ask for others; a failure is printed, not
/// stored.
pub(crate) fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(0x726f_6c6c_7379_6e63),
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    }
}

/// `SplitMix64`.
#[derive(Clone, Debug)]
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

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }

    /// Bytes below `alphabet`; 0 stands for 256.
    pub(crate) fn bytes(&mut self, len: usize, alphabet: u8) -> Vec<u8> {
        let alphabet = if alphabet == 0 { 256 } else { u64::from(alphabet) };
        (0..len).map(|_| ((self.next() >> 32) % alphabet).to_le_bytes()[0]).collect()
    }
}
