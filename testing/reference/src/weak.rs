use crate::{RabinKarp, Rollsum, WeakKind, rabinkarp, rollsum};

/// The weak sum of a window, as a signature stores it, by its closed formula.
pub fn weak_sum(kind: WeakKind, window: &[u8]) -> u32 {
    match kind {
        WeakKind::Rollsum => rollsum(window),
        WeakKind::RabinKarp => rabinkarp(window),
    }
}

/// The weak sum of either kind of a window that moves byte by byte.
#[derive(Clone, Copy, Debug)]
pub enum Rolling {
    /// A rollsum.
    Rollsum(Rollsum),
    /// A `RabinKarp` sum.
    RabinKarp(RabinKarp),
}

impl Rolling {
    /// The sum of `window`, ready to move on.
    pub fn of(kind: WeakKind, window: &[u8]) -> Self {
        match kind {
            WeakKind::Rollsum => {
                let mut sum = Rollsum::new();
                sum.update(window);
                Rolling::Rollsum(sum)
            }
            WeakKind::RabinKarp => {
                let mut sum = RabinKarp::new();
                sum.update(window);
                Rolling::RabinKarp(sum)
            }
        }
    }

    /// The digest of the window.
    pub fn digest(&self) -> u32 {
        match self {
            Rolling::Rollsum(sum) => sum.digest(),
            Rolling::RabinKarp(sum) => sum.digest(),
        }
    }

    /// Drops the oldest byte, which must be `out`, and appends another.
    pub fn rotate(&mut self, out: u8, byte: u8) {
        match self {
            Rolling::Rollsum(sum) => sum.rotate(out, byte),
            Rolling::RabinKarp(sum) => sum.rotate(out, byte),
        }
    }

    /// Drops the oldest byte, which must be `out`. The window must not be empty.
    pub fn rollout(&mut self, out: u8) {
        match self {
            Rolling::Rollsum(sum) => sum.rollout(out),
            Rolling::RabinKarp(sum) => sum.rollout(out),
        }
    }
}
