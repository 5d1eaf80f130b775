//! The delta job.

use super::{
    DeltaOptions, EmptyBasis,
    emit::Emitter,
    empty::{Cut, Cutter},
    event::{Taken, Use},
    scan::{Found, Match, Search},
    searched::Searched,
};
use crate::{
    Input, Isa, Job, Limits, Progress, ResourceError, SignatureIndex, Stats, Status,
    lookahead::Lookahead,
    seal::{Follower, Of},
    signature::{self, GATHERED_MAX},
    step::Room,
};
use alloc::{boxed::Box, collections::VecDeque};
use core::borrow::Borrow;

/// Beside two blocks, the look-ahead holds twice this at least: the longest literal and a chunk of positions, and as much
/// again for what comes.
const LOOKAHEAD: usize = 192 << 10;
/// And this at most, where blocks are so long that it takes as much to hash many of them side by side.
const LOOKAHEAD_MAX: usize = 496 << 10;

/// Turns a new file into its delta against a signature.
///
/// Memory is two block lengths and less than 1 MiB, or what has arrived and as much again, whichever is less; four block
/// lengths when the signature has no records and librsync 2.3.4's buffers are replayed.
///
/// ```
/// use rollsync_core::{DeltaJob, DeltaOptions, Input, Job, Limits, Signature, SignatureIndex, SignatureParams};
/// let signature = Signature::empty(SignatureParams::recommended(Some(0)));
/// let index = SignatureIndex::build(signature, &Limits::default())?;
/// let mut job = DeltaJob::new(&index, DeltaOptions::default());
/// let mut delta = [0; 64];
/// let progress = job.step(Input::last(b"all of it is new"), &mut delta)?;
/// assert_eq!(&delta[..progress.produced], b"rs\x026\x10all of it is new\0");
/// # Ok::<(), rollsync_core::ResourceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DeltaJob<I> {
    index: I,
    limits: Limits,
    options: DeltaOptions,
    source: Source,
    /// Segments of the new file that others have searched, in order.
    searched: VecDeque<Searched>,
    /// How many of them were of use, and how many not.
    joined: (u64, u64),
    emitter: Emitter,
    /// From the first byte that is not in the delta yet.
    ahead: Lookahead,
    /// Bytes at its front that belong to a literal whose head is written.
    payload: usize,
    /// Bytes behind those that are in the basis, and a copy of them is written or will be.
    copied: usize,
    /// Bytes behind those that begin no block.
    run: usize,
    /// The block behind the run.
    matched: Option<Match>,
    state: State,
    failed: Option<ResourceError>,
    stats: Stats,
    follower: Option<Follower>,
}

#[derive(Clone, Debug)]
enum Source {
    Search(Box<Search>),
    Empty(Cutter),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    /// All of the new file is searched.
    Ending,
    /// END is written.
    Ended,
}

impl<I: Borrow<SignatureIndex>> DeltaJob<I> {
    /// A job at the first byte of a new file. `index` may be a reference, an `Arc` or the index itself.
    #[must_use]
    pub fn new(index: I, options: DeltaOptions) -> Self {
        let limits = Limits::default();
        let (source, ahead) = Self::start(index.borrow(), options, &limits);
        Self {
            emitter: Emitter::new(options.profile, limits),
            index,
            limits,
            options,
            source,
            searched: VecDeque::new(),
            joined: (0, 0),
            ahead,
            payload: 0,
            copied: 0,
            run: 0,
            matched: None,
            state: State::Running,
            failed: None,
            stats: Stats::default(),
            follower: None,
        }
    }

    /// The same with limits: of `output`, `memory` and `work`. Set in the middle, they hold from there on.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.emitter.set_limits(limits);
        if let Source::Search(search) = &mut self.source {
            let index = self.index.borrow();
            search.set_work(index, self.options.profile, limits.work);
            search.set_patience(patience(index, &limits));
            self.ahead.set_capacity(capacity(index, &limits));
        }
        self
    }

    /// The same with a [seal](crate::seal) behind END, which names the basis if the signature was sealed. To be said before
    /// the first step.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        let basis = self.index.borrow().signature().basis();
        self.follower = Some(Follower::new(Of::Delta { basis }));
        self
    }

    /// What it searches in.
    #[must_use]
    pub const fn index(&self) -> &I {
        &self.index
    }

    /// How it writes its delta.
    #[must_use]
    pub const fn options(&self) -> DeltaOptions {
        self.options
    }

    /// What it may take.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes what was found in a segment of the new file that lies behind all those given before. To be called before
    /// the segment's first byte is offered; the delta is the same with it and without, and so is what is counted, unless the job fails.
    pub fn searched(&mut self, segment: Searched) {
        self.searched.push_back(segment);
    }

    /// How many of the segments given by [`searched`](Self::searched) were of use, and how many were not.
    #[must_use]
    pub const fn joined(&self) -> (u64, u64) {
        self.joined
    }

    /// How many bytes of input it makes the best use of: as many blocks as are hashed side by side, or 1 where nothing is hashed
    /// or that is more than 960 KiB. With less, long blocks that follow one another are copied together first, or fewer of
    /// them hashed at once.
    #[must_use]
    pub fn batch_len(&self) -> usize {
        batch_len(self.index.borrow())
    }

    /// How many bytes it has hashed itself. That differs from what the [statistics](crate::SearchStats) count, which is the
    /// same however the work is done: it is more by what was hashed ahead of its turn and not needed, at most twice as much and
    /// 31 blocks, and less by what was [searched](Self::searched) by others.
    #[must_use]
    pub fn hashed_bytes(&self) -> u64 {
        match &self.source {
            Source::Search(search) => search.hashed(),
            Source::Empty(_) => 0,
        }
    }

    /// How often windows were hashed, one or many side by side.
    #[cfg(test)]
    pub(super) fn passes(&self) -> u64 {
        match &self.source {
            Source::Search(search) => search.passes(),
            Source::Empty(_) => 0,
        }
    }

    fn start(index: &SignatureIndex, options: DeltaOptions, limits: &Limits) -> (Source, Lookahead) {
        if index.signature().is_empty() {
            let rule = options.empty_basis.unwrap_or_else(|| EmptyBasis::of_profile(options.profile, index));
            let cutter = Cutter::new(rule);
            let ahead = Lookahead::new(cutter.capacity());
            (Source::Empty(cutter), ahead)
        } else {
            let search = Search::new(index, options.profile, limits, patience(index, limits));
            (Source::Search(Box::new(search)), Lookahead::new(capacity(index, limits)))
        }
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<Status, ResourceError> {
        self.emitter.check_output()?;
        loop {
            if !self.emitter.drain(room) {
                return Ok(Status::NeedOutput);
            }
            if let Some(status) = self.pass(room) {
                return Ok(status);
            }
            let cut = self.options.profile.literal_max();
            if self.run >= cut || self.run > 0 && (self.matched.is_some() || self.state == State::Ending) {
                let len = self.run.min(cut);
                self.emitter.literal(len, &mut self.stats)?;
                self.run -= len;
                self.payload = len;
            } else if let Some(found) = self.matched.take() {
                self.emitter.matched(self.index.borrow(), found, &mut self.stats)?;
                self.copied = found.bytes();
            } else {
                match self.state {
                    State::Running => {
                        if let Some(status) = self.find(room)? {
                            return Ok(status);
                        }
                    }
                    State::Ending => {
                        self.emitter.end(&mut self.stats)?;
                        self.state = State::Ended;
                    }
                    State::Ended => return Ok(Status::Done),
                }
            }
        }
    }

    /// Lets go of the bytes that are decided: those of a literal go to the output. What keeps it from doing so.
    fn pass(&mut self, room: &mut Room<'_, '_>) -> Option<Status> {
        while self.payload > 0 {
            let payload = self.ahead.front(self.payload, room.input);
            let sent = room.put(payload);
            if sent == 0 {
                let is_full = room.output.is_empty();
                return Some(if is_full { Status::NeedOutput } else { Self::starved(room) });
            }
            self.payload -= self.ahead.advance(sent, room);
        }
        self.copied -= self.ahead.advance(self.copied, room);
        (self.copied > 0).then(|| Self::starved(room))
    }

    /// The caller offers less than it did before; the rest may yet come.
    fn starved(room: &Room<'_, '_>) -> Status {
        assert!(!room.last, "input that was offered before is gone");
        Status::NeedInput
    }

    /// Finds out what comes next, or what keeps it from that.
    fn find(&mut self, room: &mut Room<'_, '_>) -> Result<Option<Status>, ResourceError> {
        match &mut self.source {
            Source::Search(search) => loop {
                let (window_len, position) = (search.window_len(), search.position());
                let (rest, is_all) = self.ahead.from(position, room.input);
                let last = room.last && is_all;
                let known = self.ahead.end(room.input);
                let found = match next_searched(&mut self.searched, &mut self.joined, search, known) {
                    Next::Take(taken) => {
                        search.take(&taken, &mut self.stats.search);
                        Found::Run { misses: taken.misses, then: taken.blocks }
                    }
                    // The file is shorter than the one that was searched.
                    Next::Wait if room.last => {
                        self.searched.clear();
                        continue;
                    }
                    Next::Wait => {
                        self.ahead.take_all(room, &self.limits)?;
                        return Ok(Some(Status::NeedInput));
                    }
                    Next::Search { stop } => {
                        search.next(self.index.borrow(), rest, last, stop, &mut self.stats.search)
                    }
                };
                match found {
                    Found::Run { misses, then } => {
                        self.run += misses;
                        self.matched = then;
                        return Ok(None);
                    }
                    Found::More => {
                        if !self.ahead.extend(position, window_len, room, &self.limits)? {
                            return Ok(Some(Self::starved(room)));
                        }
                    }
                    Found::Busy => return Ok(Some(Status::Busy)),
                    Found::End => {
                        self.state = State::Ending;
                        return Ok(None);
                    }
                }
            },
            Source::Empty(cutter) => loop {
                let ended = room.last && room.input.is_empty();
                match cutter.next(self.ahead.held(), ended) {
                    Cut::Hold if room.input.is_empty() => return Ok(Some(Status::NeedInput)),
                    Cut::Hold => self.ahead.fill(room, &self.limits)?,
                    Cut::Literal(len) => {
                        self.emitter.literal(len, &mut self.stats)?;
                        return Ok(None);
                    }
                    Cut::Send(len) => {
                        self.payload = len;
                        return Ok(None);
                    }
                    Cut::End => {
                        self.state = State::Ending;
                        return Ok(None);
                    }
                }
            },
        }
    }
}

fn batch_len(index: &SignatureIndex) -> usize {
    let params = index.signature().params();
    let batch_len = params.block_len().as_usize().saturating_mul(signature::batch(params, Isa::detect()));
    if index.signature().is_empty() || batch_len > GATHERED_MAX { 1 } else { batch_len }
}

/// How much the look-ahead holds at most: what is done with takes half of it.
fn capacity(index: &SignatureIndex, limits: &Limits) -> usize {
    let block_len = index.signature().params().block_len().as_usize();
    let capacity = |lookahead: usize| (block_len + lookahead).saturating_mul(2);
    let most = capacity(batch_len(index).clamp(LOOKAHEAD, LOOKAHEAD_MAX));
    if limits.allows(most) { most } else { capacity(LOOKAHEAD) }
}

/// For how many blocks to wait rather than hash fewer side by side.
fn patience(index: &SignatureIndex, limits: &Limits) -> usize {
    (capacity(index, limits) / 2 / index.signature().params().block_len().as_usize()).max(1)
}

/// What the search does next.
enum Next {
    Take(Taken),
    /// What can be taken reaches beyond what has arrived.
    Wait,
    /// It searches itself, and looks again at `stop`.
    Search {
        stop: u64,
    },
}

/// What the segments that others have searched are good for now, of what has arrived, up to `known`. Those that lie behind are
/// dropped.
fn next_searched(
    segments: &mut VecDeque<Searched>,
    joined: &mut (u64, u64),
    search: &Search,
    known: u64,
) -> Next {
    while let Some(segment) = segments.front_mut() {
        match segment.at(search.position(), known) {
            Use::Take(taken) if search.may_take(&taken) => {
                if search.position() + taken.len() as u64 > known {
                    return Next::Wait;
                }
                segment.used();
                return Next::Take(taken);
            }
            Use::Take(_) => segment.pass(),
            Use::MeetAt(stop) => return Next::Search { stop },
            Use::Nothing => {
                let count = if segment.was_used() { &mut joined.0 } else { &mut joined.1 };
                *count += 1;
                segments.pop_front();
            }
        }
    }
    Next::Search { stop: u64::MAX }
}

impl<I: Borrow<SignatureIndex>> Job for DeltaJob<I> {
    type Status = Status;
    type Error = ResourceError;

    fn step(&mut self, input: Input<'_>, output: &mut [u8]) -> Result<Progress, ResourceError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Source::Search(search) = &mut self.source {
            search.begin_turn();
        }
        let mut room = Room::new(input, output);
        let advanced = self.advance(&mut room).map(|status| room.progress(status));
        self.ahead.part_from_input();
        let sealed = advanced.and_then(|progress| match &mut self.follower {
            Some(follower) => Ok(follower.follow(input.bytes(), output, progress, &self.limits)?),
            None => Ok(progress),
        });
        match sealed {
            Ok(progress) => Ok(progress),
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }
}
