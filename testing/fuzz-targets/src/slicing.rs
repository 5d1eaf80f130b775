//! Driving a job over pieces, and holding it to its contract at every step.

use crate::plan::Plan;
use rollsync_core::{Error, Input, Job, PatchStatus, Progress, Stats};

/// About so many steps are worth their time.
const STEPS: usize = 10_000;

/// How input, output and basis are cut; each list of lengths is gone through again and again.
#[derive(Clone, Debug)]
pub(crate) struct Slicing {
    input: [usize; 3],
    output: [usize; 2],
    /// How many of the bytes that are asked for are given.
    basis: usize,
    /// Whether the end of the input is told by itself, after the last byte.
    end_apart: bool,
}

impl Slicing {
    /// The bytes with which [`Slicing::drawn`] makes the whole at once.
    pub(crate) const SEED_WHOLE: &'static [u8] = &[0];
    /// The bytes with which it makes uneven pieces.
    pub(crate) const SEED_PIECES: &'static [u8] = &[3, 7, 0, 130, 40, 201, 13];

    pub(crate) const fn whole() -> Self {
        Self { input: [usize::MAX; 3], output: [1 << 16; 2], basis: usize::MAX, end_apart: false }
    }

    /// The same with longer pieces, so that so many bytes do not take too many steps.
    pub(crate) fn for_len(mut self, len: usize) -> Self {
        let least = len / STEPS;
        if least > 0 {
            let lens = self.input.iter_mut().chain(&mut self.output).chain([&mut self.basis]);
            lens.for_each(|piece| *piece = (*piece).max(least));
        }
        self
    }

    /// Takes 1 byte, or 7.
    pub(crate) fn drawn(plan: &mut Plan<'_>) -> Self {
        let kind = plan.byte();
        let end_apart = kind & 4 != 0;
        match kind & 3 {
            0 => Self { end_apart, ..Self::whole() },
            1 => Self { input: [1; 3], output: [1; 2], basis: 1, end_apart },
            _ => {
                let mut len = || match usize::from(plan.byte()) {
                    short @ ..200 => short,
                    long => (long - 199) * 173,
                };
                let (input, output) = ([len(), len(), len()], [len(), len()]);
                Self { input, output, basis: len().max(1), end_apart }
            }
        }
    }
}

/// What a job came to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Whether it was done, or failed.
    pub(crate) result: Result<(), Error>,
    /// What it wrote before the step that failed, basis included.
    pub(crate) output: Vec<u8>,
    /// What it counted.
    pub(crate) stats: Stats,
}

impl Outcome {
    /// What may not depend on the slicing: a step that fails takes what it wrote with it.
    pub(crate) fn essence(&self) -> (Result<(), Error>, Option<&[u8]>, &Stats) {
        (self.result, self.result.is_ok().then_some(&self.output[..]), &self.stats)
    }
}

/// Drives a job to its end; panics where it breaks the contract.
pub(crate) fn drive<J: Job>(job: &mut J, input: &[u8], basis: &[u8], slicing: &Slicing) -> Outcome {
    let mut space = vec![0; slicing.output.into_iter().max().unwrap_or(0).max(1)];
    let (mut consumed, mut output) = (0, Vec::new());
    // Steps since anything moved: pieces of nothing may take turns for ever.
    let (mut steps, mut idle, mut ended) = (0, 0, false);
    let result = loop {
        let piece = |lens: &[usize]| lens[steps % lens.len()].max(usize::from(idle >= 4));
        let rest = &input[consumed..];
        let offered = if ended { rest } else { &rest[..piece(&slicing.input).min(rest.len())] };
        ended = offered.len() == rest.len() && (ended || !slicing.end_apart || rest.is_empty());
        let offered = if ended { Input::last(offered) } else { Input::more(offered) };
        let place = &mut space[..piece(&slicing.output)];
        steps += 1;

        let progress = match step(job, offered, place) {
            Ok(progress) => progress,
            Err(error) => {
                assert_eq!(step(job, Input::last(input), place), Err(error), "it fails for ever");
                assert!(!error.to_string().is_empty(), "it can be told of");
                break Err(error);
            }
        };
        holds(progress, offered, place.len());
        consumed += progress.consumed;
        let mut written = progress.produced;
        if let PatchStatus::NeedBasis(range) = progress.status {
            let from = usize::try_from(range.offset).ok().and_then(|from| basis.get(from..)).unwrap_or(&[]);
            let given = &from[..from.len().min(range.len).min(slicing.basis)];
            place[written..][..given.len()].copy_from_slice(given);
            job.basis_copied(given.len());
            written += given.len();
        }
        output.extend_from_slice(&place[..written]);
        if progress.status == PatchStatus::Done {
            let done = Progress { consumed: 0, produced: 0, status: PatchStatus::Done };
            assert_eq!(step(job, Input::last(input), place), Ok(done), "it stays done");
            break Ok(());
        }
        let stands = progress.consumed + written == 0 && progress.status != PatchStatus::Busy;
        idle = if stands { idle + 1 } else { 0 };
        assert!(idle < 100, "{progress:?} again and again");
    };
    Outcome { result, output, stats: job.stats().clone() }
}

fn step<J: Job>(job: &mut J, input: Input<'_>, output: &mut [u8]) -> Result<Progress<PatchStatus>, Error> {
    let Progress { consumed, produced, status } = job.step(input, output).map_err(Into::into)?;
    Ok(Progress { consumed, produced, status: status.into() })
}

fn holds(progress: Progress<PatchStatus>, input: Input<'_>, space: usize) {
    assert!(progress.consumed <= input.bytes().len() && progress.produced <= space, "{progress:?}");
    match progress.status {
        PatchStatus::NeedInput => {
            assert!(progress.consumed == input.bytes().len() && !input.is_last(), "{progress:?}");
        }
        PatchStatus::NeedOutput => assert_eq!(progress.produced, space, "space is left"),
        PatchStatus::NeedBasis(range) => {
            assert!(0 < range.len && range.len <= space - progress.produced, "{progress:?}");
        }
        PatchStatus::Busy | PatchStatus::Done => {}
    }
}
