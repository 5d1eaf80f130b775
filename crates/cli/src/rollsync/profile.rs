//! Whose deltas to write.

use clap::{Args, ValueEnum};
use rollsync::Profile;

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

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    /// The smallest, with a bound on the work that hostile files can cause
    #[value(name = "compact")]
    Compact,
    /// Byte for byte that of librsync 2.3.3 and 2.3.4
    #[value(name = "librsync-2.3.4")]
    Librsync234,
    /// Byte for byte that of librsync 2.0.2 to 2.3.2
    #[value(name = "librsync-2.3.2")]
    Librsync232,
}
