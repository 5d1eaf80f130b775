//! A delta on several threads: segments are searched ahead, and joined where the search proper comes to a position that
//! the other has been at.

use super::{
    SEGMENT_MAX,
    crew::Crew,
    segment::{Cutter, Segment},
};
use crate::{
    Drive, Error, NoBasis,
    drive::{Turn, Watch},
};
use rollsync_core::{DeltaJob, Searched, SignatureIndex};
use std::{
    borrow::Borrow,
    collections::VecDeque,
    io::{Read, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// So much of a segment is offered at once: in between, somebody may stop the work.
const PART: usize = 1 << 20;
/// Below this block length nothing is searched ahead.
const BLOCK_LEN_MIN: usize = 128;
/// So many segments in a row that were searched in vain show that the file is like itself.
const VAIN: u64 = 2;
/// So many are then not searched ahead; twice as many, up to the other, when nothing has been of use since.
const PAUSE: u32 = 16;
const PAUSE_MAX: u32 = 256;

impl<I: Borrow<SignatureIndex> + Clone + Sync> Drive<DeltaJob<I>> {
    /// As [`run`](Self::run), with `threads` threads that search: the calling one, which also does all reading and
    /// writing, and others. The delta is the same, byte for byte, and so is what is counted. Memory is some MiB a thread more.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run_with_threads(
        &mut self,
        input: impl Read,
        output: impl Write,
        threads: usize,
    ) -> Result<(), Error> {
        self.run_with_threads_watched(input, output, threads, &mut |_, _| Ok(()))
    }

    pub(crate) fn run_with_threads_watched(
        &mut self,
        input: impl Read,
        mut output: impl Write,
        threads: usize,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let (options, limits) = (self.job().options(), self.job().limits());
        let segment_len = Searched::segment_len(self.job().index().borrow());
        // Segments are counted from the first byte. A limit of memory leaves none for segments; without records there is nothing to search, and in short blocks
        // what is found takes more room than the bytes.
        let signature = self.job().index().borrow().signature();
        let alone = self.bytes_in() > 0
            || signature.is_empty()
            || limits.memory.is_some()
            || signature.params().block_len().as_usize() < BLOCK_LEN_MIN;
        if threads < 2 || alone || segment_len > SEGMENT_MAX {
            return self.run_watched(input, &mut NoBasis, output, watch);
        }
        let index = self.job().index().clone();
        let index: &SignatureIndex = index.borrow();
        let stopped = AtomicBool::new(false);
        let search = |_, segment: Segment| {
            let Segment { start, data, positions, last } = segment;
            let positions = start..start + positions as u64;
            let go_on = || !stopped.load(Ordering::Relaxed);
            Searched::segment_while(index, options, &limits, data.bytes(), positions, last, &go_on)
        };
        Crew::with(threads, &search, |crew| {
            // Nobody waits for what is searched in vain, when the work fails or is cancelled.
            let _stopping = Stopping(&stopped);
            let mut ahead = Ahead {
                cutter: Cutter::new(input, usize::try_from(segment_len).unwrap_or(usize::MAX), index),
                crew,
                queue: VecDeque::new(),
                depth: threads + 2,
                pause: Pause::default(),
            };
            self.stitch(&mut ahead, &mut output, watch)
        })
    }

    /// Drives the job through the segments, with what was found in each of them.
    fn stitch(
        &mut self,
        ahead: &mut Ahead<'_, '_, impl Read>,
        output: &mut impl Write,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let mut vain = 0;
        let mut segment: Option<Segment> = None;
        let mut done = 0;
        loop {
            watch(self.bytes_in(), self.bytes_out())?;
            let rest = segment.as_ref().map_or(&[][..], |segment| &segment.own()[done..]);
            let mut part = &rest[..rest.len().min(PART)];
            let (before, is_last) = (part.len(), part.len() == rest.len());
            let turn = self.turn_over(&mut part, &mut NoBasis, output)?;
            done += before - part.len();
            match turn {
                Turn::Done => return watch(self.bytes_in(), self.bytes_out()),
                Turn::Starved if !is_last => {}
                Turn::Starved => {
                    let joined = self.job().joined();
                    if joined.1.saturating_sub(vain) >= VAIN {
                        ahead.pause(joined.0);
                    }
                    let next = ahead.next(segment.take())?;
                    done = 0;
                    let Some((next, found)) = next else {
                        self.was_read(0);
                        continue;
                    };
                    segment = Some(next);
                    if let Some(found) = found {
                        self.job_mut().searched(found);
                    } else {
                        vain = joined.1;
                    }
                }
                Turn::Read(_) | Turn::ReadBasis | Turn::Written(_) => {}
            }
        }
    }
}

/// Whoever leaves, by a panic too, stops the searches that are under way.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Segments on their way: read, given to the crew, taken back in order.
struct Ahead<'c, 'w, R> {
    cutter: Cutter<R>,
    crew: &'c Crew<'w, Segment, Searched>,
    /// Each segment that is read, with its number when it is being searched.
    queue: VecDeque<(Segment, Option<u64>)>,
    /// How many of them there are at most.
    depth: usize,
    pause: Pause,
}

impl<R: Read> Ahead<'_, '_, R> {
    /// What was found of late was of no use; `used` segments were, so far.
    fn pause(&mut self, used: u64) {
        if self.pause.begin(used) {
            for (_, number) in &mut self.queue {
                *number = number.filter(|number| !self.crew.withdraw(*number));
            }
        }
    }

    /// The next segment, and what was found in it. `done` is the one before it.
    fn next(&mut self, done: Option<Segment>) -> Result<Option<(Segment, Option<Searched>)>, Error> {
        self.cutter.recycle(done);
        while self.queue.len() < self.depth
            && let Some(segment) = self.cutter.next()?
        {
            let number = (!self.pause.counts()).then(|| self.crew.give(segment.clone()));
            self.queue.push_back((segment, number));
        }
        let Some((segment, number)) = self.queue.pop_front() else { return Ok(None) };
        Ok(Some((segment, number.and_then(|number| self.crew.take(number)))))
    }
}

/// Segments that are not searched ahead.
#[derive(Default)]
struct Pause {
    left: u32,
    /// How many the last pause had, and how many segments had been of use by then.
    len: u32,
    used: u64,
}

impl Pause {
    /// Begins one, unless one is on.
    fn begin(&mut self, used: u64) -> bool {
        if self.left > 0 {
            return false;
        }
        let before = if used == self.used { self.len } else { 0 };
        self.len = (2 * before).clamp(PAUSE, PAUSE_MAX);
        (self.left, self.used) = (self.len, used);
        true
    }

    /// Whether a segment falls into it.
    fn counts(&mut self) -> bool {
        let is_on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_on
    }
}
