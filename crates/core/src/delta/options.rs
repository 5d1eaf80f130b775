//! How a delta is written.

use crate::SignatureIndex;
use core::{fmt, num::NonZeroUsize, str::FromStr};

/// Whose deltas to write. All of them are valid, all find the same blocks; they differ in how literals are cut and
/// which of several equal blocks is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Profile {
    /// The bytes of librsync 2.0.2 to 2.3.2: literals cut at 32768, the lowest of equal blocks.
    Librsync232,
    /// The bytes of librsync 2.3.3 and 2.3.4: literals cut at 65533, the lowest of equal blocks.
    Librsync234,
    /// rollsync's own: literals cut at 65535; of equal blocks the one that continues the previous copy, else the
    /// lowest. Never more copies, and bounded in work: see [`Work`](crate::Work).
    #[default]
    Compact,
}

impl Profile {
    /// Every profile with its name.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Librsync232, "librsync-2.3.2"),
        (Self::Librsync234, "librsync-2.3.4"),
        (Self::Compact, "compact"),
    ];

    /// The longest literal in bytes.
    #[must_use]
    pub const fn literal_max(self) -> usize {
        match self {
            Self::Librsync232 => 32_768,
            Self::Librsync234 => 65_533,
            Self::Compact => 65_535,
        }
    }

    pub(crate) const fn prefers_adjacent(self) -> bool {
        matches!(self, Self::Compact)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(profile, _)| profile == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL
            .into_iter()
            .find(|(_, known)| *known == name)
            .map(|(profile, _)| profile)
            .ok_or(UnknownProfile)
    }
}

/// A name that is none of [`Profile::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProfile;

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown profile; there are")?;
        for (i, (_, name)) in Profile::ALL.iter().enumerate() {
            write!(f, "{}{name}", if i == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownProfile {}

/// How the literals are cut when the signature has no records: all of the new file is literal then, and librsync cuts
/// it by its buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EmptyBasis {
    /// So many bytes each, and the rest. librsync 2.3.2 does so with the length of its input buffer.
    Cut(NonZeroUsize),
    /// As the loop of librsync 2.3.3 and later does with buffers of these lengths: the input is topped up when at most
    /// half of it is left, the output emptied after each step.
    Buffers {
        /// The input buffer's length; so many bytes are held.
        input: NonZeroUsize,
        /// The output buffer's length.
        output: NonZeroUsize,
    },
    /// Each step's input is one literal, and held whole. The one case in which the output depends on how the input is
    /// sliced; for `rs_job_iter` alone.
    AsOffered,
}

impl EmptyBasis {
    /// What librsync's whole-file function, or rollsync, does with default buffers.
    #[must_use]
    pub fn of_profile(profile: Profile, index: &SignatureIndex) -> Self {
        let block_len = index.signature().params().block_len().as_usize();
        match profile {
            Profile::Librsync232 => Self::Cut(at_least_1(block_len)),
            Profile::Librsync234 => {
                let input = block_len.saturating_add(65_536).saturating_mul(4);
                Self::Buffers { input: at_least_1(input), output: at_least_1(262_144) }
            }
            Profile::Compact => Self::Cut(at_least_1(profile.literal_max())),
        }
    }
}

fn at_least_1(len: usize) -> NonZeroUsize {
    NonZeroUsize::new(len).unwrap_or(NonZeroUsize::MIN)
}

/// How a [`DeltaJob`](crate::DeltaJob) writes its delta.
///
/// ```
/// use rollsync_core::{DeltaOptions, Profile};
/// let options = DeltaOptions { profile: "librsync-2.3.4".parse().unwrap(), ..DeltaOptions::default() };
/// assert_eq!(options.profile, Profile::Librsync234);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeltaOptions {
    /// Whose delta.
    pub profile: Profile,
    /// How literals are cut when the signature has no records; `None`: [`EmptyBasis::of_profile`].
    pub empty_basis: Option<EmptyBasis>,
}
