//! `rollsync delta`.

use super::{
    console::{Console, Talk},
    explain,
    failure::Failure,
    input::{self, Input},
    limits::DeltaLimits,
    outcome::{DeltaMade, SignatureReport},
    output::OutputArguments,
    place::Place,
    profile::{self, ProfileArguments},
    progress::Progress,
    seal::SealArguments,
    sums,
    threads::ThreadArguments,
};
use clap::Args;
use rollsync::Options;

/// Make the delta from the old file's signature and the new file
///
/// It says what to copy from the old file, and holds what is new. The old file itself is not needed.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The signature of the old file, or - for standard input
    #[arg(value_name = "SIG", value_parser = Place::input())]
    signature: Place,
    /// The new file, or - for standard input
    #[arg(value_parser = Place::input())]
    new: Place,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    profile: ProfileArguments,
    #[command(flatten)]
    seal: SealArguments,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    limits: DeltaLimits,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync delta disk.sig disk.new -o disk.delta
  ssh far rollsync signature disk.img | rollsync delta - disk.new -o disk.delta
  rollsync delta --plain --profile librsync-2.3.4 disk.sig disk.new -o disk.delta    as rdiff";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { signature, new, output, profile, seal, threads, limits, .. } = arguments;
    limits.time.begin("delta", &arguments.talk)?;
    input::standard_once(signature, new)?;
    output.check("delta")?;
    let mut signature = Input::open("signature", signature)?;
    let mut new = Input::open("new file", new)?;
    let mut output = output.create("delta", &[&signature, &new])?;

    let mut progress = Progress::new(console, output.leaves_terminal());
    let mut told = |report| progress.told(report);
    let mut options = Options::new()
        .threads(threads.count())
        .profile(profile.profile())
        .limits(limits.limits())
        .seal(seal.is_sealed())
        .progress(&mut told);
    let (signature_len, new_len) = (signature.len, new.len);
    let index = rollsync::load_from(&mut signature, signature_len, &mut options)
        .map_err(|error| explain::load(&error, &signature, &new.place))?;
    let (params, blocks) = (index.signature().params(), index.signature().block_count() as u64);
    sums::warn(console, params, Some(blocks.saturating_mul(params.block_len().get().into())));
    let stats = rollsync::delta_from(&index, &mut new, new_len, &mut output, &mut options)
        .and_then(|stats| output.flushed(stats))
        .map_err(|error| explain::delta(&error, &new, Some(&output)))?;
    let of = SignatureReport::new(params, blocks, None);
    let (line, report) = DeltaMade::new(&output, profile.profile().to_string(), of, &stats, seal.is_sealed());
    let output_is_free = !output.is_standard();
    output.finish()?;
    profile::warn(console, &stats);
    console.done(&line, &report, output_is_free)
}
