//! What it costs to push bytes through the jobs instead of handing over files.

use std::path::Path;

use super::floor;
use super::measure::Spread;
use super::table::{Table, verdict};
use super::tools::Tools;
use crate::process::{capture, command};

/// The pairs on which it is measured: much alike, equal, unlike.
pub(super) const PAIRS: [&str; 3] = ["a-srctar", "e-same", "f-unrelated"];

/// Rounds at least: few that last long.
pub(super) const ROUNDS: usize = 5;

pub(super) const HOW: &str = "\
The jobs of `rollsync-core` driven by `step`, 64 KiB read and pushed at a time and as much room for what comes out, beside
`signature_file`, `delta_file` and `patch_file` without sync: one process, one thread, in turns, the outputs equal. Both read
the same files and write an `OutputFile`; a delta includes loading its signature.";

/// One operation with one format.
pub(super) struct Streaming {
    operation: String,
    strong: String,
    block: String,
    bytes: f64,
    /// Seconds of CPU time, whole and pushed.
    rounds: Vec<(f64, f64)>,
}

pub(super) fn measure(
    tools: &Tools,
    [old, new, work]: [&Path; 3],
    rounds: usize,
) -> Result<Vec<Streaming>, String> {
    let printed = capture(command(&tools.streaming).arg(rounds.to_string()).args([old, new, work]))?;
    parse(&printed).ok_or_else(|| format!("bench-streaming printed: {printed}"))
}

fn parse(printed: &str) -> Option<Vec<Streaming>> {
    let mut rows: Vec<Streaming> = Vec::new();
    for line in printed.lines() {
        let words: Vec<&str> = line.split('\t').collect();
        let [operation, strong, block, bytes, whole, pushed] = words[..] else { return None };
        let seconds = |micros: &str| Some(micros.parse::<f64>().ok()? / 1e6);
        let round = (seconds(whole)?, seconds(pushed)?);
        match rows.last_mut() {
            Some(row) if (&*row.operation, &*row.strong, &*row.block) == (operation, strong, block) => {
                row.rounds.push(round);
            }
            _ => rows.push(Streaming {
                operation: operation.into(),
                strong: strong.into(),
                block: block.into(),
                bytes: bytes.parse().ok()?,
                rounds: vec![round],
            }),
        }
    }
    (!rows.is_empty()).then_some(rows)
}

impl Streaming {
    /// The speed of pushing as a part of the speed of whole files.
    fn part(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|(whole, pushed)| whole / pushed))
    }
}

/// `measured` has the name of the pair.
pub(super) fn table<'a>(measured: impl Iterator<Item = (&'a str, &'a Streaming)>) -> Table {
    let header =
        ["pair", "operation", "strong sum", "blocks", "whole, MB/s", "pushed", "part", "must reach", ""];
    let mut table = Table::new("Streaming: 64 KiB at a time beside whole files", &header);
    for (pair, row) in measured {
        let speed = |seconds: Spread| format!("{:.0}", row.bytes / 1e6 / seconds.median);
        let part = row.part();
        table.row(vec![
            pair.into(),
            row.operation.clone(),
            row.strong.clone(),
            row.block.clone(),
            speed(Spread::of(row.rounds.iter().map(|round| round.0))),
            speed(Spread::of(row.rounds.iter().map(|round| round.1))),
            format!("{:.2} ({:.2}-{:.2})", part.median, part.low, part.high),
            format!("{:.2}", floor::STREAMING),
            verdict(true, part.median < floor::STREAMING),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{parse, table};

    #[test]
    fn a_part_is_the_median_of_the_rounds() {
        let printed = "delta\tMD4\t2 KiB\t1000000\t500000\t1000000\n\
                       delta\tMD4\t2 KiB\t1000000\t900000\t1000000\n\
                       delta\tMD4\t2 KiB\t1000000\t1000000\t1000000\n\
                       delta\tMD4\tdefault\t1000000\t100000\t500000\n";
        let rows = parse(printed).expect("lines as they are printed");
        assert_eq!(rows.iter().map(|row| row.rounds.len()).collect::<Vec<_>>(), [3, 1]);
        let text = table(rows.iter().map(|row| ("p", row))).markdown();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("| p ")).collect();
        assert!(lines[0].contains("| 0.90 (0.50-1.00) |") && lines[0].contains("| ok "), "{text}");
        assert!(lines[1].contains("| 10 ") && lines[1].contains("**short**"), "{text}");
        assert!(parse("delta\tMD4\n").is_none() && parse("").is_none());
    }
}
