//! How whole work is done.

use crate::{Buffers, CancelToken, Error, SealCheck, Threads};
use rollsync_core::{
    BlockLen, DeltaOptions, EmptyBasis, Format, LimitError, LimitKind, Limits, Profile, ResourceError,
    SignatureOptions, StrongLenChoice, seal::Seal,
};
use std::{
    fmt,
    time::{Duration, Instant},
};

/// Which part of the work is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Reading the basis to make its signature.
    Signature,
    /// Loading a signature.
    Load,
    /// Reading the new file to make the delta.
    Delta,
    /// Reading the delta to make the new file.
    Patch,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "signature",
            Self::Load => "load",
            Self::Delta => "delta",
            Self::Patch => "patch",
        })
    }
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Which part of it.
    pub phase: Phase,
    /// Bytes of that part's input that were read.
    pub bytes_in: u64,
    /// How many there are, when that is known.
    pub total_in: Option<u64>,
    /// Bytes of that part's output that were written.
    pub bytes_out: u64,
}

/// How whole work is done: parameters of the formats, limits, and who is told of it. Every field has a default; each
/// function uses those that concern it.
///
/// ```
/// use rollsync::{CancelToken, Options, Profile};
/// let token = CancelToken::new();
/// let mut seen = 0;
/// let mut told = |report: rollsync::Report| seen = report.bytes_in;
/// let options = Options::new().profile(Profile::Librsync234).sync(false).cancel(&token).progress(&mut told);
/// ```
#[derive(Default)]
pub struct Options<'a> {
    pub(crate) signature: SignatureOptions,
    pub(crate) delta: DeltaOptions,
    pub(crate) limits: Limits,
    pub(crate) buffers: Buffers,
    pub(crate) threads: Threads,
    pub(crate) seal: bool,
    pub(crate) seal_check: SealCheck,
    pub(crate) keep_existing: bool,
    pub(crate) no_sync: bool,
    time: Option<Duration>,
    /// When the work has to be done.
    deadline: Option<Instant>,
    cancel: Option<&'a CancelToken>,
    progress: Option<&'a mut dyn FnMut(Report)>,
    /// What was told last, or would have been.
    told: Option<Report>,
    seal_found: Option<&'a mut Option<Seal>>,
}

impl<'a> Options<'a> {
    /// The defaults: format `72730147` with the recommended block length and whole strong sums, profile
    /// [`Compact`](Profile::Compact), no limits, output synced to the disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which sums a signature holds.
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.signature.format = format;
        self
    }

    /// Bytes a block, instead of what is recommended for the basis' length.
    #[must_use]
    pub const fn block_len(mut self, block_len: BlockLen) -> Self {
        self.signature.block_len = Some(block_len);
        self
    }

    /// How much of the strong sums a signature keeps.
    #[must_use]
    pub const fn strong_len(mut self, strong_len: StrongLenChoice) -> Self {
        self.signature.strong_len = strong_len;
        self
    }

    /// Whose deltas to write.
    #[must_use]
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.delta.profile = profile;
        self
    }

    /// How literals are cut when the signature has no records.
    #[must_use]
    pub const fn empty_basis(mut self, rule: EmptyBasis) -> Self {
        self.delta.empty_basis = Some(rule);
        self
    }

    /// What may be taken of each resource.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long work may take, from its first step on. It is looked at when a buffer is read or written: a read that
    /// waits is not interrupted. Finding out which file is at fault, when a patch has failed, is part of the work.
    #[must_use]
    pub const fn time_limit(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// How many bytes are read and written at once. Where less was asked for, what is hashed side by side is read at once
    /// nevertheless, for a signature ([`SignatureJob::batch_len`](rollsync_core::SignatureJob::batch_len)) or a delta.
    #[must_use]
    pub const fn buffers(mut self, buffers: Buffers) -> Self {
        self.buffers = buffers;
        self
    }

    /// How many threads make signatures and deltas; the calling one alone, unless told otherwise. What comes out is the
    /// same.
    #[must_use]
    pub const fn threads(mut self, threads: Threads) -> Self {
        self.threads = threads;
        self
    }

    /// Whether signatures and deltas are [sealed](crate::seal); they are not, unless told otherwise.
    #[must_use]
    pub const fn seal(mut self, seal: bool) -> Self {
        self.seal = seal;
        self
    }

    /// What a patch does about a delta's seal; it checks one that is there, unless told otherwise.
    #[must_use]
    pub const fn seal_check(mut self, check: SealCheck) -> Self {
        self.seal_check = check;
        self
    }

    /// Where a patch puts the seal that it found at its delta's end and that held for all files; `None` when there was none.
    /// Nothing is put there when the patch fails.
    #[must_use]
    pub const fn seal_found(mut self, found: &'a mut Option<Seal>) -> Self {
        self.seal_found = Some(found);
        self
    }

    /// Whether an output file that exists is kept, and that an error; it is replaced, unless told otherwise.
    #[must_use]
    pub const fn keep_existing(mut self, keep_existing: bool) -> Self {
        self.keep_existing = keep_existing;
        self
    }

    /// Whether output files are waited for until they are on the disk; they are, unless told otherwise.
    #[must_use]
    pub const fn sync(mut self, sync: bool) -> Self {
        self.no_sync = !sync;
        self
    }

    /// Stops when the token says so, also while a patch that has failed looks for the file at fault.
    #[must_use]
    pub const fn cancel(mut self, token: &'a CancelToken) -> Self {
        self.cancel = Some(token);
        self
    }

    /// Is told how far the work is, after every buffer that was read or written and every part of the basis, and at the
    /// end of each phase: often, so it should be quick. While a patch that has failed looks for the file at fault, it is told
    /// the same again and again.
    #[must_use]
    pub fn progress(mut self, told: &'a mut dyn FnMut(Report)) -> Self {
        self.progress = Some(told);
        self
    }

    pub(crate) fn found_seal(&mut self, seal: Option<Seal>) {
        if let Some(found) = &mut self.seal_found {
            **found = seal;
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(CancelToken::is_cancelled)
    }

    /// Tells whoever wants to know; an error when the work is cancelled, or its time is over.
    pub(crate) fn watch(&mut self, report: Report) -> Result<(), Error> {
        self.told = Some(report);
        self.may_go_on()?;
        if let Some(told) = &mut self.progress {
            told(report);
        }
        Ok(())
    }

    /// The same of one phase of the work: is told the bytes read and written.
    pub(crate) fn watching(
        &mut self,
        phase: Phase,
        total_in: Option<u64>,
    ) -> impl FnMut(u64, u64) -> Result<(), Error> {
        move |bytes_in, bytes_out| self.watch(Report { phase, bytes_in, total_in, bytes_out })
    }

    /// Begins work that is so far, and reads before it tells anything.
    pub(crate) const fn begin(&mut self, report: Report) {
        self.told = Some(report);
    }

    /// As [`watch`](Self::watch), of work that goes on and gets no further.
    pub(crate) fn watch_again(&mut self) -> Result<(), Error> {
        self.told.map_or(Ok(()), |report| self.watch(report))
    }

    fn may_go_on(&mut self) -> Result<(), Error> {
        if self.is_cancelled() {
            return Err(Error::Cancelled);
        }
        if let Some(time) = self.time {
            let now = Instant::now();
            if self.deadline.is_none() {
                // What lies beyond all time is never reached.
                self.deadline = now.checked_add(time);
            }
            if let Some(deadline) = self.deadline.filter(|deadline| now >= *deadline) {
                let limit = millis(time);
                let needed = limit.saturating_add(millis(now - deadline).max(1));
                return Err(ResourceError::Limit(LimitError { kind: LimitKind::Time, limit, needed }).into());
            }
        }
        Ok(())
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("signature", &self.signature)
            .field("delta", &self.delta)
            .field("limits", &self.limits)
            .field("time", &self.time)
            .field("buffers", &self.buffers)
            .field("threads", &self.threads)
            .field("seal", &self.seal)
            .field("seal_check", &self.seal_check)
            .field("keep_existing", &self.keep_existing)
            .field("sync", &!self.no_sync)
            .finish_non_exhaustive()
    }
}
