//! A delta on several threads: segments are searched ahead, and joined where the search proper comes to a position that
//! the other has been at.

use super::{
    SEGMENT_MAX,
    segment::{Cutter, Segment},
};
use crate::{
    Drive, Error, NoBasis,
    drive::{Turn, Watch},
};
use rollsync_core::{DeltaJob, Searched, SignatureIndex};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, VecDeque},
    io::{Read, Write},
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Below this block length nothing is searched ahead.
const BLOCK_LEN_MIN: usize = 128;
/// So many segments in a row that were searched in vain show that the file is like itself.
const VAIN: u64 = 2;
/// So many are then not searched ahead.
const PAUSE: u32 = 16;

impl<I: Borrow<SignatureIndex> + Clone + Sync> Drive<DeltaJob<I>> {
    /// As [`run`](Self::run), with `threads` workers that search ahead of the calling thread, which does all reading and
    /// writing. The delta is the same, byte for byte, and so is what is counted. Memory is some MiB a thread more.
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
        // A limit of memory leaves none for segments; without records there is nothing to search, and in short blocks
        // what is found takes more room than the bytes.
        let signature = self.job().index().borrow().signature();
        let alone = signature.is_empty()
            || limits.memory.is_some()
            || signature.params().block_len().as_usize() < BLOCK_LEN_MIN;
        if threads < 2 || alone || segment_len > SEGMENT_MAX {
            return self.run_watched(input, &mut NoBasis, output, watch);
        }
        let index = self.job().index().clone();
        let index: &SignatureIndex = index.borrow();
        let (tasks, queue) = channel::<(u64, Segment)>();
        let (results, found) = channel();
        let queue = Mutex::new(queue);
        thread::scope(|scope| {
            let start = |_| {
                let (queue, results) = (&queue, results.clone());
                scope.spawn(move || {
                    while let Some((number, segment)) = take(queue) {
                        let Segment { start, data, positions, last } = segment;
                        let found =
                            Searched::segment(index, options, &limits, data.bytes(), start, positions, last);
                        drop(data);
                        if results.send((number, found)).is_err() {
                            return;
                        }
                    }
                })
            };
            let workers: Vec<_> = (0..threads).map(start).collect();
            drop(results);
            let mut ahead = Ahead {
                cutter: Cutter::new(input, usize::try_from(segment_len).unwrap_or(usize::MAX), index),
                // Whoever leaves this early drops the tasks' end; the workers then stop by themselves.
                tasks,
                found,
                waiting: BTreeMap::new(),
                queue: VecDeque::new(),
                depth: threads + 1,
                number: 0,
                pause: 0,
            };
            let stitched = self.stitch(&mut ahead, &mut output, watch);
            drop(ahead);
            // A scope waits for what threads do, but not for their end; a caller may be about to unload this code.
            for worker in workers {
                worker.join().unwrap_or_else(|panic| resume_unwind(panic));
            }
            stitched
        })
    }

    /// Drives the job through the segments, with what was found in each of them.
    fn stitch(
        &mut self,
        ahead: &mut Ahead<impl Read>,
        output: &mut impl Write,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let mut vain = 0;
        let mut segment: Option<Segment> = None;
        let mut done = 0;
        loop {
            watch(self.bytes_in(), self.bytes_out())?;
            let mut rest = segment.as_ref().map_or(&[][..], |segment| &segment.own()[done..]);
            let before = rest.len();
            let turn = self.turn_over(&mut rest, &mut NoBasis, output)?;
            done += before - rest.len();
            match turn {
                Turn::Done => return watch(self.bytes_in(), self.bytes_out()),
                Turn::Starved => {
                    let joined = self.job().joined();
                    let next = ahead.next(segment.take(), joined.1.saturating_sub(vain) >= VAIN)?;
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

fn take(queue: &Mutex<Receiver<(u64, Segment)>>) -> Option<(u64, Segment)> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Segments on their way: read, given to the workers, taken back in order.
struct Ahead<R> {
    cutter: Cutter<R>,
    tasks: Sender<(u64, Segment)>,
    found: Receiver<(u64, Searched)>,
    /// What was found out of turn.
    waiting: BTreeMap<u64, Searched>,
    /// Each segment that is read, with its number when it is being searched.
    queue: VecDeque<(Segment, Option<u64>)>,
    /// How many of them there are at most.
    depth: usize,
    number: u64,
    /// How many more are not to be searched ahead.
    pause: u32,
}

impl<R: Read> Ahead<R> {
    /// The next segment, and what was found in it. `done` is the one before it; `in_vain` when what was found was of no
    /// use of late.
    fn next(
        &mut self,
        done: Option<Segment>,
        in_vain: bool,
    ) -> Result<Option<(Segment, Option<Searched>)>, Error> {
        self.cutter.recycle(done);
        if in_vain && self.pause == 0 {
            self.pause = PAUSE;
        }
        while self.queue.len() < self.depth
            && let Some(segment) = self.cutter.next()?
        {
            let searched = self.pause == 0 && self.tasks.send((self.number, segment.clone())).is_ok();
            self.queue.push_back((segment, searched.then_some(self.number)));
            self.number += 1;
            self.pause = self.pause.saturating_sub(1);
        }
        let Some((segment, number)) = self.queue.pop_front() else { return Ok(None) };
        Ok(Some((segment, number.and_then(|number| self.wait(number)))))
    }

    fn wait(&mut self, number: u64) -> Option<Searched> {
        loop {
            if let Some(found) = self.waiting.remove(&number) {
                return Some(found);
            }
            // All workers gone: one has panicked, and the scope will say so.
            let (number, found) = self.found.recv().ok()?;
            self.waiting.insert(number, found);
        }
    }
}
