//! What was done, for people and for programs.

use super::{
    output::Output,
    seal::SealReport,
    size::{Count, Percent, Size},
    sums,
};
use rollsync::{CommandStats, SignatureParams, Stats, seal::Seal};
use serde::Serialize;

/// The version of every JSON object: what a reader of it knows stays true as long as this does.
pub(crate) const SCHEMA: &str = "rollsync/1";

/// A signature was made.
#[derive(Serialize)]
pub(crate) struct SignatureMade {
    /// Where it is; none: standard output.
    output: Option<String>,
    basis_len: u64,
    signature: SignatureReport,
    sealed: bool,
}

/// A delta was made.
#[derive(Serialize)]
pub(crate) struct DeltaMade {
    output: Option<String>,
    profile: String,
    signature: SignatureReport,
    delta: DeltaReport,
    /// Positions of the new file at which a match was given up.
    skipped: u64,
    sealed: bool,
}

/// A new file was made.
#[derive(Serialize)]
pub(crate) struct NewMade {
    output: Option<String>,
    delta: DeltaReport,
    /// What the new file was verified with.
    seal: Option<SealReport>,
}

/// A signature in a report.
#[derive(Serialize)]
pub(crate) struct SignatureReport {
    pub(crate) format: &'static str,
    pub(crate) block_len: u32,
    pub(crate) strong_len: u8,
    pub(crate) blocks: u64,
    /// Its bytes; none: it was never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) len: Option<u64>,
}

impl SignatureReport {
    pub(crate) fn new(params: &SignatureParams, blocks: u64, len: Option<u64>) -> Self {
        Self {
            format: sums::format_name(params.format()),
            block_len: params.block_len().get(),
            strong_len: params.strong_len().get(),
            blocks,
            len,
        }
    }
}

/// A delta in a report.
#[derive(Serialize)]
pub(crate) struct DeltaReport {
    new_len: u64,
    copies: CommandReport,
    literals: CommandReport,
    /// Its bytes, magic and END included.
    len: u64,
}

/// The commands of one kind in a report.
#[derive(Serialize)]
pub(crate) struct CommandReport {
    count: u64,
    /// Bytes of the new file.
    bytes: u64,
}

impl DeltaReport {
    pub(crate) const fn new(copy: &CommandStats, literal: &CommandStats) -> Self {
        // Between magic and END: commands, and the payload of literals.
        let len = 5 + copy.command_bytes + literal.command_bytes + literal.bytes;
        Self {
            new_len: copy.bytes + literal.bytes,
            copies: CommandReport { count: copy.commands, bytes: copy.bytes },
            literals: CommandReport { count: literal.commands, bytes: literal.bytes },
            len,
        }
    }
}

impl SignatureMade {
    pub(crate) fn new(
        output: &Output,
        params: &SignatureParams,
        stats: &Stats,
        sealed: bool,
    ) -> (String, Self) {
        let line = format!(
            "{} basis, {} of {}, strong sums of {}; {}{}",
            Size(stats.bytes_in),
            Count(stats.blocks, "block", "blocks"),
            Count(params.block_len().get().into(), "byte", "bytes"),
            Count(params.strong_len().get().into(), "byte", "bytes"),
            output.wrote(stats.bytes_out),
            if sealed { ", sealed" } else { "" },
        );
        let signature = SignatureReport::new(params, stats.blocks, Some(stats.bytes_out));
        (line, Self { output: named(output), basis_len: stats.bytes_in, signature, sealed })
    }
}

impl DeltaMade {
    pub(crate) fn new(
        output: &Output,
        profile: String,
        signature: SignatureReport,
        stats: &Stats,
        sealed: bool,
    ) -> (String, Self) {
        let line = format!(
            "{}; {}{}",
            reuse(&stats.copy, &stats.literal),
            output.wrote(stats.bytes_out),
            if sealed { ", sealed" } else { "" },
        );
        let delta = DeltaReport::new(&stats.copy, &stats.literal);
        (
            line,
            Self { output: named(output), profile, signature, delta, skipped: stats.search.skipped, sealed },
        )
    }
}

impl NewMade {
    pub(crate) fn new(output: &Output, stats: &Stats, seal: Option<&Seal>) -> (String, Self) {
        let line = format!(
            "{}; {}{}",
            reuse(&stats.copy, &stats.literal),
            output.wrote(stats.bytes_out),
            if seal.is_some() { ", verified" } else { "" },
        );
        let delta = DeltaReport::new(&stats.copy, &stats.literal);
        (line, Self { output: named(output), delta, seal: seal.map(SealReport::new) })
    }
}

/// `20.0 MB new, 19.7 MB (98.5 %) reused in 45 copies, 301 kB literal`.
fn reuse(copy: &CommandStats, literal: &CommandStats) -> String {
    let whole = copy.bytes + literal.bytes;
    if whole == 0 {
        return "the new file is empty".to_owned();
    }
    format!(
        "{} new, {} ({}) reused in {}, {} literal",
        Size(whole),
        Size(copy.bytes),
        Percent { part: copy.bytes, whole },
        Count(copy.commands, "copy", "copies"),
        Size(literal.bytes),
    )
}

fn named(output: &Output) -> Option<String> {
    (!output.is_standard()).then(|| output.place.plain().into_owned())
}
