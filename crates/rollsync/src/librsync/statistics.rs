//! Statistics, with librsync's irregular spaces, which scripts have learnt to parse.

use rollsync_core::{SearchStats, Stats};
use std::fmt;

/// What a job has counted, as `rs_format_stats` shows it behind the job's name.
///
/// ```
/// use rollsync::{Stats, librsync::JobStatistics};
/// let line = format!("patch{}", JobStatistics::of(&Stats::default(), 0));
/// assert_eq!(line, "patch statistics:  speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobStatistics {
    /// Literals: commands, bytes, bytes of the commands without them.
    pub literal: [i64; 3],
    /// Commands and bytes of a kind that no librsync writes any more.
    pub in_place_signature: [i64; 2],
    /// Copies: commands, bytes, bytes of the commands.
    pub copy: [i64; 3],
    /// Likewise never counted any more.
    pub false_matches: i64,
    /// Blocks of a signature.
    pub blocks: i64,
    /// Bytes a block.
    pub block_len: u64,
    /// Bytes read.
    pub bytes_in: i64,
    /// Bytes written.
    pub bytes_out: i64,
    /// Whole seconds from its beginning to its end; 0 counts as 1.
    pub seconds: i64,
}

impl JobStatistics {
    /// Those of a job that has taken so many seconds.
    #[must_use]
    pub fn of(stats: &Stats, seconds: i64) -> Self {
        let long = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let Stats { literal, copy, .. } = stats;
        Self {
            literal: [literal.commands, literal.bytes, literal.command_bytes].map(long),
            copy: [copy.commands, copy.bytes, copy.command_bytes].map(long),
            blocks: long(stats.blocks),
            block_len: stats.block_len.into(),
            bytes_in: long(stats.bytes_in),
            bytes_out: long(stats.bytes_out),
            seconds,
            ..Self::default()
        }
    }
}

impl fmt::Display for JobStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { literal, in_place_signature, copy, false_matches, blocks, block_len, .. } = self;
        f.write_str(" statistics: ")?;
        if literal[0] != 0 {
            write!(f, "literal[{} cmds, {} bytes, {} cmdbytes] ", literal[0], literal[1], literal[2])?;
        }
        if in_place_signature[0] != 0 {
            let [commands, bytes] = in_place_signature;
            write!(f, "in-place-signature[{commands} cmds, {bytes} bytes] ")?;
        }
        if copy[0] != 0 || *false_matches != 0 {
            let [commands, bytes, command_bytes] = copy;
            write!(
                f,
                "copy[{commands} cmds, {bytes} bytes, {command_bytes} cmdbytes, {false_matches} false]"
            )?;
        }
        if *blocks != 0 {
            write!(f, "signature[{blocks} blocks, {block_len} bytes per block]")?;
        }
        let seconds = if self.seconds == 0 { 1 } else { self.seconds };
        let (mb_in, mb_out) = (real(self.bytes_in) / 1e6, real(self.bytes_out) / 1e6);
        let (rate_in, rate_out) = (mb_in / real(seconds), mb_out / real(seconds));
        write!(
            f,
            " speed[{mb_in:.1} MB ({rate_in:.1} MB/s) in, {mb_out:.1} MB ({rate_out:.1} MB/s) out, {seconds} sec]"
        )
    }
}

/// What searches have cost, as `rs_signature_log_stats` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchStatistics(pub SearchStats);

impl fmt::Display for MatchStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SearchStats { searches, matches, weak_compares, strong_compares, strong_sums, .. } = self.0;
        let percent = |count| Quotient(100.0 * count_of(count), count_of(searches));
        write!(
            f,
            "match statistics: signature[{searches} searches, {matches} ({:.3}%) matches, \
             {weak_compares} ({:.3}x) weak sum compares, {strong_compares} ({:.3}%) strong sum compares, \
             {strong_sums} ({:.3}%) strong sum calcs]",
            percent(matches),
            Quotient(count_of(weak_compares), count_of(searches)),
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
const fn count_of(count: u64) -> f64 {
    count as f64
}

const fn real(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollsync_core::CommandStats;

    fn text(op: &str, fill: impl FnOnce(&mut Stats), seconds: i64) -> String {
        let mut stats = Stats::default();
        fill(&mut stats);
        format!("{op}{}", JobStatistics::of(&stats, seconds))
    }

    #[test]
    fn each_job_prints_as_librsync_printed_it() {
        assert_eq!(
            text("loadsig", |_| (), 0),
            "loadsig statistics:  speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let delta = |stats: &mut Stats| {
            stats.literal = CommandStats { commands: 1, bytes: 516, command_bytes: 3 };
            stats.copy = CommandStats { commands: 2, bytes: 299_488, command_bytes: 15 };
            (stats.bytes_in, stats.bytes_out) = (300_004, 539);
        };
        assert_eq!(
            text("delta", delta, 0),
            "delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, 15 cmdbytes, \
             0 false] speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let patch = |stats: &mut Stats| {
            stats.literal = CommandStats { commands: 1172, bytes: 300_004, command_bytes: 3515 };
            (stats.bytes_in, stats.bytes_out) = (303_524, 300_004);
        };
        assert_eq!(
            text("patch", patch, 1),
            "patch statistics: literal[1172 cmds, 300004 bytes, 3515 cmdbytes]  \
             speed[0.3 MB (0.3 MB/s) in, 0.3 MB (0.3 MB/s) out, 1 sec]"
        );
        let signature = |stats: &mut Stats| {
            (stats.blocks, stats.block_len) = (10, 2048);
            (stats.bytes_in, stats.bytes_out) = (12_300_000, 1_000_000);
        };
        assert_eq!(
            text("signature", signature, 3),
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
            let text = text("patch", |stats| stats.bytes_in = bytes, 0);
            assert!(text.contains(&format!("speed[{expected} MB ({expected} MB/s) in")), "{bytes}: {text}");
        }
        // 0.0625 %: 100 * 1 / 1600.
        let sixteenth = SearchStats { searches: 1600, matches: 1, ..SearchStats::default() };
        assert!(MatchStatistics(sixteenth).to_string().contains("1 (0.062%) matches"));
    }
}
