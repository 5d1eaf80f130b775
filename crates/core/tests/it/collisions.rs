//! Blocks that no weak sum tells apart.

use crate::draw::Random;

/// Blocks that differ and share one weak sum, of either kind, as do all their windows at multiples of 128: adding the
/// signs of Thue and Morse (+1, -1, -1, +1, …), 128 of them, to 128 neighbouring bytes changes neither sum.
pub(crate) struct Collisions {
    slots: Vec<Vec<u8>>,
    random: Random,
}

impl Collisions {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let base: Vec<u8> = random.bytes(128, 252).iter().map(|byte| byte + 2).collect();
        let sign = |at: usize| if at.count_ones().is_multiple_of(2) { 1 } else { -1 };
        let shifted = |by: i8| {
            base.iter().enumerate().map(|(at, byte)| byte.wrapping_add_signed(by * sign(at))).collect()
        };
        Self { slots: (-2..=2).map(shifted).collect(), random }
    }

    /// A block of `len` bytes, a multiple of 128.
    pub(crate) fn block(&mut self, len: usize) -> Vec<u8> {
        (0..len / 128).flat_map(|_| self.slots[self.random.below(5)].clone()).collect()
    }
}
