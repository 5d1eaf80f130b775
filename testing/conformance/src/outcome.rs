use rollsync::{SearchStats, Stats};

/// What came of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// librsync's result code: 0 when all is well, 100 and above for an error.
    pub code: i32,
    /// The bytes written, up to the failure if there was one.
    pub output: Vec<u8>,
    /// What was counted.
    pub counts: Counts,
    /// The lines that were logged, each without `librsync: ` and the line's end; the engine logs nothing.
    pub log: Vec<String>,
}

/// The counters of `rs_stats_t` that any job fills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// LITERAL commands, bytes of their payload, bytes of opcode and parameters.
    pub literal: [u64; 3],
    /// COPY commands, bytes that they stand for, bytes of opcode and parameters.
    pub copy: [u64; 3],
    /// Records of a signature.
    pub blocks: u64,
    /// Bytes a block.
    pub block_len: u64,
    /// Bytes read and bytes written; 0 when the job was driven by hand.
    pub moved: [u64; 2],
}

impl Counts {
    /// The same without the bytes read and written.
    #[must_use]
    pub const fn of_the_job(self) -> Self {
        Self { moved: [0, 0], ..self }
    }
}

impl From<Stats> for Counts {
    fn from(stats: Stats) -> Self {
        let [literal, copy] =
            [stats.literal, stats.copy].map(|kind| [kind.commands, kind.bytes, kind.command_bytes]);
        Self {
            literal,
            copy,
            blocks: stats.blocks,
            block_len: stats.block_len.into(),
            moved: [stats.bytes_in, stats.bytes_out],
        }
    }
}

/// The counters of a search in which librsync and the engine agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searches {
    /// Positions looked up.
    pub searches: u64,
    /// Positions at which a block was found.
    pub matches: u64,
    /// Strong sums compared.
    pub strong_compares: u64,
    /// Strong sums computed.
    pub strong_sums: u64,
}

impl Searches {
    /// Positions with the weak sum of a block, but not its strong sum.
    #[must_use]
    pub const fn false_hits(&self) -> u64 {
        self.strong_sums - self.matches
    }

    /// From a line `match statistics: …`, in which the numbers wanted begin the pieces between commas.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (_, list) = line.split_once("match statistics: signature[")?;
        let numbers: Vec<u64> =
            list.split(", ").filter_map(|piece| piece.split(' ').next()?.parse().ok()).collect();
        let &[searches, matches, _weak_compares, strong_compares, strong_sums] = &numbers[..] else {
            return None;
        };
        Some(Self { searches, matches, strong_compares, strong_sums })
    }
}

impl From<SearchStats> for Searches {
    fn from(stats: SearchStats) -> Self {
        Self {
            searches: stats.searches,
            matches: stats.matches,
            strong_compares: stats.strong_compares,
            strong_sums: stats.strong_sums,
        }
    }
}
