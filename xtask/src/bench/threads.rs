//! Two threads beside one.

use super::floor;
use super::pair::Outcome;
use super::runner::Who;
use super::table::{Table, verdict};

pub(super) const HOW: &str = "\
Two threads are raced beside one, nine rounds at least, and beside two processes of one thread that do the same work at once, each with
a signature and an index of its own: what those reach together shows what two processors gave at that time. They share memory and its
caches, with each other and, on a virtual machine, with strangers.";

/// So many at least, unless fewer are asked for.
pub(super) const ROUNDS: usize = 9;

/// How much faster two threads are than one.
pub(super) fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new(
        "Two threads beside one",
        &[
            "pair",
            "operation",
            "times faster by wall time",
            "must reach",
            "two processes at once",
            "times the CPU time",
            "at most",
            "two processes",
            "",
        ],
    );
    for (outcome, race) in outcomes.iter().flat_map(|it| it.threads.iter().map(move |race| (it, race))) {
        let [Some(one), Some(two), Some(twice)] =
            [Who::Ours, Who::OursTwoThreads, Who::OursTwice].map(|who| race.lane(who))
        else {
            continue;
        };
        let (wall, cpu) = (two.ratio(one, |sample| sample.wall), one.ratio(two, |sample| sample.cpu));
        let possible = 2.0 * twice.ratio(one, |sample| sample.wall).median;
        let possible_cpu = one.ratio(twice, |sample| sample.cpu).median / 2.0;
        let (least, most) = match outcome.pair.starts_with("h-") {
            true => (Some(floor::TWO_THREADS_HOSTILE), Some(floor::TWO_THREADS_HOSTILE_CPU)),
            false => ((race.bytes >= floor::THREADS_FROM).then_some(floor::TWO_THREADS), None),
        };
        let short =
            least.is_some_and(|least| wall.median < least) || most.is_some_and(|most| cpu.median > most);
        table.row(vec![
            outcome.pair.clone(),
            race.operation.name().into(),
            format!("{:.2} ({:.2}-{:.2})", wall.median, wall.low, wall.high),
            least.map_or(String::new(), |least| format!("{least:.2}")),
            format!("{possible:.2}"),
            format!("{:.2}", cpu.median),
            most.map_or(String::new(), |most| format!("{most:.2}")),
            format!("{possible_cpu:.2}"),
            verdict(least.is_some(), short),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::measure::{Lane, Sample};
    use super::super::pair::{Operation, Race};
    use super::super::runner::{Block, Strong};
    use super::{Outcome, Who, floor, table};

    /// The cells of a pair whose one thread took 2 seconds, two threads 1.25, and two processes 2.5.
    fn cells(pair: &str) -> Vec<String> {
        let lane = |who, wall, cpu| Lane { who, samples: vec![Sample { wall, cpu, rss: 0.0 }] };
        let lanes = vec![
            lane(Who::Ours, 2.0, 2.0),
            lane(Who::OursTwoThreads, 1.25, 2.4),
            lane(Who::OursTwice, 2.5, 4.4),
        ];
        let (strong, block, bytes) = (Strong::Blake2, Block::TwoKib, floor::THREADS_FROM);
        let threads = vec![Race { operation: Operation::Delta, strong, block, bytes, lanes }];
        let (races, streaming, c_library) = (Vec::new(), Vec::new(), Vec::new());
        let pair = pair.to_owned();
        let outcome = Outcome { pair, races, threads, index_memory: 0.0, streaming, c_library };
        let text = table(&[outcome]).markdown();
        text.lines()
            .last()
            .expect("a row")
            .trim_matches('|')
            .split('|')
            .map(|it| it.trim().to_owned())
            .collect()
    }

    #[test]
    fn two_threads_are_held_to_one_and_shown_with_two_processes() {
        let expected =
            ["a-pair", "delta", "1.60 (1.60-1.60)", "1.80", "1.60", "1.20", "", "1.10", "**short**"];
        assert_eq!(cells("a-pair"), expected);
        assert_eq!(cells("h-pair")[3..], ["0.91", "1.60", "1.20", "1.30", "1.10", "ok"]);
    }
}
