//! `rollsync info`.

use super::{
    console::{Console, Talk},
    explain,
    failure::Failure,
    input::Input,
    limits::TimeArguments,
    place::Place,
    progress::{Progress, Watched},
    seal::SealReport,
    size::{Count, Percent, Size},
    sums,
};
use clap::Args;
use rollsync::{
    CommandStats, DeltaSummary, Inspection, Limits, SignatureSummary, StrongKind, WeakKind, seal::Seal,
};
use serde::Serialize;
use std::fmt::Write;

/// Say what a signature or a delta holds
///
/// Of a signature: its parameters and what it covers. Of a delta: its commands, what it reuses, and how long the basis
/// is at least. The file is read to its end: what is described is whole. Exit status 3 says that it is broken, or
/// neither.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The file, or - for standard input
    #[arg(value_parser = Place::input())]
    file: Place,
    #[command(flatten)]
    time: TimeArguments,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync info disk.sig
  rollsync info --json disk.delta | jq .delta.new_len
  rollsync info --quiet disk.delta && echo whole";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    arguments.time.begin("info", &arguments.talk)?;
    let mut file = Input::open("file", &arguments.file)?;
    let mut progress = Progress::new(console, true);
    let (total, phase) = (file.len, "reading the file");
    let watched = Watched { input: &mut file, progress: &mut progress, phase, read: 0, total };
    let inspection = rollsync::inspect(watched, &Limits::default());
    let inspection = inspection.map_err(|error| explain::info(&error, &file))?;
    let (name, plain) = (file.place.subject(), file.place.plain());
    match inspection {
        Inspection::Signature(summary) => {
            let report = SignatureAnswer::new(&plain, &summary);
            console.answer(&signature_text(&name, &summary), &report)
        }
        Inspection::Delta(summary) => {
            let report = DeltaAnswer::new(&plain, &summary);
            console.answer(&delta_text(&name, &summary), &report)
        }
        _ => Err(explain::neither(&file)),
    }
}

fn signature_text(name: &str, summary: &SignatureSummary) -> String {
    let SignatureSummary { magic, params, blocks, len, trailing, .. } = summary;
    let format = params.format();
    let weak = match format.weak {
        WeakKind::Rollsum => "rollsum",
        WeakKind::RabinKarp => "RabinKarp",
    };
    let strong = match format.strong {
        StrongKind::Md4 => "MD4",
        StrongKind::Blake2 => "BLAKE2b",
    };
    let (strong_len, least) = (params.strong_len().get(), summary.strong_len_min().get());
    let whole = if params.strong_len() == rollsync::StrongLen::max(format) { ", whole" } else { "" };
    let mut text = Text::titled(&format!("{name}: signature, {}", Size(*len)));
    text.line("format", format_args!("{} ({magic:08x}): {weak} and {strong}", sums::format_name(format)));
    text.line("block length", Count(params.block_len().get().into(), "byte", "bytes"));
    text.line(
        "strong sums",
        format_args!(
            "{}{whole} ({least} or more recommended)",
            Count(strong_len.into(), "byte each", "bytes each")
        ),
    );
    text.line("blocks", blocks);
    match summary.basis {
        Some(basis) => {
            text.line("covers", format_args!("a basis of {} bytes ({})", basis.len, Size(basis.len)));
            text.line("sealed", format_args!("for a basis of BLAKE3 {}", basis.hex()));
        }
        None => {
            let most = summary.basis_len_max();
            text.line("covers", format_args!("a basis of up to {most} bytes ({})", Size(most)));
            text.line("sealed", "no");
        }
    }
    text.trailing(*trailing, "the last block");
    if let Some(warning) = sums::md4_warning(format) {
        text.line("warning", warning);
    }
    if strong_len < least {
        text.line("warning", "the strong sums are shorter than recommended: two blocks may be taken for one");
    }
    text.0
}

fn delta_text(name: &str, summary: &DeltaSummary) -> String {
    let DeltaSummary { copy, literal, longest_copy, longest_literal, new_len, basis_len_min, .. } = summary;
    let mut text = Text::titled(&format!("{name}: delta, {}", Size(summary.file_len())));
    text.line("new file", format_args!("{new_len} bytes ({})", Size(*new_len)));
    let of = |stats: &CommandStats, one, many, longest| match stats.commands {
        0 => "nothing".to_owned(),
        1 => format!("{}, {}", Count(1, one, many), Size(stats.bytes)),
        count => format!("{}, {}, the longest {}", Count(count, one, many), Size(stats.bytes), Size(longest)),
    };
    let share = match copy.bytes {
        0 => String::new(),
        part => format!(" ({})", Percent { part, whole: *new_len }),
    };
    text.line("reused", format_args!("{}{share}", of(copy, "copy", "copies", *longest_copy)));
    text.line("new", of(literal, "literal", "literals", *longest_literal));
    match basis_len_min {
        0 => text.line("needs", "no basis"),
        least => text.line("needs", format_args!("a basis of at least {least} bytes ({})", Size(*least))),
    }
    match summary.seal {
        Some(Seal::Delta { basis, new }) => {
            text.line("sealed", format_args!("for a new file of BLAKE3 {}", new.hex()));
            match basis {
                Some(basis) => {
                    text.line("", format_args!("and a basis of {} bytes, BLAKE3 {}", basis.len, basis.hex()));
                }
                None => text.line("", "and any basis: who made the delta did not know it"),
            }
        }
        _ => text.line("sealed", "no: a patch cannot be verified"),
    }
    // A patch takes nothing there but what is no harm: the rest of an END of four bytes.
    if summary.trailing == 3 {
        text.trailing(3, "END");
    } else if summary.trailing > 0 {
        let are = Count(summary.trailing, "byte", "bytes");
        text.line(
            "trailing",
            format_args!("{are} behind END: rdiff ignores them, rollsync patch refuses them"),
        );
    }
    text.0
}

/// A title, and lines of a label and what it says.
pub(crate) struct Text(pub(crate) String);

impl Text {
    pub(crate) fn titled(title: &str) -> Self {
        Self(format!("{title}\n"))
    }

    pub(crate) fn line(&mut self, label: &str, what: impl std::fmt::Display) {
        let _ = writeln!(self.0, "  {label:<14}{what}");
    }

    fn trailing(&mut self, len: u64, behind: &str) {
        if len > 0 {
            let is = Count(len, "byte", "bytes");
            self.line("trailing", format_args!("{is} behind {behind}, which nobody reads"));
        }
    }
}

/// A signature, described.
#[derive(Serialize)]
struct SignatureAnswer<'a> {
    file: &'a str,
    kind: &'static str,
    signature: SignatureFields,
}

#[derive(Serialize)]
struct SignatureFields {
    format: &'static str,
    magic: String,
    block_len: u32,
    strong_len: u8,
    strong_len_recommended: u8,
    blocks: u64,
    basis_len_min: u64,
    basis_len_max: u64,
    len: u64,
    trailing: u64,
    seal: Option<SealReport>,
}

/// A delta, described.
#[derive(Serialize)]
struct DeltaAnswer<'a> {
    file: &'a str,
    kind: &'static str,
    delta: DeltaFields,
}

#[derive(Serialize)]
struct DeltaFields {
    new_len: u64,
    copies: CommandFields,
    literals: CommandFields,
    basis_len_min: u64,
    len: u64,
    trailing: u64,
    seal: Option<SealReport>,
}

#[derive(Serialize)]
struct CommandFields {
    count: u64,
    bytes: u64,
    longest: u64,
}

impl<'a> SignatureAnswer<'a> {
    fn new(file: &'a str, summary: &SignatureSummary) -> Self {
        let params = &summary.params;
        let signature = SignatureFields {
            format: sums::format_name(params.format()),
            magic: format!("{:08x}", summary.magic),
            block_len: params.block_len().get(),
            strong_len: params.strong_len().get(),
            strong_len_recommended: summary.strong_len_min().get(),
            blocks: summary.blocks,
            basis_len_min: summary.basis_len_min(),
            basis_len_max: summary.basis_len_max(),
            len: summary.len,
            trailing: summary.trailing,
            seal: summary.basis.map(|basis| SealReport::new(&Seal::Signature { basis })),
        };
        Self { file, kind: "signature", signature }
    }
}

impl<'a> DeltaAnswer<'a> {
    fn new(file: &'a str, summary: &DeltaSummary) -> Self {
        let commands = |stats: &CommandStats, longest| CommandFields {
            count: stats.commands,
            bytes: stats.bytes,
            longest,
        };
        let delta = DeltaFields {
            new_len: summary.new_len,
            copies: commands(&summary.copy, summary.longest_copy),
            literals: commands(&summary.literal, summary.longest_literal),
            basis_len_min: summary.basis_len_min,
            len: summary.len,
            trailing: summary.trailing,
            seal: summary.seal.as_ref().map(SealReport::new),
        };
        Self { file, kind: "delta", delta }
    }
}
