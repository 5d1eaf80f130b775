//! What `-s` prints, in librsync's words and with its irregular spaces, which scripts have learnt to parse.

use std::fmt;
use std::time::Instant;

use rollsync::{SearchStats, Stats};

use super::messages::{Severity, report_log};
use super::op::Op;

/// What a job has counted, as `rs_format_stats` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobStatistics<'a> {
    op: Op,
    stats: &'a Stats,
    /// Whole seconds from its beginning to its end.
    seconds: u64,
}

impl<'a> JobStatistics<'a> {
    /// Of a job that has just ended.
    pub(crate) fn new(op: Op, stats: &'a Stats, begun: Instant) -> Self {
        Self { op, stats, seconds: begun.elapsed().as_secs() }
    }

    /// Prints the line.
    pub(crate) fn report(&self) {
        report_log(Severity::Info, "", self.to_string().as_bytes());
    }
}

impl fmt::Display for JobStatistics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stats { literal, copy, .. } = self.stats;
        write!(f, "{} statistics: ", self.op)?;
        if literal.commands != 0 {
            write!(
                f,
                "literal[{} cmds, {} bytes, {} cmdbytes] ",
                literal.commands, literal.bytes, literal.command_bytes
            )?;
        }
        if copy.commands != 0 {
            write!(
                f,
                "copy[{} cmds, {} bytes, {} cmdbytes, 0 false]",
                copy.commands, copy.bytes, copy.command_bytes
            )?;
        }
        if self.stats.blocks != 0 {
            write!(f, "signature[{} blocks, {} bytes per block]", self.stats.blocks, self.stats.block_len)?;
        }
        // The original counts a job of less than a second as one of a second.
        let seconds = self.seconds.max(1);
        let (mb_in, mb_out) = (real(self.stats.bytes_in) / 1e6, real(self.stats.bytes_out) / 1e6);
        let (rate_in, rate_out) = (mb_in / real(seconds), mb_out / real(seconds));
        write!(
            f,
            " speed[{mb_in:.1} MB ({rate_in:.1} MB/s) in, {mb_out:.1} MB ({rate_out:.1} MB/s) out, {seconds} sec]"
        )
    }
}

/// What the search for blocks cost, as `rs_signature_log_stats` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchStatistics(pub(crate) SearchStats);

impl MatchStatistics {
    /// Prints the line.
    pub(crate) fn report(&self) {
        report_log(Severity::Info, "", self.to_string().as_bytes());
    }
}

impl fmt::Display for MatchStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SearchStats { searches, matches, weak_compares, strong_compares, strong_sums, .. } = self.0;
        let percent = |count| Quotient(100.0 * real(count), real(searches));
        write!(
            f,
            "match statistics: signature[{searches} searches, {matches} ({:.3}%) matches, \
             {weak_compares} ({:.3}x) weak sum compares, {strong_compares} ({:.3}%) strong sum compares, \
             {strong_sums} ({:.3}%) strong sum calcs]",
            percent(matches),
            Quotient(real(weak_compares), real(searches)),
            percent(strong_compares),
            percent(strong_sums),
        )
    }
}

/// A quotient that prints as C prints it, where 0/0 is `-nan` on the machines that everybody compares with.
struct Quotient(f64, f64);

impl fmt::Display for Quotient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0 / self.1;
        if value.is_nan() { f.write_str("-nan") } else { fmt::Display::fmt(&value, f) }
    }
}

/// Exact below 2^53, which no counter reaches.
#[allow(clippy::cast_precision_loss)]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollsync::CommandStats;

    fn text(op: Op, fill: impl FnOnce(&mut Stats), seconds: u64) -> String {
        let mut stats = Stats::default();
        fill(&mut stats);
        JobStatistics { op, stats: &stats, seconds }.to_string()
    }

    #[test]
    fn each_job_prints_as_librsync_printed_it() {
        assert_eq!(
            text(Op::Loadsig, |_| (), 0),
            "loadsig statistics:  speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let delta = |stats: &mut Stats| {
            stats.literal = CommandStats { commands: 1, bytes: 516, command_bytes: 3 };
            stats.copy = CommandStats { commands: 2, bytes: 299_488, command_bytes: 15 };
            (stats.bytes_in, stats.bytes_out) = (300_004, 539);
        };
        assert_eq!(
            text(Op::Delta, delta, 0),
            "delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, 15 cmdbytes, \
             0 false] speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let patch = |stats: &mut Stats| {
            stats.literal = CommandStats { commands: 1172, bytes: 300_004, command_bytes: 3515 };
            (stats.bytes_in, stats.bytes_out) = (303_524, 300_004);
        };
        assert_eq!(
            text(Op::Patch, patch, 1),
            "patch statistics: literal[1172 cmds, 300004 bytes, 3515 cmdbytes]  \
             speed[0.3 MB (0.3 MB/s) in, 0.3 MB (0.3 MB/s) out, 1 sec]"
        );
        let signature = |stats: &mut Stats| {
            (stats.blocks, stats.block_len) = (10, 2048);
            (stats.bytes_in, stats.bytes_out) = (12_300_000, 1_000_000);
        };
        assert_eq!(
            text(Op::Signature, signature, 3),
            "signature statistics: signature[10 blocks, 2048 bytes per block] \
             speed[12.3 MB (4.1 MB/s) in, 1.0 MB (0.3 MB/s) out, 3 sec]"
        );
    }

    #[test]
    fn match_statistics_print_as_librsync_printed_them() {
        let counted = SearchStats {
            searches: 1101,
            matches: 585,
            weak_compares: 1442,
            strong_compares: 585,
            strong_sums: 585,
            ..SearchStats::default()
        };
        assert_eq!(
            MatchStatistics(counted).to_string(),
            "match statistics: signature[1101 searches, 585 (53.134%) matches, 1442 (1.310x) weak sum compares, \
             585 (53.134%) strong sum compares, 585 (53.134%) strong sum calcs]"
        );
        assert_eq!(
            MatchStatistics(SearchStats::default()).to_string(),
            "match statistics: signature[0 searches, 0 (-nan%) matches, 0 (-nanx) weak sum compares, \
             0 (-nan%) strong sum compares, 0 (-nan%) strong sum calcs]"
        );
    }

    #[test]
    fn ties_round_to_even_as_printf_rounds_them() {
        // Exactly representable halves, with what glibc's printf makes of them.
        let cases = [
            (50_000, "0.1"),
            (150_000, "0.1"),
            (250_000, "0.2"),
            (350_000, "0.3"),
            (450_000, "0.5"),
            (750_000, "0.8"),
            (1_250_000, "1.2"),
            (2_750_000, "2.8"),
        ];
        for (bytes, expected) in cases {
            let text = text(Op::Patch, |stats| stats.bytes_in = bytes, 0);
            assert!(text.contains(&format!("speed[{expected} MB ({expected} MB/s) in")), "{bytes}: {text}");
        }
        // 0.0625 %: 100 * 1 / 1600.
        let sixteenth = SearchStats { searches: 1600, matches: 1, ..SearchStats::default() };
        assert!(MatchStatistics(sixteenth).to_string().contains("1 (0.062%) matches"));
    }
}
