//! Two threads beside one.

use super::floor;
use super::measure::{Lane, Rounds};
use super::pair::{Outcome, Race};
use super::runner::Who;
use super::table::{Table, verdict};

pub(super) const HOW: &str = "\
Two threads are raced beside one, nine rounds at least, and beside two processes of one thread that do the same work at once, each with
a signature and an index of its own: what those reach together shows what two processors gave at that time. They share memory and its
caches, with each other and, on a virtual machine, with strangers, who may take most of one for minutes. So beside the figure of all
rounds, which is held to what must be reached, stands that of the rounds in which two processes were at least 1.9 times as fast as one
is in the median round, where there are five of these. Rounds go on until there are nine of them, but no more than 18 at once; if there
are fewer then, the race is run again when all others are done, up to three times.";

/// So many at least, unless fewer are asked for.
const ROUNDS: usize = 9;

/// So often a race is run at most, one time after another, for the sake of rounds in which nobody else was at work.
pub(super) const RACES: usize = 2;
/// And so often again, when all others are done.
pub(super) const VISITS: usize = 3;

/// Two processes at once must be so much faster than one after the other, or a processor was missing.
const TWO_PROCESSORS: f64 = 1.9;
/// Fewer rounds than this say nothing.
const FEW: usize = 5;

/// How long a race of two threads goes on at once, where other races go on for so long.
pub(super) fn rounds(other_races: Rounds) -> Rounds {
    let Rounds { least, most, .. } = other_races;
    Rounds { least: least.max(most.min(ROUNDS)), ..other_races }
}

/// Whether two threads must reach a figure that only an idle machine allows.
fn needs_idle_machine(pair: &str, bytes: u64) -> bool {
    !pair.starts_with("h-") && bytes >= floor::THREADS_FROM
}

/// The rounds in which there were two processors. One process alone is compared by its median, so that a round is not chosen for a slow
/// run of what is compared with two threads.
fn idle_rounds(lanes: &[Lane]) -> Vec<usize> {
    let lane = |who| lanes.iter().find(|lane| lane.who == who);
    let (Some(one), Some(twice)) = (lane(Who::Ours), lane(Who::OursTwice)) else { return Vec::new() };
    let most = 2.0 * one.median(|sample| sample.wall) / TWO_PROCESSORS;
    let rounds = twice.samples.iter().enumerate();
    rounds.filter(|(_, sample)| sample.wall <= most).map(|(round, _)| round).collect()
}

/// Whether a race needs an idle machine and has had too few rounds on one.
pub(super) fn lacks_idle_rounds(pair: &str, race: &Race, other_races: Rounds) -> bool {
    needs_idle_machine(pair, race.bytes) && idle_rounds(&race.lanes).len() < rounds(other_races).least
}

/// How much faster two threads are than one.
pub(super) fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new(
        "Two threads beside one",
        &[
            "pair",
            "operation",
            "times faster by wall time",
            "must reach",
            "in idle rounds",
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
        let needs_idle_machine = needs_idle_machine(&outcome.pair, race.bytes);
        let idle = if needs_idle_machine { idle_rounds(&race.lanes) } else { Vec::new() };
        let in_idle = (idle.len() >= FEW).then(|| {
            let [one, two] = [one, two].map(|lane| lane.of_rounds(&idle));
            two.ratio(&one, |sample| sample.wall).median
        });
        let (wall, cpu) = (two.ratio(one, |sample| sample.wall), one.ratio(two, |sample| sample.cpu));
        let possible = 2.0 * twice.ratio(one, |sample| sample.wall).median;
        let possible_cpu = one.ratio(twice, |sample| sample.cpu).median / 2.0;
        let (least, most) = match outcome.pair.starts_with("h-") {
            true => (Some(floor::TWO_THREADS_HOSTILE), Some(floor::TWO_THREADS_HOSTILE_CPU)),
            false => (needs_idle_machine.then_some(floor::TWO_THREADS), None),
        };
        let short =
            least.is_some_and(|least| wall.median < least) || most.is_some_and(|most| cpu.median > most);
        table.row(vec![
            outcome.pair.clone(),
            race.operation.name().into(),
            format!("{:.2} ({:.2}-{:.2})", wall.median, wall.low, wall.high),
            least.map_or(String::new(), |least| format!("{least:.2}")),
            in_idle.map_or(String::new(), |it| format!("{it:.2} ({} of {})", idle.len(), one.samples.len())),
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
    use super::{Outcome, Rounds, Who, floor, lacks_idle_rounds, table};
    use std::time::Duration;

    fn race(lanes: Vec<Lane>) -> Race {
        let (strong, block, bytes) = (Strong::Blake2, Block::TwoKib, floor::THREADS_FROM);
        Race { operation: Operation::Delta, strong, block, bytes, lanes }
    }

    /// The cells of a pair whose rounds took so many seconds with one thread, with two, and with two processes.
    fn cells(pair: &str, rounds: &[[f64; 3]]) -> Vec<String> {
        let lane = |who, at: usize, cpu| Lane {
            who,
            samples: rounds.iter().map(|wall| Sample { wall: wall[at], cpu, rss: 0.0 }).collect(),
        };
        let lanes =
            vec![lane(Who::Ours, 0, 2.0), lane(Who::OursTwoThreads, 1, 2.4), lane(Who::OursTwice, 2, 4.4)];
        let threads = vec![race(lanes)];
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
        let rounds = &[[2.0, 1.25, 2.5]];
        let expected =
            ["a-pair", "delta", "1.60 (1.60-1.60)", "1.80", "", "1.60", "1.20", "", "1.10", "**short**"];
        assert_eq!(cells("a-pair", rounds), expected);
        assert_eq!(cells("h-pair", rounds)[3..], ["0.91", "", "1.60", "1.20", "1.30", "1.10", "ok"]);
    }

    #[test]
    fn all_rounds_are_judged_and_those_of_an_idle_machine_shown() {
        let mut rounds = vec![[2.0, 1.0, 2.1]; 5];
        rounds.extend([[2.0, 1.6, 3.0]; 8]);
        let cells_of = |pair, rounds: &[_]| {
            let cells = cells(pair, rounds);
            [&cells[2], &cells[4], &cells[9]].map(ToString::to_string)
        };
        assert_eq!(cells_of("a-pair", &rounds), ["1.25 (1.25-2.00)", "2.00 (5 of 13)", "**short**"]);
        assert_eq!(cells_of("h-pair", &rounds), ["1.25 (1.25-2.00)", "", "ok"]);
        // Four are too few.
        assert_eq!(cells_of("a-pair", &rounds[1..]), ["1.25 (1.25-2.00)", "", "**short**"]);
        // That one thread was slow is no reason to take a round.
        rounds[5] = [3.0, 1.0, 3.0];
        assert_eq!(cells_of("a-pair", &rounds)[1], "2.00 (5 of 13)");
    }

    #[test]
    fn a_race_with_too_few_rounds_on_an_idle_machine_is_run_again() {
        let other_races = Rounds { least: 3, most: 9, time: Duration::ZERO };
        let lacks = |pair, bytes, idle: usize| {
            let lane = |who, twice: f64| Lane {
                who,
                samples: (0..20)
                    .map(|round| Sample { wall: if round < idle { 2.0 } else { twice }, ..Sample::default() })
                    .collect(),
            };
            let lanes = vec![lane(Who::Ours, 2.0), lane(Who::OursTwice, 3.0)];
            let race = Race { bytes, lanes, ..race(Vec::new()) };
            lacks_idle_rounds(pair, &race, other_races)
        };
        assert!(lacks("a-pair", floor::THREADS_FROM, 8));
        assert!(!lacks("a-pair", floor::THREADS_FROM, 9));
        assert!(!lacks("a-pair", floor::THREADS_FROM - 1, 0));
        assert!(!lacks("h-pair", floor::THREADS_FROM, 0));
    }
}
