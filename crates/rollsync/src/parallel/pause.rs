//! Searches ahead that are left out.

/// So many segments are not searched ahead after some were in vain; twice as many, up to the other, when nothing has been of
/// use since.
const PAUSE: u32 = 16;
const PAUSE_MAX: u32 = 256;

/// Segments that are not searched ahead.
#[derive(Default)]
pub(super) struct Pause {
    left: u32,
    /// How many the last pause had, and how many segments had been of use by then.
    len: u32,
    used: u64,
}

impl Pause {
    /// Begins one, unless one is on. `used` segments were of use so far.
    pub(super) fn begin(&mut self, used: u64) -> bool {
        if self.left > 0 {
            return false;
        }
        let before = if used == self.used { self.len } else { 0 };
        self.len = (2 * before).clamp(PAUSE, PAUSE_MAX);
        (self.left, self.used) = (self.len, used);
        true
    }

    pub(super) const fn is_on(&self) -> bool {
        self.left > 0
    }

    /// Whether a segment falls into it.
    pub(super) const fn counts(&mut self) -> bool {
        let is_on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_on
    }
}
