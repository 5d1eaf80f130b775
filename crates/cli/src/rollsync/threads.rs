//! How many threads work.

use clap::Args;
use rollsync::Threads;

/// What the command line says of threads.
#[derive(Args)]
pub(crate) struct ThreadArguments {
    /// Threads that work [default: one for each processor that may be used]
    #[arg(short, long, value_name = "N")]
    threads: Option<Threads>,
}

impl ThreadArguments {
    pub(crate) fn count(&self) -> Threads {
        self.threads.unwrap_or(Threads::Available)
    }
}
