//! A delta on several threads: segments are searched ahead, and joined where the search proper comes to a position that
//! the other has been at.

use super::{SEGMENT_MAX, read_full};
use crate::{
    Drive, Error, NoBasis, Side,
    buffer::ALIGN,
    drive::{Turn, Watch},
};
use rollsync_core::{DeltaJob, Searched, SignatureIndex};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, VecDeque},
    io::{Read, Write},
    panic::resume_unwind,
    sync::{
        Arc, Mutex, PoisonError,
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

/// Some positions of the new file, with the bytes behind them that their windows reach into.
#[derive(Clone, Debug)]
struct Segment {
    start: u64,
    data: Arc<Overlapping>,
    positions: usize,
    last: bool,
}

impl Segment {
    /// The bytes at its positions.
    fn own(&self) -> &[u8] {
        &self.data.bytes()[..self.positions]
    }
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

/// Cuts the input into segments.
struct Cutter<R> {
    input: R,
    segment_len: usize,
    /// How far a window reaches out of its segment, and the byte behind it.
    overlap: usize,
    start: u64,
    /// What is read beyond the last segment.
    held: Vec<u8>,
    /// Memory of segments that are done with.
    spare: Vec<Overlapping>,
    ended: bool,
}

impl<R: Read> Cutter<R> {
    fn new(input: R, segment_len: usize, index: &SignatureIndex) -> Self {
        let overlap = index.signature().params().block_len().as_usize() + 1;
        Self { input, segment_len, overlap, start: 0, held: Vec::new(), spare: Vec::new(), ended: false }
    }

    fn recycle(&mut self, segment: Option<Segment>) {
        self.spare.extend(segment.and_then(|segment| Arc::into_inner(segment.data)));
    }

    fn next(&mut self) -> Result<Option<Segment>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut data = self.spare.pop().unwrap_or_else(|| Overlapping::new(self.overlap, self.segment_len));
        let missing = self.segment_len + self.overlap - self.held.len();
        let offset = self.start + self.held.len() as u64;
        let len = read_full(&mut self.input, data.behind(&self.held, missing));
        let len = len.map_err(|source| Error::Io { side: Side::Read, offset, source })?;
        data.len = self.held.len() + len;
        self.ended = len < missing;
        let positions = if self.ended { data.len } else { self.segment_len };
        self.held.clear();
        self.held.extend_from_slice(&data.bytes()[positions..]);
        let segment = Segment { start: self.start, data: Arc::new(data), positions, last: self.ended };
        self.start += positions as u64;
        Ok(Some(segment))
    }
}

/// A segment's memory: some bytes of the one before, and behind them, from a page's beginning on, what is read.
#[derive(Debug)]
struct Overlapping {
    memory: Vec<u8>,
    /// Where the page begins.
    origin: usize,
    /// Where the bytes in use begin, and how many they are.
    start: usize,
    len: usize,
}

impl Overlapping {
    fn new(overlap: usize, len: usize) -> Self {
        let memory = vec![0; overlap + ALIGN + len + overlap];
        let origin = overlap + memory[overlap..].as_ptr().align_offset(ALIGN).min(ALIGN);
        Self { memory, origin, start: origin, len: 0 }
    }

    /// The place for `len` bytes behind `held`.
    fn behind(&mut self, held: &[u8], len: usize) -> &mut [u8] {
        self.start = self.origin - held.len();
        self.memory[self.start..self.origin].copy_from_slice(held);
        &mut self.memory[self.origin..][..len]
    }

    fn bytes(&self) -> &[u8] {
        &self.memory[self.start..][..self.len]
    }
}
