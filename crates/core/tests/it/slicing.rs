//! Driving a job over input and output cut to pieces, and holding it to its contract at every step.

use proptest::prelude::*;
use rollsync_core::{Error, Input, Job, PatchStatus, Progress, Stats};

/// How input, output and basis are cut; each list of lengths is gone through again and again.
#[derive(Clone, Debug)]
pub(crate) struct Slicing {
    /// How many bytes are offered.
    pub(crate) input: Vec<usize>,
    /// How much space there is.
    pub(crate) output: Vec<usize>,
    /// How many of the bytes that are asked for are given; 0 counts as 1.
    pub(crate) basis: Vec<usize>,
    /// Whether the end of the input is told by itself, after the last byte.
    pub(crate) end_apart: bool,
}

impl Slicing {
    /// All of the input at once, and room for much output.
    pub(crate) fn whole() -> Self {
        Self { input: vec![usize::MAX], output: vec![1 << 18], basis: vec![usize::MAX], end_apart: false }
    }

    /// A byte at a time.
    pub(crate) fn bytes() -> Self {
        Self { input: vec![1], output: vec![1], basis: vec![1], end_apart: true }
    }

    /// Any, with pieces of nothing and of one byte among them. Pieces are at most `max` bytes.
    pub(crate) fn any(max: usize) -> impl Strategy<Value = Self> {
        let len = || prop_oneof![2 => Just(0), 2 => Just(1), 2 => 2..40_usize, 3 => 1..=max];
        let lens =
            || prop_oneof![1 => Just(vec![1]), 1 => Just(vec![max]), 5 => prop::collection::vec(len(), 1..7)];
        (lens(), lens(), lens(), any::<bool>()).prop_map(|(input, output, basis, end_apart)| Self {
            input,
            output,
            basis,
            end_apart,
        })
    }
}

/// What a job came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Whether it was done, or failed.
    pub(crate) result: Result<(), Error>,
    /// What it wrote before the step that failed, basis included.
    pub(crate) output: Vec<u8>,
    /// How much of the input it took before the step that failed.
    pub(crate) consumed: usize,
    /// What it counted.
    pub(crate) stats: Stats,
    /// How many steps it took.
    pub(crate) steps: usize,
}

impl Outcome {
    /// What may not depend on the slicing.
    pub(crate) fn essence(&self) -> (Result<(), Error>, Option<&[u8]>, &Stats) {
        // A step that fails takes what it wrote with it, so that of a failed job only the error is certain.
        (self.result, self.result.is_ok().then_some(&self.output[..]), &self.stats)
    }
}

/// Drives a job to its end; panics where it breaks the contract.
pub(crate) fn drive<J: Job>(job: &mut J, input: &[u8], basis: &[u8], slicing: &Slicing) -> Outcome {
    let mut space = vec![0; slicing.output.iter().copied().max().unwrap_or(0).max(1)];
    let mut outcome =
        Outcome { result: Ok(()), output: vec![], consumed: 0, stats: Stats::default(), steps: 0 };
    // Steps since anything moved: input and output pieces of nothing may take turns for ever.
    let (mut idle, mut ended) = (0, false);
    loop {
        let piece = |lens: &[usize]| lens[outcome.steps % lens.len()].max(usize::from(idle >= 4));
        let rest = &input[outcome.consumed..];
        let offered = if ended { rest } else { &rest[..piece(&slicing.input).min(rest.len())] };
        ended = offered.len() == rest.len() && (ended || !slicing.end_apart || rest.is_empty());
        let output = &mut space[..piece(&slicing.output)];
        let given = piece(&slicing.basis).max(1);
        outcome.steps += 1;

        let progress = match step(job, offer(offered, ended), output) {
            Ok(progress) => progress,
            Err(error) => {
                fails_for_ever(job, error, input);
                outcome.result = Err(error);
                outcome.stats = job.stats().clone();
                return outcome;
            }
        };
        holds(progress, offer(offered, ended), output.len());
        outcome.consumed += progress.consumed;
        let mut written = progress.produced;
        match progress.status {
            PatchStatus::NeedBasis(range) => {
                let from = usize::try_from(range.offset).unwrap_or(usize::MAX);
                let from = basis.get(from..).unwrap_or(&[]);
                let given = &from[..from.len().min(range.len).min(given)];
                output[written..][..given.len()].copy_from_slice(given);
                job.basis_copied(given.len());
                written += given.len();
            }
            PatchStatus::Done => {
                outcome.output.extend_from_slice(&output[..written]);
                stays_done(job, input);
                outcome.stats = job.stats().clone();
                return outcome;
            }
            PatchStatus::NeedInput | PatchStatus::NeedOutput | PatchStatus::Busy => {}
        }
        outcome.output.extend_from_slice(&output[..written]);
        let stands = progress.consumed + written == 0 && progress.status != PatchStatus::Busy;
        idle = if stands { idle + 1 } else { 0 };
        assert!(idle < 100, "{progress:?} again and again");
    }
}

fn offer(bytes: &[u8], last: bool) -> Input<'_> {
    if last { Input::last(bytes) } else { Input::more(bytes) }
}

fn step<J: Job>(job: &mut J, input: Input<'_>, output: &mut [u8]) -> Result<Progress<PatchStatus>, Error> {
    let progress = job.step(input, output).map_err(Into::into)?;
    let Progress { consumed, produced, status } = progress;
    Ok(Progress { consumed, produced, status: status.into() })
}

/// Lines 2 and 3 of the contract.
fn holds(progress: Progress<PatchStatus>, input: Input<'_>, space: usize) {
    assert!(progress.consumed <= input.bytes().len(), "{progress:?}");
    assert!(progress.produced <= space, "{progress:?}");
    match progress.status {
        PatchStatus::NeedInput => {
            assert_eq!(progress.consumed, input.bytes().len(), "input is left");
            assert!(!input.is_last(), "nothing comes after the last");
        }
        PatchStatus::NeedOutput => assert_eq!(progress.produced, space, "space is left"),
        PatchStatus::NeedBasis(range) => {
            assert!(0 < range.len && range.len <= space - progress.produced, "{progress:?}");
        }
        PatchStatus::Busy | PatchStatus::Done => {}
    }
}

/// Line 4 of the contract, done.
fn stays_done<J: Job>(job: &mut J, input: &[u8]) {
    let stats = job.stats().clone();
    let mut space = [0; 9];
    for (bytes, last) in [(&[][..], true), (&[], false), (input, true), (b"more", false), (b"end", true)] {
        for space in [&mut [][..], &mut space] {
            let again = step(job, offer(bytes, last), space);
            assert_eq!(again, Ok(Progress { consumed: 0, produced: 0, status: PatchStatus::Done }));
        }
        job.basis_copied(1);
        job.basis_copied(0);
    }
    assert_eq!(*job.stats(), stats);
}

/// Line 4 of the contract, failed.
fn fails_for_ever<J: Job>(job: &mut J, error: Error, input: &[u8]) {
    let stats = job.stats().clone();
    let mut space = [0; 9];
    for (bytes, last) in [(&[][..], true), (&[], false), (input, true), (b"more", false)] {
        for space in [&mut [][..], &mut space] {
            assert_eq!(step(job, offer(bytes, last), space), Err(error));
        }
        job.basis_copied(1);
        job.basis_copied(0);
    }
    assert_eq!(*job.stats(), stats);
}
