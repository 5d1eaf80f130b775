const MULT: u32 = 0x0810_4225;
/// MULT * INVERSE = 1 modulo 2^32.
const INVERSE: u32 = 0x98f0_09ad;
const SEED: u32 = 1;
/// (MULT - 1) * SEED: takes the seed's share out with the byte that leaves.
const ADJUST: u32 = 0x0810_4224;

/// The `RabinKarp` sum of a window by its closed formula: MULT^n + Σ b\[i\] MULT^(n-1-i) modulo 2^32.
pub fn rabinkarp(window: &[u8]) -> u32 {
    let mut sum = 0u32;
    let mut power = 1u32;
    for &byte in window.iter().rev() {
        sum = sum.wrapping_add(u32::from(byte).wrapping_mul(power));
        power = power.wrapping_mul(MULT);
    }
    SEED.wrapping_mul(power).wrapping_add(sum)
}

/// The `RabinKarp` sum of a window that moves byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RabinKarp {
    len: u64,
    hash: u32,
    mult: u32,
}

impl Default for RabinKarp {
    fn default() -> Self {
        Self { len: 0, hash: SEED, mult: 1 }
    }
}

impl RabinKarp {
    /// The empty window.
    pub fn new() -> Self {
        Self::default()
    }

    /// The digest of the window.
    pub fn digest(&self) -> u32 {
        self.hash
    }

    /// The multiplier to the power of the window's length, modulo 2^32.
    pub fn mult(&self) -> u32 {
        self.mult
    }

    /// Bytes in the window.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the window has no byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.rollin(byte);
        }
    }

    /// Appends one byte.
    pub fn rollin(&mut self, byte: u8) {
        self.hash = self.hash.wrapping_mul(MULT).wrapping_add(u32::from(byte));
        self.len += 1;
        self.mult = self.mult.wrapping_mul(MULT);
    }

    /// Drops the oldest byte, which must be `out`, and appends another.
    pub fn rotate(&mut self, out: u8, byte: u8) {
        self.hash = self.hash.wrapping_mul(MULT).wrapping_add(u32::from(byte)).wrapping_sub(self.share(out));
    }

    /// Drops the oldest byte, which must be `out`. The window must not be empty.
    pub fn rollout(&mut self, out: u8) {
        self.len -= 1;
        self.mult = self.mult.wrapping_mul(INVERSE);
        self.hash = self.hash.wrapping_sub(self.share(out));
    }

    fn share(&self, out: u8) -> u32 {
        self.mult.wrapping_mul(u32::from(out).wrapping_add(ADJUST))
    }
}
