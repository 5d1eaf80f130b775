/// Added to every byte, so that a run of zeros shows in the sum.
const OFFSET: u64 = 31;

/// The rollsum of a window by its closed formula.
///
/// s1 = Σ (b\[i\] + 31), s2 = Σ (n - i) (b\[i\] + 31), both modulo 2^16; the digest is s2 above s1.
pub fn rollsum(window: &[u8]) -> u32 {
    let (mut s1, mut s2) = (0u64, 0u64);
    for (weight, &byte) in (1u64..).zip(window.iter().rev()) {
        s1 = s1.wrapping_add(u64::from(byte) + OFFSET);
        s2 = s2.wrapping_add(weight.wrapping_mul(u64::from(byte) + OFFSET));
    }
    digest(s1, s2)
}

/// The rollsum of a window that moves byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rollsum {
    len: u64,
    s1: u64,
    s2: u64,
}

impl Rollsum {
    /// The empty window.
    pub fn new() -> Self {
        Self::default()
    }

    /// The digest of the window.
    pub fn digest(&self) -> u32 {
        digest(self.s1, self.s2)
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
        self.s1 = self.s1.wrapping_add(u64::from(byte) + OFFSET);
        self.s2 = self.s2.wrapping_add(self.s1);
        self.len += 1;
    }

    /// Drops the oldest byte, which must be `out`, and appends another.
    pub fn rotate(&mut self, out: u8, byte: u8) {
        self.s1 = self.s1.wrapping_add(u64::from(byte)).wrapping_sub(u64::from(out));
        self.s2 = self.s2.wrapping_add(self.s1).wrapping_sub(self.len.wrapping_mul(u64::from(out) + OFFSET));
    }

    /// Drops the oldest byte, which must be `out`. The window must not be empty.
    pub fn rollout(&mut self, out: u8) {
        self.s1 = self.s1.wrapping_sub(u64::from(out) + OFFSET);
        self.s2 = self.s2.wrapping_sub(self.len.wrapping_mul(u64::from(out) + OFFSET));
        self.len -= 1;
    }
}

fn digest(s1: u64, s2: u64) -> u32 {
    ((s2 & 0xffff) as u32) << 16 | (s1 & 0xffff) as u32
}
