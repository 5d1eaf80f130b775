//! Every kernel of every instruction set of this machine against the definitions, on buffers that end, and begin, where
//! touching one byte more is a fault.

#![cfg(unix)]

mod guarded;
mod scan;
mod strong;
mod weak;

/// Every length at which a kernel could go over from one loop to another.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=200).chain([255, 256, 257]).chain(1023..=1025).chain(2047..=2049).chain(65_535..=65_537)
}

/// Bytes without a pattern, the same in every run.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}
