//! Two threads beside one.

use super::floor;
use super::pair::Outcome;
use super::runner::Who;
use super::table::{Table, verdict};

pub(super) const HOW: &str = "\
Two threads are raced beside one, nine rounds at least, and beside two processes of one thread that do the same work at once, each with
a signature and an index of its own: what those reach together shows what two processors gave at that time. They share memory and its
caches, with each other and, on a virtual machine, with strangers.";

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
