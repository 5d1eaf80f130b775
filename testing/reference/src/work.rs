/// A budget of hashing against hostile data.
///
/// It is counted from fixed boundaries of the new file, so that what is searched at a position depends on nothing but
/// the segment that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Bytes that may be hashed for a byte of the segment searched so far.
    pub per_byte: u32,
    /// Length of a segment in bytes; 0 counts as 1.
    pub segment: u64,
}

impl Work {
    /// The budget with the segments of rollsync: 1 MiB or 16 blocks, whichever is longer, rounded up to a power of two.
    pub fn new(per_byte: u32, block_len: usize) -> Work {
        let segment = (16 * block_len as u64).max(1 << 20).next_power_of_two();
        Work { per_byte, segment }
    }
}

/// What has been spent of a [`Work`] budget in the current segment.
#[derive(Clone, Copy, Debug)]
pub struct WorkMeter {
    work: Work,
    segment_start: u64,
    spent: u64,
}

impl WorkMeter {
    /// Nothing spent, at the start of the new file.
    pub fn new(work: Work) -> Self {
        WorkMeter { work, segment_start: 0, spent: 0 }
    }

    /// Whether the window of `window_len` bytes at `position` may be hashed; if so, it is counted as hashed.
    /// Positions must not go down.
    pub fn hash(&mut self, position: u64, window_len: u64) -> bool {
        let segment = self.work.segment.max(1);
        let segment_start = position / segment * segment;
        if segment_start != self.segment_start {
            (self.segment_start, self.spent) = (segment_start, 0);
        }
        let searched = (position + window_len - segment_start).min(segment);
        let allowed = self.spent + window_len <= u64::from(self.work.per_byte) * searched;
        if allowed {
            self.spent += window_len;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_of_rollsync() {
        assert_eq!(Work::new(4, 1).segment, 1 << 20);
        assert_eq!(Work::new(4, 65_536).segment, 1 << 20);
        assert_eq!(Work::new(4, 65_537).segment, 1 << 21);
        assert_eq!(Work::new(4, 0x7fff_ffff).segment, 1 << 35);
    }

    #[test]
    fn the_budget_grows_with_the_segment_and_starts_again_with_the_next() {
        // Windows of 4 bytes, segments of 16, 2 hashed bytes a byte.
        let mut meter = WorkMeter::new(Work { per_byte: 2, segment: 16 });
        let answers: Vec<bool> = (0..24).map(|p| meter.hash(p, 4)).collect();
        let hashed: Vec<usize> =
            answers.iter().enumerate().filter(|(_, yes)| **yes).map(|(p, _)| p).collect();
        // Up to position p of a segment 2 * (p + 4) bytes may be hashed, so window number k (from 1) waits for position
        // 2k - 4; and 2 * 16 bytes in all, which is 8 windows.
        assert_eq!(hashed, [0, 1, 2, 4, 6, 8, 10, 12, 16, 17, 18, 20, 22]);
    }

    #[test]
    fn a_window_may_be_longer_than_a_segment() {
        let mut meter = WorkMeter::new(Work { per_byte: 2, segment: 4 });
        // At most 2 * 4 bytes a segment: a window of 8 fits once, one of 9 never.
        assert!(meter.hash(0, 8));
        assert!(!meter.hash(1, 8));
        assert!(!meter.hash(4, 9));
        assert!(meter.hash(40, 8));
    }

    #[test]
    fn nothing_may_be_hashed_without_budget() {
        let mut meter = WorkMeter::new(Work { per_byte: 0, segment: 1 << 20 });
        assert!((0..100).all(|p| !meter.hash(p, 1)));
    }
}
