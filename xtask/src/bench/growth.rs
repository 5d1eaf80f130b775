//! How the cost of a delta grows with the basis.

use super::floor;
use super::measure::Spread;
use super::plot::{Line, Plot, length};
use super::table::{Table, verdict};
use super::tools::Tools;
use crate::process::{capture, command};

/// One line for each length of the basis, shortest first.
pub(super) struct Growth {
    rounds: usize,
    rows: Vec<Row>,
}

struct Row {
    basis_len: u64,
    block_len: u64,
    /// Bytes hashed for false matches, a byte of the new file.
    hashed: f64,
    /// Nanoseconds a byte of the new file.
    whole: Vec<f64>,
    /// The same without the hashing.
    scan: Vec<f64>,
}

pub(super) const HOW: &str = "\
Random bytes against a basis of other random bytes, default block lengths, BLAKE2, profile `librsync-2.3.4`, one thread,
256 MiB of new file in memory, nothing written; CPU time. A longer basis has longer blocks, so that every false match (a
position with a block's weak sum by accident, which the formats' 32 bits make inevitable) hashes more: that grows with the
basis in every implementation of the formats. The scan alone is the same delta with a work budget of 0: each position is
looked up as before, and each false match passed over unhashed. How much was hashed is counted by the engine itself; the
cost of a hashed byte is the difference of the two times divided by that count. The ratios are to the shortest basis, round
by round.";

pub(super) fn measure(tools: &Tools, rounds: Option<usize>) -> Result<Growth, String> {
    let rounds = rounds.unwrap_or(7);
    let printed = capture(command(&tools.growth).arg(rounds.to_string()))?;
    let rows = parse(&printed).ok_or_else(|| format!("bench-growth printed: {printed}"))?;
    Ok(Growth { rounds, rows })
}

fn parse(printed: &str) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for line in printed.lines() {
        let words: Vec<u64> = line.split('\t').map(|word| word.parse().ok()).collect::<Option<_>>()?;
        let [basis_len, block_len, new_len, hashed, whole, scan] = words[..] else { return None };
        let new_len = new_len as f64;
        let nanos = |micros: u64| micros as f64 * 1e3 / new_len;
        let hashed = hashed as f64 / new_len;
        let row = match rows.iter_mut().position(|row| row.basis_len == basis_len) {
            Some(row) => &mut rows[row],
            None => {
                rows.push(Row { basis_len, block_len, hashed, whole: Vec::new(), scan: Vec::new() });
                rows.last_mut()?
            }
        };
        row.whole.push(nanos(whole));
        row.scan.push(nanos(scan));
    }
    (!rows.is_empty()).then_some(rows)
}

impl Growth {
    pub(super) fn table(&self) -> Table {
        let header = [
            "basis",
            "blocks of",
            "hashed a byte",
            "ns a byte",
            "ns, scan alone",
            "ns a hashed byte",
            "times the first",
            "scan alone",
            "must stay under",
            "",
        ];
        let mut table =
            Table::new("Growth: a delta of unrelated data against a longer and longer basis", &header);
        let median = |figures: &[f64]| Spread::of(figures.iter().copied()).median;
        for row in &self.rows {
            let (whole, scan) = (median(&row.whole), median(&row.scan));
            let ratio = |own: &[f64], first: &[f64]| {
                Spread::of(own.iter().zip(first).map(|(own, first)| own / first))
            };
            let first = &self.rows[0];
            let (grown, scan_grown) = (ratio(&row.whole, &first.whole), ratio(&row.scan, &first.scan));
            // Of next to nothing hashed, the difference says only how much the times differ by chance.
            let dear = row.hashed > 0.1;
            let is_first = row.basis_len == first.basis_len;
            table.row(vec![
                length(row.basis_len),
                length(row.block_len),
                format!("{:.3}", row.hashed),
                format!("{whole:.2}"),
                format!("{scan:.2}"),
                if dear { format!("{:.2}", (whole - scan) / row.hashed) } else { String::new() },
                format!("{:.2}", grown.median),
                format!("{:.2} ({:.2}-{:.2})", scan_grown.median, scan_grown.low, scan_grown.high),
                if is_first { String::new() } else { format!("{:.2}", floor::GROWTH) },
                verdict(!is_first, scan_grown.median >= floor::GROWTH),
            ]);
        }
        table
    }

    pub(super) fn plot(&self, command: &str, date: &str) -> String {
        let points = |figures: fn(&Row) -> &Vec<f64>| {
            self.rows
                .iter()
                .map(|row| (row.basis_len, Spread::of(figures(row).iter().copied()).median))
                .collect()
        };
        let scan: Vec<(u64, f64)> = points(|row| &row.scan);
        let limit = floor::GROWTH * scan.first().map_or(0.0, |point| point.1);
        Plot {
            title: "What a byte of unrelated data costs against a longer basis".into(),
            caption: format!("{command}, {date}; default block lengths, {} rounds, one thread", self.rounds),
            unit: "ns of CPU time a byte",
            lines: vec![
                Line { name: "with false matches hashed", points: points(|row| &row.whole) },
                Line { name: "scan alone", points: scan },
            ],
            limit,
        }
        .svg()
    }
}

#[cfg(test)]
mod tests {
    use super::{Growth, parse};

    #[test]
    fn rounds_are_gathered_and_compared_with_the_first_length() {
        let printed = "1024\t256\t1000\t0\t10\t8\n2048\t256\t1000\t500\t30\t10\n\
                       1024\t256\t1000\t0\t20\t10\n2048\t256\t1000\t500\t40\t16\n";
        let rows = parse(printed).expect("lines as they are printed");
        assert_eq!((rows.len(), rows[1].hashed), (2, 0.5));
        assert_eq!((&rows[0].whole, &rows[1].scan), (&vec![10.0, 20.0], &vec![10.0, 16.0]));
        let text = Growth { rounds: 2, rows }.table().markdown();
        let line = text.lines().find(|line| line.starts_with("| 2 KiB")).expect("a line for that basis");
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        // (35 - 13) / 0.5 ns a hashed byte; 30 / 10 and 40 / 20; 10 / 8 and 16 / 10.
        assert_eq!(&cells[6..9], ["44.00", "2.50", "1.43 (1.25-1.60)"]);
        assert_eq!(cells[10], "ok");
    }

    #[test]
    fn what_is_no_such_line_is_refused() {
        assert!(parse("").is_none() && parse("1\t2\t3\n").is_none() && parse("a\t2\t3\t4\t5\t6\n").is_none());
    }
}
