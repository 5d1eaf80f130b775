use crate::Header;

/// The counters of one job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// "signature", "loadsig", "delta" or "patch"; empty counts as none.
    pub op: &'static str,
    /// Literal commands.
    pub lit_cmds: u64,
    /// Bytes in literals.
    pub lit_bytes: u64,
    /// Bytes of the literals' opcodes and parameters.
    pub lit_cmdbytes: u64,
    /// Copy commands.
    pub copy_cmds: u64,
    /// Bytes in copies.
    pub copy_bytes: u64,
    /// Bytes of the copies' opcodes and parameters.
    pub copy_cmdbytes: u64,
    /// Records written or read.
    pub sig_blocks: u64,
    /// Block length in bytes; 0 for delta and patch.
    pub block_len: u64,
    /// Bytes read by a whole-file driver: left 0 here, set by who compares with one.
    pub in_bytes: u64,
    /// Bytes written by a whole-file driver: left 0 here, set by who compares with one.
    pub out_bytes: u64,
}

impl Stats {
    /// Counts one command whose opcode and parameters take `header_len` bytes. END is not counted.
    pub fn count(&mut self, header: Header, header_len: usize) {
        match header {
            Header::Literal { len } => {
                self.lit_cmds += 1;
                self.lit_bytes += len;
                self.lit_cmdbytes += header_len as u64;
            }
            Header::Copy { len, .. } => {
                self.copy_cmds += 1;
                self.copy_bytes += len;
                self.copy_cmdbytes += header_len as u64;
            }
            Header::End => {}
        }
    }

    /// The text of `rs_format_stats` for a job that took `seconds`, irregular spaces included.
    pub fn text(&self, seconds: i32) -> String {
        let op = if self.op.is_empty() { "noop" } else { self.op };
        let mut text = format!("{op} statistics: ");
        if self.lit_cmds != 0 {
            let (cmds, bytes, cmdbytes) = (self.lit_cmds, self.lit_bytes, self.lit_cmdbytes);
            text += &format!("literal[{cmds} cmds, {bytes} bytes, {cmdbytes} cmdbytes] ");
        }
        // librsync's sig_cmds, sig_bytes and false_matches are never counted.
        if self.copy_cmds != 0 {
            let (cmds, bytes, cmdbytes) = (self.copy_cmds, self.copy_bytes, self.copy_cmdbytes);
            text += &format!("copy[{cmds} cmds, {bytes} bytes, {cmdbytes} cmdbytes, 0 false]");
        }
        if self.sig_blocks != 0 {
            text += &format!("signature[{} blocks, {} bytes per block]", self.sig_blocks, self.block_len);
        }
        let seconds = if seconds == 0 { 1 } else { seconds };
        let (mb_in, mb_out) = (self.in_bytes as f64 / 1e6, self.out_bytes as f64 / 1e6);
        let (rate_in, rate_out) = (mb_in / f64::from(seconds), mb_out / f64::from(seconds));
        text += &format!(
            " speed[{mb_in:.1} MB ({rate_in:.1} MB/s) in, {mb_out:.1} MB ({rate_out:.1} MB/s) out, {seconds} sec]"
        );
        text
    }
}

/// The counters of the search in a signature's index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchStats {
    /// Positions of the new file that were looked up.
    pub searches: u64,
    /// Positions where a block was found.
    pub matches: u64,
    /// Slots of librsync's own index that were looked at.
    pub weak_compares: u64,
    /// Blocks whose strong sum was compared.
    pub strong_compares: u64,
    /// Windows whose strong sum was computed.
    pub strong_calcs: u64,
    /// Weak hits that were not hashed because the work budget was spent. They count as a search and nothing else.
    pub work_skips: u64,
}

impl MatchStats {
    /// The line of `rs_signature_log_stats`.
    pub fn text(&self) -> String {
        let Self { searches, matches, weak_compares, strong_compares, strong_calcs, .. } = *self;
        let ratio = |count: u64, scale: f64, decimals_of: &str| {
            if searches == 0 {
                // 0/0 as C prints it on x86-64.
                format!("-nan{decimals_of}")
            } else {
                format!("{:.3}{decimals_of}", scale * count as f64 / searches as f64)
            }
        };
        format!(
            "match statistics: signature[{searches} searches, {matches} ({}) matches, \
             {weak_compares} ({}) weak sum compares, {strong_compares} ({}) strong sum compares, \
             {strong_calcs} ({}) strong sum calcs]",
            ratio(matches, 100.0, "%"),
            ratio(weak_compares, 1.0, "x"),
            ratio(strong_compares, 100.0, "%"),
            ratio(strong_calcs, 100.0, "%"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_spaces_of_the_original() {
        assert_eq!(
            Stats::default().text(0),
            "noop statistics:  speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let delta = Stats {
            op: "delta",
            lit_cmds: 1,
            lit_bytes: 516,
            lit_cmdbytes: 3,
            copy_cmds: 2,
            copy_bytes: 299_488,
            copy_cmdbytes: 15,
            in_bytes: 300_000,
            out_bytes: 538,
            ..Stats::default()
        };
        assert_eq!(
            delta.text(1),
            "delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, 15 cmdbytes, 0 false] \
             speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let signature =
            Stats { op: "signature", sig_blocks: 586, block_len: 512, in_bytes: 300_004, ..Stats::default() };
        assert_eq!(
            signature.text(0),
            "signature statistics: signature[586 blocks, 512 bytes per block] \
             speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]"
        );
        let failed =
            Stats { op: "patch", lit_cmds: 1172, lit_bytes: 300_004, lit_cmdbytes: 3515, ..Stats::default() };
        assert_eq!(
            failed.text(-1_795_295_022),
            "patch statistics: literal[1172 cmds, 300004 bytes, 3515 cmdbytes]  \
             speed[0.0 MB (-0.0 MB/s) in, 0.0 MB (-0.0 MB/s) out, -1795295022 sec]"
        );
    }

    #[test]
    fn rates_divide_by_the_seconds() {
        let stats = Stats { in_bytes: 12_300_000, out_bytes: 1_000_000, ..Stats::default() };
        assert_eq!(
            stats.text(3),
            "noop statistics:  speed[12.3 MB (4.1 MB/s) in, 1.0 MB (0.3 MB/s) out, 3 sec]"
        );
    }

    #[test]
    fn match_line() {
        let stats = MatchStats {
            searches: 1101,
            matches: 585,
            weak_compares: 1442,
            strong_compares: 585,
            strong_calcs: 585,
            work_skips: 0,
        };
        assert_eq!(
            stats.text(),
            "match statistics: signature[1101 searches, 585 (53.134%) matches, 1442 (1.310x) weak sum compares, \
             585 (53.134%) strong sum compares, 585 (53.134%) strong sum calcs]"
        );
        assert_eq!(
            MatchStats::default().text(),
            "match statistics: signature[0 searches, 0 (-nan%) matches, 0 (-nanx) weak sum compares, \
             0 (-nan%) strong sum compares, 0 (-nan%) strong sum calcs]"
        );
    }
}
