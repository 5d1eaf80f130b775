//! `rollsync signature`.

use super::{
    console::{Console, Talk},
    explain,
    failure::Failure,
    input::Input,
    limits::SignatureLimits,
    outcome::SignatureMade,
    output::OutputArguments,
    place::Place,
    progress::Progress,
    seal::SealArguments,
    sums::{self, SumArguments},
    threads::ThreadArguments,
};
use clap::Args;
use rollsync::Options;

/// Make the signature of the old file
///
/// It holds two sums for each block of the file, 36 bytes together: all that a delta needs to know of it. That is
/// 165 kB for a file of 20 MB. The length of what is piped is not known beforehand: give --block-len then, about the
/// square root of it.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The old file, or - for standard input
    #[arg(value_parser = Place::input())]
    basis: Place,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    sums: SumArguments,
    #[command(flatten)]
    seal: SealArguments,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    limits: SignatureLimits,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync signature disk.img -o disk.sig
  rollsync signature --strong-len min disk.img -o disk.sig    less than a third as long
  pg_dump shop | rollsync signature - | ssh far 'cat > shop.sig'";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { basis, output, sums, seal, threads, limits, .. } = arguments;
    limits.time.begin("signature", &arguments.talk)?;
    output.check("signature")?;
    let mut basis = Input::open("basis", basis)?;
    let basis_len = basis.len;
    let params = sums.resolve(basis_len)?;
    sums::warn(console, &params, basis_len);
    let mut output = output.create("signature", &[&basis])?;

    let mut progress = Progress::new(console, output.leaves_terminal());
    let mut told = |report| progress.told(report);
    let options = Options::new().threads(threads.count()).limits(limits.limits()).seal(seal.is_sealed());
    let mut options = sums::options(options, &params).progress(&mut told);
    let stats = rollsync::signature_from(&mut basis, basis_len, &mut output, &mut options)
        .and_then(|stats| output.flushed(stats))
        .map_err(|error| explain::streams(&error, &basis, None, Some(&output)))?;
    let (line, report) = SignatureMade::new(&output, &params, &stats, seal.is_sealed());
    let output_is_free = !output.is_standard();
    output.finish()?;
    console.done(&line, &report, output_is_free)
}
