//! What jobs count.

/// Counts of one kind of command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandStats {
    /// Commands.
    pub commands: u64,
    /// Bytes of the new file that they stand for.
    pub bytes: u64,
    /// Bytes of the delta that their opcodes and parameters take.
    pub command_bytes: u64,
}

impl CommandStats {
    pub(crate) fn count(&mut self, bytes: u64, command_bytes: usize) {
        self.commands += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.command_bytes += command_bytes as u64;
    }
}

/// What the search of a delta did, in librsync's terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchStats {
    /// Positions of the new file that were looked up.
    pub searches: u64,
    /// Those at which a block of the basis was found.
    pub matches: u64,
    /// Keys of the index that a position was compared with.
    pub weak_compares: u64,
    /// Blocks of equal key that a position would be compared with one by one, in order.
    pub strong_compares: u64,
    /// Windows whose strong sum was computed: at most one a position.
    pub strong_sums: u64,
    /// Their bytes: the work that hostile data can cause.
    pub hashed_bytes: u64,
    /// Positions that the work budget passed over unhashed, though a block has their weak sum.
    pub skipped: u64,
}

impl SearchStats {
    /// Adds what was counted elsewhere.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.searches += other.searches;
        self.matches += other.matches;
        self.weak_compares += other.weak_compares;
        self.strong_compares += other.strong_compares;
        self.strong_sums += other.strong_sums;
        self.hashed_bytes += other.hashed_bytes;
        self.skipped += other.skipped;
    }

    /// Positions with the weak sum of a block, but not its strong sum.
    #[must_use]
    pub const fn false_matches(&self) -> u64 {
        self.strong_sums - self.matches
    }
}

/// What a job has counted. A signature or load job fills `blocks`, a delta or patch job the commands, a delta job
/// the search as well; the others stay 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Literals written or read.
    pub literal: CommandStats,
    /// Copies written or read.
    pub copy: CommandStats,
    /// Records written or read.
    pub blocks: u64,
    /// Bytes a block; 0 until it is known.
    pub block_len: u32,
    /// What a delta's search did.
    pub search: SearchStats,
    /// Bytes read by whoever drives the job; a job itself leaves it 0. The basis of a patch is not counted.
    pub bytes_in: u64,
    /// Bytes written by whoever drives the job; a job itself leaves it 0.
    pub bytes_out: u64,
}
