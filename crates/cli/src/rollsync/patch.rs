//! `rollsync patch`.

use super::{
    console::{Console, Talk},
    explain,
    failure::Failure,
    input::{self, Input},
    outcome::NewMade,
    output::OutputArguments,
    place::Place,
    progress::{Progress, Watched},
};
use clap::Args;
use rollsync::{Inspection, Limits, Options};
use std::{fs::File, io::Seek};

/// Make the new file from the old one and a delta
///
/// A basis that is piped is kept in a temporary file first, in TMPDIR.
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
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync patch disk.img disk.delta -o disk.new
  rollsync patch disk.img disk.delta -o disk.img --force    in place, when all is well
  ssh far cat disk.delta | rollsync patch disk.img - -o disk.new";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { basis, delta, output, .. } = arguments;
    input::standard_once(basis, delta)?;
    output.check("new file")?;
    let mut basis = Input::open("basis", basis)?;
    let mut delta = Input::open("delta", delta)?;
    let mut output = output.create("new file", &[&basis, &delta])?;

    let mut progress = Progress::new(console, output.leaves_terminal());
    let mut bytes = seekable(&mut basis, &mut progress)?;
    progress.new_len = new_len(&mut delta, &mut progress);
    let mut told = |report| progress.told(report);
    let mut options = Options::new().progress(&mut told);
    let delta_len = delta.len;
    let basis_len = basis.len.or_else(|| bytes.metadata().ok().map(|metadata| metadata.len()));
    let stats = rollsync::patch_onto(&mut bytes, &mut delta, delta_len, &mut output, &mut options)
        .map_err(|error| explain::patch(&error, &delta, &basis.place, basis_len, &output))?;
    let (line, report) = NewMade::new(&output, &stats);
    let output_is_free = !output.is_standard();
    output.finish()?;
    console.done(&line, &report, output_is_free)
}

/// The basis, or a copy of what comes through a pipe.
fn seekable(basis: &mut Input, progress: &mut Progress) -> Result<File, Failure> {
    let (total, phase) = (basis.len, "keeping the basis");
    let made = if basis.is_seekable() {
        basis.file.try_clone().map_err(|source| rollsync::Error::Io {
            side: rollsync::Side::Read,
            offset: 0,
            source,
        })
    } else {
        rollsync::spill(Watched { input: &mut *basis, progress, phase, read: 0, total }, None)
    };
    made.map_err(|error| explain::streams(&error, basis, None, None))
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
