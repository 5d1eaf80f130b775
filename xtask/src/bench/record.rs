//! All figures of a run, as Markdown that also reads well on a terminal.

use std::fmt::Write as _;

use super::c_library;
use super::chart::{Bar, Chart, Group};
use super::floor;
use super::growth::{self, Growth};
use super::machine::Kernel;
use super::measure::{Lane, Rounds, Sample};
use super::pair::{Operation, Outcome, described};
use super::row::{Peer, Row, rows};
use super::runner::{Block, Strong, Who};
use super::small_work::SmallWork;
use super::streaming;
use super::table::{Table, verdict};
use super::threads;
use crate::corpus::Size;

const MIB: f64 = 1024.0 * 1024.0;

pub(super) struct Record {
    size: Size,
    rounds: Rounds,
    machine: Vec<String>,
    pub(super) kernels: Vec<Kernel>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) small_work: Vec<SmallWork>,
    pub(super) growth: Option<Growth>,
}

const HOW: &str = "\
Whole processes, files in the page cache, outputs new files that nobody waits to reach the disk (no `rdiff` does, ours is
no other; `rollsync` is told `--no-sync`). Ours is its `rdiff` with `ROLLSYNC_PROFILE=librsync-2.3.4` and
`ROLLSYNC_THREADS=1` unless said otherwise; `rdiff` is the one that is installed. Speeds are MB per CPU-second
(user and system; bytes of the basis for a signature, of the new file otherwise), medians. A ratio is the peer's CPU time
by ours, taken round by round in turns, A B, B A: median, and the middle half of the rounds. Speeds move from machine to
machine and with what else runs there; ratios move little. Every delta was applied, ours by `rdiff` as well, and the
result compared.

What must be reached was set for the full corpus: on the small one a process' start, near 2 ms, is a good part of it.
`rsync` makes a local sync without its short cut for local files, and beside it stand our signature, delta and patch
together; by wall time it also sleeps at its end. hsynz did not run: it has no package. Its ratio is ours to rdiff,
divided by the one of hsynz to rdiff that was once measured on the full corpus.";

impl Record {
    pub(super) fn new(size: Size, rounds: Rounds, machine: Vec<String>) -> Self {
        let (kernels, outcomes, small_work) = (Vec::new(), Vec::new(), Vec::new());
        Self { size, rounds, machine, kernels, outcomes, small_work, growth: None }
    }

    pub(super) fn markdown(&self, date: &str) -> String {
        format!("# Speed, {date}\n\n`{}` printed this.\n\n{}", self.command(), self.body())
    }

    pub(super) fn body(&self) -> String {
        let mut text = String::new();
        self.machine.iter().for_each(|line| writeln!(text, "- {line}").expect("a string takes all"));
        let Rounds { least, most, .. } = self.rounds;
        let rounds = if least == most { least.to_string() } else { format!("{least} to {most}") };
        write!(
            text,
            "- {rounds} rounds\n\n{HOW}\n\n{}\n\n{}\n\n{}\n\n",
            threads::HOW,
            streaming::HOW,
            c_library::HOW
        )
        .expect("a string takes all");
        if self.growth.is_some() {
            write!(text, "{}\n\n", growth::HOW).expect("a string takes all");
        }
        let (tables, (reached, short)) = (self.tables(), self.verdicts());
        write!(text, "{reached} figures reach what they must, {short} fall short.\n\n")
            .expect("a string takes all");
        let tables: Vec<String> = tables.iter().map(Table::markdown).collect();
        text + &tables.join("\n")
    }

    /// What the README says: chart, summary, and where to read on.
    pub(super) fn readme(&self, date: &str, record: &str) -> String {
        let rows: Vec<Row> = self.outcomes.iter().flat_map(rows).collect();
        let (reached, short) = self.verdicts();
        format!(
            "![How many times faster than its peers, for each pair of files](bench/record/latest.svg)\n\n\
             How many times faster than each peer, by CPU time on one thread (`{}`, {date}). Of {} figures that have\n\
             a floor to reach, {short} fall short of it: [the record](bench/record/{record}) shows each, with \
             the machine, the\nmemory, two threads, and [how the cost grows](bench/record/growth.svg) with the \
             basis.\n\n{}",
            self.command(),
            reached + short,
            self.summary(&rows).rows()
        )
    }

    fn verdicts(&self) -> (usize, usize) {
        let verdicts = self.tables().into_iter().map(|table| table.verdicts());
        verdicts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    fn tables(&self) -> Vec<Table> {
        let rows: Vec<Row> = self.outcomes.iter().flat_map(rows).collect();
        let mut tables = vec![
            self.summary(&rows),
            detail(
                "Signature: the lowest ratio of the pairs above 12 MB",
                &lowest(&rows, Operation::Signature),
            ),
            detail("Delta", &only(&rows, Operation::Delta)),
            detail("Patch", &only(&rows, Operation::Patch)),
            detail(
                "Signature, delta and patch together, beside a whole sync",
                &only(&rows, Operation::Whole),
            ),
            threads::table(&self.outcomes),
            self.memory(),
            self.small_work(),
            streaming::table(
                self.outcomes.iter().flat_map(|it| it.streaming.iter().map(|row| (it.pair.as_str(), row))),
            ),
            c_library::table(
                self.outcomes.iter().flat_map(|it| it.c_library.iter().map(|race| (it.pair.as_str(), race))),
            ),
        ];
        tables.extend(self.growth.as_ref().map(Growth::table));
        tables.push(self.kernels());
        tables
    }

    pub(super) fn chart(&self, date: &str) -> String {
        let rows: Vec<Row> = self.outcomes.iter().flat_map(rows).collect();
        let mut groups =
            vec![Group { name: "signature".into(), bars: bars(&lowest(&rows, Operation::Signature)) }];
        for Outcome { pair, .. } in &self.outcomes {
            let of_pair = |row: &&Row| row.pair == *pair;
            let mut bars =
                bars(&only(&rows, Operation::Delta).into_iter().filter(of_pair).collect::<Vec<_>>());
            bars.extend(whole_bar(
                &only(&rows, Operation::Whole).into_iter().filter(of_pair).collect::<Vec<_>>(),
            ));
            groups.push(Group { name: format!("delta {pair}"), bars });
        }
        groups.push(Group { name: "patch".into(), bars: patch_bars(&lowest(&rows, Operation::Patch)) });
        let caption = format!("`{}`, {date}; CPU time, one thread", self.command());
        Chart {
            title: "How many times faster than its peers".into(),
            caption: caption.replace('`', ""),
            groups,
        }
        .svg()
    }

    pub(super) fn command(&self) -> &'static str {
        match self.size {
            Size::Small => "cargo xtask bench",
            Size::Full => "cargo xtask bench --full",
        }
    }

    /// What the chart shows, and a README.
    fn summary(&self, rows: &[Row]) -> Table {
        let header = [
            "",
            "rdiff, 2 KiB blocks",
            "rdiff, default blocks",
            "rdiff MD4",
            "fast_rsync MD4",
            "rsync",
            "cp",
        ];
        let mut table = Table::new("Summary: how many times faster, by CPU time", &header);
        let mut line = |name: String, rows: &[&Row], whole: &[&Row]| {
            let cell = |rows: &[&Row], who: Who, strong: Strong, block: Block| {
                let same = |row: &&&Row| row.ours == Who::Ours && row.peer == Peer::Ran(who);
                let mut rows = rows.iter().filter(same);
                let row = rows.find(|row| row.strong == strong && row.block == block);
                row.map_or(String::new(), |row| times(row.ratio.median))
            };
            // A patch has one row a peer: its delta's strong sum is all the same to it.
            let fast_rsync = cell(rows, Who::FastRsync, Strong::Md4, Block::TwoKib)
                + &cell(rows, Who::FastRsync, Strong::Blake2, Block::TwoKib);
            table.row(vec![
                name,
                cell(rows, Who::Rdiff, Strong::Blake2, Block::TwoKib),
                cell(rows, Who::Rdiff, Strong::Blake2, Block::Default),
                cell(rows, Who::Rdiff, Strong::Md4, Block::TwoKib),
                fast_rsync,
                cell(whole, Who::Rsync, Strong::Blake2, Block::TwoKib),
                cell(rows, Who::Cp, Strong::Blake2, Block::TwoKib),
            ]);
        };
        line("signature, lowest".into(), &lowest(rows, Operation::Signature), &[]);
        for Outcome { pair, .. } in &self.outcomes {
            let of = |operation| -> Vec<&Row> {
                only(rows, operation).into_iter().filter(|row| row.pair == *pair).collect()
            };
            line(format!("delta, {pair}: {}", described(pair)), &of(Operation::Delta), &of(Operation::Whole));
        }
        line("patch, lowest".into(), &lowest(rows, Operation::Patch), &[]);
        table
    }

    fn memory(&self) -> Table {
        let mut table = Table::new(
            "Peak memory, MiB (BLAKE2, 2 KiB blocks)",
            &[
                "pair",
                "operation",
                "rdiff",
                "ours",
                "two threads",
                "our index",
                "must stay under",
                "with two",
                "",
            ],
        );
        for (outcome, race) in self.outcomes.iter().flat_map(|it| it.races.iter().map(move |race| (it, race)))
        {
            if (race.strong, race.block) != (Strong::Blake2, Block::TwoKib)
                || race.operation == Operation::Whole
            {
                continue;
            }
            let index = if race.operation == Operation::Delta { outcome.index_memory } else { 0.0 };
            let threads = outcome.threads.iter().filter(|it| it.operation == race.operation);
            let races = || std::iter::once(race).chain(threads.clone());
            let peak = |who| races().filter_map(|race| race.lane(who)).map(peak).reduce(f64::max);
            let (under, under_two) = (floor::memory(2048) + index, floor::MEMORY_TWO_THREADS + index);
            let short = peak(Who::Ours).is_some_and(|it| it > under)
                || peak(Who::OursTwoThreads).is_some_and(|it| it > under_two);
            table.row(vec![
                outcome.pair.clone(),
                race.operation.name().into(),
                peak(Who::Rdiff).map_or(String::new(), mib),
                peak(Who::Ours).map_or(String::new(), mib),
                peak(Who::OursTwoThreads).map_or(String::new(), mib),
                if index > 0.0 { mib(index) } else { String::new() },
                mib(under),
                peak(Who::OursTwoThreads).map_or(String::new(), |_| mib(under_two)),
                verdict(true, short),
            ]);
        }
        table
    }

    fn small_work(&self) -> Table {
        let mut table = Table::new(
            "Small work: a whole process on a file of 1 KiB, ms of wall time",
            &["operation", "ours", "rdiff", "longer by", "at most", "CPU, ours", "CPU, rdiff", ""],
        );
        for work in &self.small_work {
            let Some(rdiff) = work.lanes.iter().find(|lane| lane.who == Who::Rdiff) else { continue };
            for ours in work.lanes.iter().filter(|lane| lane.who != Who::Rdiff) {
                let ms = |lane: &Lane, figure: fn(&Sample) -> f64| 1e3 * lane.median(figure);
                let (wall, real) = (ms(ours, |sample| sample.wall), ms(rdiff, |sample| sample.wall));
                table.row(vec![
                    format!("{}, {}", work.operation.name(), ours.who.name()),
                    format!("{wall:.2}"),
                    format!("{real:.2}"),
                    format!("{:.2}", wall - real),
                    format!("{:.2}", 1e3 * floor::SMALL_WORK),
                    format!("{:.2}", ms(ours, |sample| sample.cpu)),
                    format!("{:.2}", ms(rdiff, |sample| sample.cpu)),
                    verdict(true, wall - real > 1e3 * floor::SMALL_WORK),
                ]);
            }
        }
        table
    }

    fn kernels(&self) -> Table {
        let mut isas: Vec<&str> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for kernel in &self.kernels {
            if !isas.contains(&kernel.isa.as_str()) {
                isas.push(&kernel.isa);
            }
            if !names.contains(&kernel.name.as_str()) {
                names.push(&kernel.name);
            }
        }
        let header: Vec<&str> = std::iter::once("kernel").chain(isas.iter().copied()).collect();
        let mut table = Table::new("Kernels in memory, MB/s of wall time: median (best)", &header);
        for name in names {
            let mut row = vec![name.to_owned()];
            for isa in &isas {
                let kernel = self.kernels.iter().find(|kernel| kernel.name == name && kernel.isa == *isa);
                row.push(kernel.map_or(String::new(), |it| format!("{} ({})", it.median, it.best)));
            }
            table.row(row);
        }
        table
    }
}

fn detail(title: &str, rows: &[&Row]) -> Table {
    let header = [
        "pair",
        "strong sum",
        "blocks",
        "peer",
        "its MB/s",
        "ours",
        "times faster",
        "must reach",
        "",
        "by wall time",
    ];
    let mut table = Table::new(title, &header);
    for row in rows {
        let ours = if row.ours == Who::OursCompact { " (compact)" } else { "" };
        let short = row.must_reach.is_some_and(|least| row.ratio.median < least);
        table.row(vec![
            row.pair.clone(),
            row.strong.name().into(),
            row.block.name().into(),
            row.peer.name().into(),
            row.peer_speed.map_or(String::new(), |speed| format!("{speed:.0}")),
            format!("{:.0}{ours}", row.our_speed),
            format!("{} ({}-{})", times(row.ratio.median), times(row.ratio.low), times(row.ratio.high)),
            row.must_reach.map_or(String::new(), |least| format!("{least:.2}")),
            verdict(row.must_reach.is_some(), short),
            row.wall.map_or(String::new(), times),
        ]);
    }
    table
}

fn only(rows: &[Row], operation: Operation) -> Vec<&Row> {
    rows.iter().filter(|row| row.operation == operation).collect()
}

/// A process on a smaller file is for a good part its start.
const LARGE: u64 = 12_000_000;

/// Of all pairs with large files, the one with the lowest ratio for each peer, sum and block length: these operations
/// hang little on what is in the file.
fn lowest(rows: &[Row], operation: Operation) -> Vec<&Row> {
    let mut lowest: Vec<&Row> = Vec::new();
    for row in only(rows, operation).into_iter().filter(|row| row.bytes > LARGE) {
        let same = |it: &&mut &Row| (it.peer, it.strong, it.block) == (row.peer, row.strong, row.block);
        match lowest.iter_mut().find(same) {
            Some(it) if it.ratio.median <= row.ratio.median => {}
            Some(it) => *it = row,
            None => lowest.push(row),
        }
    }
    lowest
}

fn bars(rows: &[&Row]) -> Vec<Bar> {
    let wanted = [
        (Who::Rdiff, Strong::Blake2, Block::TwoKib, "rdiff, 2 KiB blocks"),
        (Who::Rdiff, Strong::Blake2, Block::Default, "rdiff, default blocks"),
        (Who::FastRsync, Strong::Md4, Block::TwoKib, "fast_rsync (MD4)"),
    ];
    wanted
        .iter()
        .filter_map(|(who, strong, block, peer)| {
            let same = |row: &&&Row| row.ours == Who::Ours && row.peer == Peer::Ran(*who);
            let row = rows.iter().filter(same).find(|row| row.strong == *strong && row.block == *block)?;
            Some(Bar { peer, ratio: row.ratio.median, must_reach: row.must_reach })
        })
        .collect()
}

fn whole_bar(rows: &[&Row]) -> Option<Bar> {
    let row = rows.iter().find(|row| row.peer == Peer::Ran(Who::Rsync))?;
    Some(Bar { peer: "rsync (whole sync)", ratio: row.ratio.median, must_reach: None })
}

fn patch_bars(rows: &[&Row]) -> Vec<Bar> {
    [(Who::Rdiff, "rdiff, 2 KiB blocks"), (Who::FastRsync, "fast_rsync (MD4)"), (Who::Cp, "cp")]
        .iter()
        .filter_map(|(who, peer)| {
            let row = rows.iter().find(|row| row.peer == Peer::Ran(*who))?;
            Some(Bar { peer, ratio: row.ratio.median, must_reach: row.must_reach })
        })
        .collect()
}

fn peak(lane: &Lane) -> f64 {
    lane.samples.iter().map(|sample| sample.rss).fold(0.0, f64::max)
}

fn mib(bytes: f64) -> String {
    format!("{:.1}", bytes / MIB)
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.1}") }
}
