//! `rollsync patch`.

use super::{
    console::{Console, Talk},
    explain::{self, Patching},
    failure::Failure,
    input::{self, Input},
    limits::{OutputLimit, PatchLimits},
    outcome::NewMade,
    output::OutputArguments,
    place::Place,
    progress::{Progress, Watched},
};
use clap::Args;
use rollsync::{Checked, Inspection, Limits, Options, SealCheck, seal::Seal};
use std::io::Seek;

/// Make the new file from the old one and a delta
///
/// When the delta is sealed, nothing but the new file that it was sealed for takes the output's name. A basis that is
/// piped is kept in a temporary file first, in TMPDIR.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The old file, or - for standard input
    #[arg(value_parser = Place::input())]
    basis: Place,
    /// The delta, or - for standard input
    #[arg(value_parser = Place::input())]
    delta: Place,
    #[command(flatten)]
    output: OutputArguments,
    /// Refuse a delta without a seal
    #[arg(long)]
    require_seal: bool,
    #[command(flatten)]
    limits: PatchLimits,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync patch disk.img disk.delta -o disk.new
  rollsync patch disk.img disk.delta -o disk.img --force    in place, when all is well
  ssh far cat disk.delta | rollsync patch disk.img - -o disk.new";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { basis, delta, output, require_seal, limits, .. } = arguments;
    limits.time.begin("patch", &arguments.talk)?;
    input::standard_once(basis, delta)?;
    output.check("new file")?;
    let mut basis = Input::open("basis", basis)?;
    let mut delta = Input::open("delta", delta)?;
    let mut output = output.create("new file", &[&basis, &delta])?;

    let mut progress = Progress::new(console, output.leaves_terminal());
    basis.keep(&mut progress, limits.spill())?;
    let asked = if *require_seal { SealCheck::Required } else { SealCheck::IfThere };
    let checked = Checked::new(&basis.file, &delta.file, &mut Options::new().seal_check(asked));
    let sealed_len = match checked.as_ref().map(Checked::seal) {
        Ok(Some(Seal::Delta { new, .. })) => Some(new.len),
        _ => None,
    };
    let delta_len = delta.len.filter(|_| delta.is_seekable());
    let (limits, mut origin) = limits.limits(sealed_len, basis.len.zip(delta_len));
    let failed = |error, delta: &Input, basis: &Input, output: &_, limit| {
        explain::patch(&error, &Patching { delta, basis, output, limit })
    };
    let checked = checked.map_err(|error| failed(error, &delta, &basis, &output, origin))?;

    progress.new_len = sealed_len.or_else(|| new_len(&mut delta, &mut progress));
    let mut told = |report| progress.told(report);
    let mut seal = None;
    let mut options =
        Options::new().limits(limits).seal_check(checked.check()).seal_found(&mut seal).progress(&mut told);
    let total = delta.len;
    let made = rollsync::patch_onto(&mut basis.file, &mut delta, total, &mut output, &mut options);
    let made = made.and_then(|stats| output.flushed(stats));
    let made = made.map_err(|error| checked.explain(error, &mut basis.file, &delta.file, &mut options));
    let looks_sealed = || {
        let found = checked.inspect(&delta.file, &mut Options::new());
        matches!(found, Ok(Inspection::Delta(summary)) if summary.seal.is_none())
    };
    if made.is_err() && origin == OutputLimit::Sealed && looks_sealed() {
        origin = OutputLimit::LooksSealed;
    }
    let stats = made.map_err(|error| failed(error, &delta, &basis, &output, origin))?;
    if seal.is_none() {
        console.warn(format!("{} is unsealed: the result is not verified", delta.name()));
    }
    let (line, report) = NewMade::new(&output, &stats, seal.as_ref());
    let output_is_free = !output.is_standard();
    output.finish()?;
    console.done(&line, &report, output_is_free)
}

/// How long the new file will be, when somebody watches it grow and the delta can be read twice. What is wrong with
/// the delta is found when it is applied.
fn new_len(delta: &mut Input, progress: &mut Progress) -> Option<u64> {
    if !progress.is_shown || !delta.is_seekable() {
        return None;
    }
    let (total, phase) = (delta.len, "reading the delta");
    let watched = Watched { input: &delta.file, progress, phase, read: 0, total };
    let inspected = rollsync::inspect(watched, &Limits::default());
    delta.file.rewind().ok()?;
    match inspected {
        Ok(Inspection::Delta(summary)) => Some(summary.new_len),
        _ => None,
    }
}
