use crate::{EmptyBasis, Work};

/// What may differ between deltas of the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Longest literal in bytes, when the signature has records; 0 counts as 1.
    pub literal_max: usize,
    /// Which of several equal blocks a copy names.
    pub choice: CopyChoice,
    /// How literals are cut when the signature has no records.
    pub empty_basis: EmptyBasis,
    /// Budget of hashing; `None` hashes at every weak hit.
    pub work: Option<Work>,
}

/// Which of several equal blocks a copy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyChoice {
    /// The one with the lowest index.
    Lowest,
    /// The one that starts where the copy before ends, so that both merge; without it the lowest.
    Continuing,
}

impl Rules {
    /// `rdiff delta` of librsync 2.3.2 with its default buffers and a signature of this block length in bytes.
    pub fn release_2_3_2(block_len: usize) -> Rules {
        Rules {
            literal_max: 32_768,
            choice: CopyChoice::Lowest,
            empty_basis: EmptyBasis::Cut(block_len),
            work: None,
        }
    }

    /// `rdiff delta` of librsync 2.3.3 and later with its default buffers and a signature of this block length in bytes.
    pub fn release_2_3_3(block_len: usize) -> Rules {
        Rules {
            literal_max: 65_533,
            choice: CopyChoice::Lowest,
            empty_basis: EmptyBasis::Buffers { input: 4 * (65_536 + block_len), output: 262_144 },
            work: None,
        }
    }

    /// rollsync's own rules for small deltas, without a work budget.
    pub fn compact() -> Rules {
        Rules {
            literal_max: 65_535,
            choice: CopyChoice::Continuing,
            empty_basis: EmptyBasis::Cut(65_535),
            work: None,
        }
    }

    /// These rules with a work budget.
    #[must_use]
    pub fn with_work(self, work: Work) -> Rules {
        Rules { work: Some(work), ..self }
    }
}
