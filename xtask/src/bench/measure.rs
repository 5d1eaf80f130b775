//! What processes cost, and how far the figures of several rounds lie apart.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::runner::{Runner, Who};
use crate::corpus::Size;
use crate::process::{capture, check, command};

/// What one run cost.
#[derive(Clone, Copy, Default)]
pub(super) struct Sample {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of user and system time.
    pub(super) cpu: f64,
    /// Bytes of resident memory at the peak.
    pub(super) rss: f64,
}

impl Sample {
    /// What both cost, one after the other.
    fn then(self, next: Self) -> Self {
        Self { wall: self.wall + next.wall, cpu: self.cpu + next.cpu, rss: self.rss.max(next.rss) }
    }

    /// What both cost at once.
    fn beside(self, other: Self) -> Self {
        Self { wall: self.wall.max(other.wall), cpu: self.cpu + other.cpu, rss: self.rss + other.rss }
    }
}

/// The runs of one runner, one a round.
pub(super) struct Lane {
    pub(super) who: Who,
    pub(super) samples: Vec<Sample>,
}

impl Lane {
    pub(super) fn median(&self, figure: fn(&Sample) -> f64) -> f64 {
        Spread::of(self.samples.iter().map(figure)).median
    }

    /// The same with these rounds alone.
    pub(super) fn of_rounds(&self, rounds: &[usize]) -> Self {
        Self { who: self.who, samples: rounds.iter().map(|round| self.samples[*round]).collect() }
    }

    /// `other`'s figure divided by that of this lane, round by round: what disturbs a round disturbs both.
    pub(super) fn ratio(&self, other: &Lane, figure: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.samples.iter().zip(&other.samples).map(|(own, other)| figure(other) / figure(own)))
    }
}

/// The middle half of some figures.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) low: f64,
    pub(super) median: f64,
    pub(super) high: f64,
}

impl Spread {
    pub(super) fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        let last = figures.len() - 1;
        Self {
            low: figures[last / 4],
            median: f64::midpoint(figures[last / 2], figures[last.div_ceil(2)]),
            high: figures[last - last / 4],
        }
    }
}

/// How long a race goes on.
#[derive(Clone, Copy)]
pub(super) struct Rounds {
    pub(super) least: usize,
    pub(super) most: usize,
    /// No new round after this, once there are the fewest.
    pub(super) time: Duration,
}

impl Rounds {
    /// `asked` rounds, or as many as are worth it for files of this size.
    pub(super) fn of(size: Size, asked: Option<usize>) -> Self {
        match (asked, size) {
            (Some(rounds), _) => Self { least: rounds, most: rounds, time: Duration::ZERO },
            (None, Size::Small) => Self { least: 7, most: 25, time: Duration::from_secs(3) },
            (None, Size::Full) => Self { least: 3, most: 9, time: Duration::from_secs(10) },
        }
    }
}

/// Lets the runners take turns, A B C, B C A, after one round that nobody counts: it reads the files into the page cache. Every
/// output is left behind.
pub(super) fn race(launcher: &Path, runners: &[Runner], rounds: Rounds) -> Result<Vec<Lane>, String> {
    turns(launcher, runners, rounds, |_, _| Ok(()))
}

/// The same, but each runner's last output is removed before the next one runs, and looked at by `check` in the first round. As large as a whole
/// file, it would be written to the disk while others run, and make them wait for theirs.
pub(super) fn race_and_remove(
    launcher: &Path,
    runners: &[Runner],
    rounds: Rounds,
    check: impl Fn(&Path) -> Result<(), String>,
) -> Result<Vec<Lane>, String> {
    settle()?;
    turns(launcher, runners, rounds, |runner, counted| {
        let output = runner.outputs.last().ok_or("a runner has an output")?;
        if !counted {
            check(output)?;
        }
        remove(output)
    })
}

/// Waits until the disk has nothing to write.
pub(super) fn settle() -> Result<(), String> {
    check(&mut command("sync"))
}

fn turns(
    launcher: &Path,
    runners: &[Runner],
    rounds: Rounds,
    after: impl Fn(&Runner, bool) -> Result<(), String>,
) -> Result<Vec<Lane>, String> {
    let mut lanes: Vec<Lane> =
        runners.iter().map(|runner| Lane { who: runner.who, samples: Vec::new() }).collect();
    for runner in runners {
        run(launcher, runner)?;
        after(runner, false)?;
    }
    let start = Instant::now();
    for round in 0..rounds.most {
        if round >= rounds.least && start.elapsed() > rounds.time {
            break;
        }
        // Who goes first changes: what a run leaves behind (free pages, warm caches) is not always for the same one.
        for turn in 0..runners.len() {
            let number = (round + turn) % runners.len();
            lanes[number].samples.push(run(launcher, &runners[number])?);
            after(&runners[number], true)?;
        }
    }
    Ok(lanes)
}

/// Runs a runner once, in place of what its last run left.
pub(super) fn run(launcher: &Path, runner: &Runner) -> Result<Sample, String> {
    for output in &runner.outputs {
        remove(output)?;
    }
    if let Some((from, to)) = &runner.before {
        std::fs::copy(from, to).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    let cost = |step: &Vec<_>| {
        let mut launched = command(launcher);
        launched.args(step).envs(runner.who.environment());
        launched.envs(runner.library.iter().map(|folder| ("LD_LIBRARY_PATH", folder)));
        let printed = capture(&mut launched).map_err(|e| format!("{}: {e}", runner.who.name()))?;
        parse(&printed).ok_or_else(|| format!("{}: {printed}", runner.who.name()))
    };
    let (steps, none) = (&runner.steps, Sample::default());
    if !runner.at_once {
        return steps.iter().try_fold(none, |total, step| Ok(total.then(cost(step)?)));
    }
    let costs: Vec<Result<Sample, String>> = thread::scope(|scope| {
        let launched: Vec<_> = steps.iter().map(|step| scope.spawn(move || cost(step))).collect();
        launched.into_iter().map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    costs.into_iter().try_fold(none, |total, cost| Ok(total.beside(cost?)))
}

fn parse(printed: &str) -> Option<Sample> {
    let mut numbers = printed.split_whitespace().map(|word| word.parse::<f64>().ok());
    let mut next = || numbers.next().flatten();
    Some(Sample { wall: next()? / 1e9, cpu: next()? / 1e6, rss: next()? * 1024.0 })
}

/// Every run writes new files: to cut an old one is work of its own.
fn remove(path: &PathBuf) -> Result<(), String> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {e}", path.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, Spread, parse};

    #[test]
    fn a_spread_is_the_middle_half() {
        let spread = Spread::of([5.0, 1.0, 4.0, 2.0, 3.0].into_iter());
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        let spread = Spread::of([2.0, 1.0].into_iter());
        assert_eq!((spread.low, spread.median, spread.high), (1.0, 1.5, 2.0));
    }

    #[test]
    fn steps_are_added_as_they_are_done() {
        let [a, b] = [(1.0, 2.0, 30.0), (4.0, 5.0, 6.0)].map(|(wall, cpu, rss)| Sample { wall, cpu, rss });
        let figures = |cost: Sample| (cost.wall, cost.cpu, cost.rss);
        assert_eq!(figures(a.then(b)), (5.0, 7.0, 30.0));
        assert_eq!(figures(a.beside(b)), (4.0, 7.0, 36.0));
    }

    #[test]
    fn a_cost_is_read_in_its_units() {
        let cost = parse("2000000000 1500000 4\n").expect("three numbers");
        assert_eq!((cost.wall, cost.cpu, cost.rss), (2.0, 1.5, 4096.0));
        assert!(parse("1 2").is_none());
    }
}
