//! `rollsync diff`.

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
    sums::{self, SumArguments},
    threads::ThreadArguments,
};
use clap::Args;
use rollsync::Options;

/// Make the delta from two files that are both at hand
///
/// The same as `signature` and `delta` in one go, without a signature file.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The old file, or - for standard input
    #[arg(value_parser = Place::input())]
    old: Place,
    /// The new file, or - for standard input
    #[arg(value_parser = Place::input())]
    new: Place,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    sums: SumArguments,
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
  rollsync diff disk.img disk.new -o disk.delta
  rollsync diff --block-len 512 disk.img disk.new -o disk.delta    finds shorter matches
  rollsync diff old.tar new.tar | zstd > update.zst";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { old, new, output, profile, sums, seal, threads, limits, .. } = arguments;
    limits.time.begin("diff", &arguments.talk)?;
    input::standard_once(old, new)?;
    output.check("delta")?;
    let mut old = Input::open("old file", old)?;
    let mut new = Input::open("new file", new)?;
    let (old_len, new_len) = (old.len, new.len);
    let params = sums.resolve(old_len)?;
    sums::warn(console, &params, old_len);
    let mut output = output.create("delta", &[&old, &new])?;

    let mut progress = Progress::new(console, output.leaves_terminal());
    let mut told = |report| progress.told(report);
    let options = Options::new()
        .threads(threads.count())
        .profile(profile.profile())
        .limits(limits.limits())
        .seal(seal.is_sealed())
        .progress(&mut told);
    let mut options = sums::options(options, &params);
    let index = rollsync::index_basis_from(&mut old, old_len, &mut options)
        .map_err(|error| explain::diff(&error, &old, None))?;
    let stats = rollsync::delta_from(&index, &mut new, new_len, &mut output, &mut options)
        .and_then(|stats| output.flushed(stats))
        .map_err(|error| explain::diff(&error, &new, Some(&output)))?;
    let of = SignatureReport::new(&params, index.signature().block_count() as u64, None);
    let (line, report) = DeltaMade::new(&output, profile.profile().to_string(), of, &stats, seal.is_sealed());
    let output_is_free = !output.is_standard();
    output.finish()?;
    profile::warn(console, &stats);
    console.done(&line, &report, output_is_free)
}
