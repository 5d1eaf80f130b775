//! How much a run may take.

use super::{
    amount::{self, Limit},
    console::{Console, Talk},
    exit::Exit,
    failure::{Failure, words},
    progress,
};
use crate::interrupt;
use clap::Args;
use rollsync::{Limits, Work};
use std::time::Duration;

/// How long a run may take.
#[derive(Args)]
pub(crate) struct TimeArguments {
    /// Give up after so many seconds, whatever is waited for
    #[arg(long, value_name = "SECONDS", value_parser = amount::seconds, allow_negative_numbers = true)]
    max_time: Option<Duration>,
}

impl TimeArguments {
    /// Begins to count: when the time is over the program ends, and leaves nothing behind.
    pub(crate) fn begin(&self, command: &'static str, talk: &Talk) -> Result<(), Failure> {
        let Some(time) = self.max_time else { return Ok(()) };
        let console = Console::new(command, talk);
        let last = move || {
            progress::clear();
            let failure =
                Failure::new(Exit::Limit, format!("the work takes longer than {} s", time.as_secs_f64()));
            console.fail(&failure.hint("--max-time gives it more; nothing of it is left"));
            Exit::Limit.status()
        };
        interrupt::end_behind(time, last)
            .map_err(|error| Failure::new(Exit::Io, format!("no thread for --max-time: {}", words(&error))))
    }
}

/// What making a signature may take.
#[derive(Args)]
pub(crate) struct SignatureLimits {
    /// Fail rather than write more bytes; with a unit if need be: 20MB, 2GiB
    #[arg(long, value_name = "BYTES", value_parser = amount::bytes, allow_negative_numbers = true)]
    max_output: Option<u64>,
    /// Fail rather than write more blocks
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_records: Option<u64>,
    #[command(flatten)]
    pub(crate) time: TimeArguments,
}

impl SignatureLimits {
    pub(crate) const fn limits(&self) -> Limits {
        Limits { output: self.max_output, records: self.max_records, ..Limits::NONE }
    }
}

/// What making a delta may take.
#[derive(Args)]
pub(crate) struct DeltaLimits {
    /// Fail rather than write more bytes; with a unit if need be: 20MB, 2GiB
    #[arg(long, value_name = "BYTES", value_parser = amount::bytes, allow_negative_numbers = true)]
    max_output: Option<u64>,
    /// Fail rather than take more bytes of memory for the signature and its index
    #[arg(long, value_name = "BYTES", value_parser = amount::bytes, allow_negative_numbers = true)]
    max_memory: Option<u64>,
    /// Fail when the signature has more blocks
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_records: Option<u64>,
    /// Hash so many bytes at most for each byte of the new file, then pass positions over [default: 4 to 8 for
    /// compact, none for librsync's]
    #[arg(long, value_name = "N|none", value_parser = amount::count_or_none, allow_negative_numbers = true)]
    max_work: Option<Limit<u32>>,
    #[command(flatten)]
    pub(crate) time: TimeArguments,
}

impl DeltaLimits {
    pub(crate) const fn limits(&self) -> Limits {
        let work = match self.max_work {
            None => Work::OfProfile,
            Some(Limit::None) => Work::Unlimited,
            Some(Limit::Most(bytes)) => Work::PerByte(bytes),
        };
        Limits {
            output: self.max_output,
            memory: self.max_memory,
            records: self.max_records,
            work,
            ..Limits::NONE
        }
    }
}

/// What applying a delta may take.
#[derive(Args)]
pub(crate) struct PatchLimits {
    /// Fail rather than write more bytes [default: what a seal says; without one 1 GiB and 1024 times basis and delta; 64 GiB when the
    /// delta is piped]
    #[arg(long, value_name = "BYTES|none", value_parser = amount::bytes_or_none, allow_negative_numbers = true)]
    max_output: Option<Limit<u64>>,
    /// Fail at a literal of more bytes
    #[arg(long, value_name = "BYTES", value_parser = amount::bytes, allow_negative_numbers = true)]
    max_literal: Option<u64>,
    #[command(flatten)]
    pub(crate) time: TimeArguments,
}

/// What comes through a pipe may make so much, or be so long when it has to be kept.
const PIPED: u64 = 64 << 30;
/// Without a seal a new file may have so many bytes,
const UNSEALED: u64 = 1 << 30;
/// and so many times as many as basis and delta.
const UNSEALED_FACTOR: u64 = 1024;

impl PatchLimits {
    pub(crate) fn limits(&self, sealed: Option<u64>, lens: Option<(u64, u64)>) -> (Limits, OutputLimit) {
        let (output, origin) = match (self.max_output, sealed, lens) {
            (Some(limit), ..) => (limit.most(), OutputLimit::Asked),
            (None, Some(len), _) => (Some(len), OutputLimit::Sealed),
            (None, None, Some((basis, delta))) => {
                let more = basis.saturating_add(delta).saturating_mul(UNSEALED_FACTOR);
                (Some(more.saturating_add(UNSEALED)), OutputLimit::Unsealed)
            }
            (None, None, None) => (Some(PIPED), OutputLimit::Piped),
        };
        (Limits { output, literal: self.max_literal, ..Limits::NONE }, origin)
    }

    /// How long a basis may be that has to be kept.
    pub(crate) fn spill(&self) -> Option<u64> {
        match self.max_output {
            None => Some(PIPED),
            Some(Limit::Most(bytes)) => Some(bytes.max(PIPED)),
            Some(Limit::None) => None,
        }
    }
}

/// Who said how long a new file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputLimit {
    /// `--max-output`.
    Asked,
    /// The delta's seal.
    Sealed,
    /// What looks like a seal at the delta's end, and is none.
    LooksSealed,
    /// The default for a delta without one.
    Unsealed,
    /// The default for a delta that is piped.
    Piped,
}
