//! Recommended signature parameters that the real library chose.

/// Parameters recommended for a basis of some size, with magic 0, block length 0 and strong length -1.
#[derive(Clone, Copy, Debug)]
pub struct Advice {
    /// Size of the basis in bytes, -1 when unknown.
    pub fsize: i64,
    /// Block length in bytes.
    pub block_len: u32,
    /// Shortest strong sum, in bytes, that is recommended.
    pub strong_len: u32,
}

const fn advice(fsize: i64, block_len: u32, strong_len: u32) -> Advice {
    Advice { fsize, block_len, strong_len }
}

/// What the real library answers; both ends of a range where the answer is constant.
pub const RECOMMENDED: &[Advice] = &[
    advice(-1, 2048, 12),
    advice(0, 256, 5),
    advice(1, 256, 5),
    advice(255, 256, 5),
    advice(256, 256, 6),
    advice(65_536, 256, 6),
    advice(65_537, 256, 6),
    advice(130_815, 256, 6),
    advice(130_816, 256, 7),
    advice(147_455, 256, 7),
    advice(147_456, 384, 6),
    advice(1_000_000, 896, 7),
    advice(1_048_576, 1024, 7),
    advice(10_000_000, 3072, 7),
    advice(1 << 24, 4096, 7),
    advice(100_000_000, 9984, 7),
    advice(1 << 30, 32_768, 8),
    advice(1 << 32, 65_536, 8),
    advice(1 << 40, 1_048_576, 10),
    advice(1 << 50, 33_554_432, 12),
];
