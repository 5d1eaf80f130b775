//! How a job is driven: bytes in, bytes out, and what it needs next.

use crate::{Error, Stats};

/// The bytes that a step may consume, and whether more will follow.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    last: bool,
}

impl<'a> Input<'a> {
    /// Bytes that others may follow.
    #[must_use]
    pub const fn more(bytes: &'a [u8]) -> Self {
        Self { bytes, last: false }
    }

    /// The last bytes. What a step leaves of them is offered again, again as the last.
    #[must_use]
    pub const fn last(bytes: &'a [u8]) -> Self {
        Self { bytes, last: true }
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Whether nothing follows them.
    #[must_use]
    pub const fn is_last(self) -> bool {
        self.last
    }
}

/// What one step has done.
#[must_use = "consumed bytes must not be offered again, produced bytes must be taken"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<S = Status> {
    /// How many bytes of the input were taken.
    pub consumed: usize,
    /// How many bytes at the front of the output were written.
    pub produced: usize,
    /// What the job needs to go on.
    pub status: S,
}

/// What a job needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// More input; all that was offered is consumed.
    NeedInput,
    /// More output space; all that was offered is full.
    NeedOutput,
    /// Nothing: it has worked for some hundredths of a second, and there may be something else to look at, such as whether the
    /// work was cancelled. It goes on when it is stepped again. Only a delta answers so, where it has to hash many times as many
    /// bytes as the new file has.
    Busy,
    /// Nothing: it is complete.
    Done,
}

/// What a [`PatchJob`](crate::PatchJob) needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchStatus {
    /// More of the delta; all that was offered is consumed.
    NeedInput,
    /// More output space; all that was offered is full.
    NeedOutput,
    /// Bytes of the basis, to be written into the output right behind what was produced.
    NeedBasis(BasisRange),
    /// Never: what [`Status::Busy`] becomes, so that one loop can drive all jobs.
    Busy,
    /// Nothing: the new file is complete.
    Done,
}

impl From<Status> for PatchStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::NeedInput => Self::NeedInput,
            Status::NeedOutput => Self::NeedOutput,
            Status::Busy => Self::Busy,
            Status::Done => Self::Done,
        }
    }
}

/// A part of the basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasisRange {
    /// Where it begins.
    pub offset: u64,
    /// How many bytes are wanted, at least 1; fewer may be given.
    pub len: usize,
}

/// A piece of work that is done step by step, without I/O, clock, threads or globals.
///
/// The contract, for every job:
/// - [`NeedInput`](Status::NeedInput) means that every offered byte was consumed, [`NeedOutput`](Status::NeedOutput)
///   that the output is full. Unconsumed input is offered again, first, on the next step; after [`Busy`](Status::Busy), too.
/// - After [`Done`](Status::Done), a step answers `Done` with zero counts; after an error, the same error.
/// - The bytes out are a function of parameters and bytes in, never of how they were sliced.
///   (One exception is an option: [`EmptyBasis::AsOffered`](crate::EmptyBasis::AsOffered).)
///
/// ```
/// use rollsync_core::{Input, Job, SignatureJob, SignatureParams, Status};
/// let mut job = SignatureJob::new(SignatureParams::recommended(None));
/// let mut signature = [0; 64];
/// let progress = job.step(Input::last(b"hello world"), &mut signature)?;
/// assert_eq!((progress.consumed, progress.produced, progress.status), (11, 48, Status::Done));
/// # Ok::<(), rollsync_core::ResourceError>(())
/// ```
pub trait Job {
    /// [`Status`], or [`PatchStatus`] for a [`PatchJob`](crate::PatchJob).
    type Status: Into<PatchStatus> + Copy;
    /// How it can fail.
    type Error: Into<Error> + Clone;

    /// Goes on as far as `input` and `output` allow.
    ///
    /// # Errors
    /// When the job cannot be completed. What was written to `output` in this step does not count.
    fn step(&mut self, input: Input<'_>, output: &mut [u8]) -> Result<Progress<Self::Status>, Self::Error>;

    /// Says that `len` bytes of the basis were written where [`NeedBasis`](PatchStatus::NeedBasis) asked for them, 0
    /// when it has ended. Nothing happens when none were asked for; more than were asked for count as so many.
    fn basis_copied(&mut self, len: usize) {
        let _ = len;
    }

    /// How many bytes of the basis could be given at once to a caller's own place for the new file: those that
    /// [`NeedBasis`](PatchStatus::NeedBasis) asked for, and those that follow them in the basis and in the new file as
    /// far as the input at hand shows. They need not fit into the output. 0 when none are asked for.
    fn basis_wanted(&self) -> u64 {
        0
    }

    /// The other answer to [`NeedBasis`](PatchStatus::NeedBasis): says that the first `len` of the
    /// [wanted](Self::basis_wanted) bytes stand in the new file, right behind what was produced. Nothing happens when
    /// none were asked for; more than were wanted count as so many. That the basis has ended is said by
    /// [`basis_copied`](Self::basis_copied).
    fn basis_given(&mut self, len: u64) {
        let _ = len;
    }

    /// What the job has counted so far.
    fn stats(&self) -> &Stats;
}

/// The part of a step's input and output that is not used up.
pub(crate) struct Room<'i, 'o> {
    pub(crate) input: &'i [u8],
    pub(crate) output: &'o mut [u8],
    pub(crate) last: bool,
    offered: &'i [u8],
    space: usize,
}

impl<'i, 'o> Room<'i, 'o> {
    pub(crate) fn new(input: Input<'i>, output: &'o mut [u8]) -> Self {
        Self { input: input.bytes, last: input.last, offered: input.bytes, space: output.len(), output }
    }

    /// Takes up to `n` bytes off the input's front.
    pub(crate) fn take(&mut self, n: usize) -> &'i [u8] {
        let (head, rest) = self.input.split_at(n.min(self.input.len()));
        self.input = rest;
        head
    }

    /// The input that is taken.
    pub(crate) fn consumed(&self) -> &'i [u8] {
        &self.offered[..self.offered.len() - self.input.len()]
    }

    /// Writes as much of `bytes` as there is space for; returns how much that was.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(self.output.len());
        let (head, rest) = core::mem::take(&mut self.output).split_at_mut(n);
        head.copy_from_slice(&bytes[..n]);
        self.output = rest;
        n
    }

    pub(crate) fn progress<S>(&self, status: S) -> Progress<S> {
        Progress { consumed: self.consumed().len(), produced: self.space - self.output.len(), status }
    }
}
