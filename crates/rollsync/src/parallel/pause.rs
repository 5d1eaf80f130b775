//! Searches ahead that are left out.

/// So many segments in vain show that the file is like itself, at first; later one is enough.
const VAIN: u64 = 2;
/// So many segments are then not searched ahead; twice as many, up to the other, when hardly any was of use since.
const PAUSE: u32 = 16;
const PAUSE_MAX: u32 = 256;
const HARDLY_ANY: u64 = 16;

/// Segments that are not searched ahead.
#[derive(Debug, Default)]
pub(super) struct Pause {
    left: u32,
    /// How many the last pause had.
    len: u32,
    /// How many segments had been of use, and how many not, when it was begun or last counted.
    before: (u64, u64),
}

impl Pause {
    /// Is told how many segments were of use so far, and how many were not; whether a pause begins.
    pub(super) fn learn(&mut self, (used, vain): (u64, u64)) -> bool {
        if self.left > 0 {
            self.before = (used, vain);
            return false;
        }
        let enough = if self.len == 0 { VAIN } else { 1 };
        if vain.saturating_sub(self.before.1) < enough {
            return false;
        }
        let before = if used.saturating_sub(self.before.0) < HARDLY_ANY { self.len } else { 0 };
        self.len = (2 * before).clamp(PAUSE, PAUSE_MAX);
        (self.left, self.before) = (self.len, (used, vain));
        true
    }

    pub(super) const fn is_on(&self) -> bool {
        self.left > 0
    }

    /// Whether there was one.
    pub(super) const fn was_on(&self) -> bool {
        self.len > 0
    }

    /// Counts a segment; whether it falls into the pause.
    pub(super) const fn counts(&mut self) -> bool {
        let is_on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_on
    }
}

#[cfg(test)]
mod tests {
    use super::Pause;

    fn left_out(pause: &mut Pause) -> u32 {
        (0..).take_while(|_| pause.counts()).last().map_or(0, |last| last + 1)
    }

    #[test]
    fn pauses_grow_while_nothing_is_of_use() {
        let mut pause = Pause::default();
        assert!(!pause.learn((0, 1)) && !pause.is_on());
        assert!(pause.learn((0, 2)) && pause.is_on());
        // What was under way is no reason for another.
        assert!(!pause.learn((0, 4)));
        assert_eq!(left_out(&mut pause), 16);
        for (vain, len) in [(5, 32), (6, 64), (7, 128), (8, 256), (9, 256)] {
            assert!(!pause.learn((3, vain - 1)));
            assert!(pause.learn((3, vain)));
            assert_eq!(left_out(&mut pause), len);
        }
        assert!(pause.learn((19, 10)));
        assert_eq!(left_out(&mut pause), 16);
    }
}
