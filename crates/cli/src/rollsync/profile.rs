//! Whose deltas to write.

use super::{console::Console, size::Count};
use clap::{Args, ValueEnum};
use rollsync::{Profile, Stats};

/// Whose delta the command line asks for.
#[derive(Args)]
pub(crate) struct ProfileArguments {
    /// Whose delta to write; all of them can be read by all
    #[arg(long, value_name = "PROFILE", default_value = "compact", value_enum)]
    profile: ProfileName,
}

impl ProfileArguments {
    pub(crate) fn profile(&self) -> Profile {
        match self.profile {
            ProfileName::Compact => Profile::Compact,
            ProfileName::Librsync234 => Profile::Librsync234,
            ProfileName::Librsync232 => Profile::Librsync232,
        }
    }
}

/// Warns of matches that were not looked for.
pub(crate) fn warn(console: &Console, stats: &Stats) {
    if stats.search.skipped > 0 {
        console.warn(format!(
            "{} passed over to bound the work; the delta may be longer than need be: \
             --profile librsync-2.3.4 looks everywhere, however long that takes",
            Count(stats.search.skipped, "position was", "positions were"),
        ));
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    /// rollsync's own: of equal blocks the one that continues a copy, and a bound on the work of hostile files
    #[value(name = "compact")]
    Compact,
    /// Byte for byte that of librsync 2.3.3 and 2.3.4
    #[value(name = "librsync-2.3.4")]
    Librsync234,
    /// Byte for byte that of librsync 2.0.2 to 2.3.2
    #[value(name = "librsync-2.3.2")]
    Librsync232,
}
