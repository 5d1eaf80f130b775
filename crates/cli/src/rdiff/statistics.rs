//! What `-s` prints, in librsync's words and with its irregular spaces, which scripts have learnt to parse.

use std::fmt;

/// The counters of one job, as `rs_format_stats` prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JobCounters {
    /// `signature`, `loadsig`, `delta` or `patch`.
    pub(crate) op: &'static str,
    /// LITERAL commands.
    pub(crate) lit_cmds: u64,
    /// Bytes of literal data.
    pub(crate) lit_bytes: u64,
    /// Bytes of the LITERAL commands themselves.
    pub(crate) lit_cmdbytes: u64,
    /// COPY commands.
    pub(crate) copy_cmds: u64,
    /// Bytes that COPY commands take from the basis.
    pub(crate) copy_bytes: u64,
    /// Bytes of the COPY commands themselves.
    pub(crate) copy_cmdbytes: u64,
    /// Records of a signature, written or read.
    pub(crate) sig_blocks: u64,
    /// Bytes of basis that a record stands for.
    pub(crate) block_len: u64,
    /// Bytes read from the input.
    pub(crate) in_bytes: u64,
    /// Bytes written to the output.
    pub(crate) out_bytes: u64,
    /// Whole seconds between start and end.
    pub(crate) seconds: u64,
}

impl fmt::Display for JobCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} statistics: ", self.op)?;
        if self.lit_cmds != 0 {
            write!(
                f,
                "literal[{} cmds, {} bytes, {} cmdbytes] ",
                self.lit_cmds, self.lit_bytes, self.lit_cmdbytes
            )?;
        }
        if self.copy_cmds != 0 {
            write!(
                f,
                "copy[{} cmds, {} bytes, {} cmdbytes, 0 false]",
                self.copy_cmds, self.copy_bytes, self.copy_cmdbytes
            )?;
        }
        if self.sig_blocks != 0 {
            write!(f, "signature[{} blocks, {} bytes per block]", self.sig_blocks, self.block_len)?;
        }
        // The original counts a job of less than a second as one of a second.
        let seconds = self.seconds.max(1);
        let (mb_in, mb_out) = (real(self.in_bytes) / 1e6, real(self.out_bytes) / 1e6);
        let (rate_in, rate_out) = (mb_in / real(seconds), mb_out / real(seconds));
        write!(
            f,
            " speed[{mb_in:.1} MB ({rate_in:.1} MB/s) in, {mb_out:.1} MB ({rate_out:.1} MB/s) out, {seconds} sec]"
        )
    }
}

/// What the search for blocks cost, as `rs_signature_log_stats` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MatchCounters {
    /// Positions of the new file looked up.
    pub(crate) searches: u64,
    /// Look-ups that found a block.
    pub(crate) matches: u64,
    /// Comparisons of weak sums.
    pub(crate) weak_compares: u64,
    /// Comparisons of strong sums.
    pub(crate) strong_compares: u64,
    /// Strong sums computed.
    pub(crate) strong_calcs: u64,
}

impl fmt::Display for MatchCounters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |count| Quotient(100.0 * real(count), real(self.searches));
        write!(
            f,
            "match statistics: signature[{} searches, {} ({:.3}%) matches, {} ({:.3}x) weak sum compares, \
             {} ({:.3}%) strong sum compares, {} ({:.3}%) strong sum calcs]",
            self.searches,
            self.matches,
            percent(self.matches),
            self.weak_compares,
            Quotient(real(self.weak_compares), real(self.searches)),
            self.strong_compares,
            percent(self.strong_compares),
            self.strong_calcs,
            percent(self.strong_calcs),
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

    #[test]
    fn each_job_prints_as_librsync_printed_it() {
        let noop = JobCounters { op: "noop", ..JobCounters::default() };
        let speed_zero = " speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]";
        assert_eq!(noop.to_string(), format!("noop statistics: {speed_zero}"));

        let delta = JobCounters {
            op: "delta",
            lit_cmds: 1,
            lit_bytes: 516,
            lit_cmdbytes: 3,
            copy_cmds: 2,
            copy_bytes: 299_488,
            copy_cmdbytes: 15,
            in_bytes: 300_004,
            out_bytes: 539,
            ..JobCounters::default()
        };
        assert_eq!(
            delta.to_string(),
            "delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, 15 cmdbytes, \
             0 false] speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );

        let patch = JobCounters {
            op: "patch",
            lit_cmds: 1172,
            lit_bytes: 300_004,
            lit_cmdbytes: 3515,
            in_bytes: 303_524,
            out_bytes: 300_004,
            ..JobCounters::default()
        };
        assert_eq!(
            patch.to_string(),
            "patch statistics: literal[1172 cmds, 300004 bytes, 3515 cmdbytes]  \
             speed[0.3 MB (0.3 MB/s) in, 0.3 MB (0.3 MB/s) out, 1 sec]"
        );

        let signature = JobCounters {
            op: "signature",
            sig_blocks: 10,
            block_len: 2048,
            in_bytes: 12_300_000,
            out_bytes: 1_000_000,
            seconds: 3,
            ..JobCounters::default()
        };
        assert_eq!(
            signature.to_string(),
            "signature statistics: signature[10 blocks, 2048 bytes per block] \
             speed[12.3 MB (4.1 MB/s) in, 1.0 MB (0.3 MB/s) out, 3 sec]"
        );
    }

    #[test]
    fn match_statistics_print_as_librsync_printed_them() {
        let counters = MatchCounters {
            searches: 1101,
            matches: 585,
            weak_compares: 1442,
            strong_compares: 585,
            strong_calcs: 585,
        };
        assert_eq!(
            counters.to_string(),
            "match statistics: signature[1101 searches, 585 (53.134%) matches, 1442 (1.310x) weak sum compares, \
             585 (53.134%) strong sum compares, 585 (53.134%) strong sum calcs]"
        );
        assert_eq!(
            MatchCounters::default().to_string(),
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
            let text = JobCounters { op: "x", in_bytes: bytes, ..JobCounters::default() }.to_string();
            assert!(text.contains(&format!("speed[{expected} MB ({expected} MB/s) in")), "{bytes}: {text}");
        }
        // 0.0625 %: 100 * 1 / 1600.
        let sixteenth = MatchCounters { searches: 1600, matches: 1, ..MatchCounters::default() };
        assert!(sixteenth.to_string().contains("1 (0.062%) matches"));
    }
}
