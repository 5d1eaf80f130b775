//! Segments of a file that each thread reads itself, and searches while it reads.

use super::{
    Told,
    crew::Crew,
    offsets::Offsets,
    pause::Pause,
    placed::{PART, Placed},
    segment::{Found, Overlapping, Segment, Segments},
};
use crate::Error;
use rollsync_core::{DeltaOptions, Limits, Searched, SegmentSearch, SignatureIndex};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What the threads share that read and search segments.
pub(super) struct Seekers<'a> {
    file: Placed<'a>,
    index: &'a SignatureIndex,
    options: DeltaOptions,
    limits: Limits,
    go_on: &'a (dyn Fn() -> bool + Sync),
    segment_len: usize,
    /// How far a window reaches out of its segment, and the byte behind it.
    overlap: usize,
    /// Each thread's own.
    searches: Vec<Mutex<Option<SegmentSearch<'a>>>>,
    /// Each thread's memory of segments that are done with.
    spare: Vec<Mutex<Vec<Overlapping>>>,
}

/// A segment that was read, what was found in it, and whose memory it is in.
pub(super) struct Sought {
    segment: Segment,
    searched: Searched,
    who: usize,
}

impl<'a> Seekers<'a> {
    pub(super) fn new(
        file: Placed<'a>,
        index: &'a SignatureIndex,
        (options, limits): (DeltaOptions, Limits),
        segment_len: usize,
        threads: usize,
        go_on: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let overlap = index.signature().params().block_len().as_usize() + 1;
        let searches = (0..threads).map(|_| Mutex::new(None)).collect();
        let spare = (0..threads).map(|_| Mutex::default()).collect();
        Self { file, index, options, limits, go_on, segment_len, overlap, searches, spare }
    }

    /// Reads and searches the segment that begins at `start`.
    pub(super) fn seek(&self, who: usize, start: u64) -> Result<Sought, Error> {
        let mut data = self.memory(who);
        let mut search = self.searches[who].lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || SegmentSearch::new(self.index, self.options, &self.limits);
        let search = search.get_or_insert_with(begin);
        search.begin(start..start.saturating_add(self.segment_len as u64));
        let whole = self.segment_len + self.overlap;
        let (mut len, mut last) = (0, false);
        while len < whole && !last {
            let left = whole - len;
            let wanted = if left < PART + self.overlap { left } else { PART };
            let place = &mut data.behind(&[], whole)[len..][..wanted];
            let read = self.file.read(start.saturating_add(len as u64), place)?;
            last = read < wanted;
            len += read;
            search.go_on(data.filled(len), last, self.go_on);
        }
        let positions = if last { len } else { self.segment_len };
        let segment = Segment { start, data: Arc::new(data), positions, last };
        Ok(Sought { segment, searched: search.finish(), who })
    }

    fn memory(&self, who: usize) -> Overlapping {
        let spare = self.spare(who).pop();
        spare.unwrap_or_else(|| Overlapping::new(self.overlap, self.segment_len))
    }

    fn spare(&self, who: usize) -> MutexGuard<'_, Vec<Overlapping>> {
        self.spare[who].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Segments on their way: given to the crew by their places, taken back in order.
pub(super) struct OwnReads<'c, 'w> {
    seekers: &'c Seekers<'w>,
    crew: &'c Crew<'c, u64, Result<Sought, Error>>,
    queue: VecDeque<u64>,
    /// How many there are in it at most, and how many when some were in vain.
    depth: usize,
    depth_in_doubt: usize,
    /// Of the segments that are not in the queue.
    offsets: Offsets<'w>,
    /// Whose memory the last segment is in.
    who: usize,
    /// What was read beyond the last segment. What is read there again may be different by now; these bytes count, for what was
    /// found in the segment may hang on them.
    tail: Vec<u8>,
    ended: bool,
    pause: Pause,
}

impl<'c, 'w> OwnReads<'c, 'w> {
    pub(super) fn new(
        seekers: &'c Seekers<'w>,
        crew: &'c Crew<'c, u64, Result<Sought, Error>>,
        threads: usize,
    ) -> Self {
        let (queue, tail, pause) = (VecDeque::new(), Vec::new(), Pause::default());
        let (depth, depth_in_doubt) = (crew.depth(seekers.segment_len), threads);
        let offsets = Offsets::new(seekers.file, seekers.segment_len, 0);
        Self { seekers, crew, queue, depth, depth_in_doubt, offsets, who: 0, tail, ended: false, pause }
    }

    fn recycle(&mut self, done: Segment) {
        self.tail.clear();
        self.tail.extend_from_slice(&done.data.bytes()[done.positions..]);
        if let Some(data) = Arc::into_inner(done.data) {
            self.seekers.spare(self.who).push(data);
        }
    }

    /// Reads what comes next as one thread would: part by part, and nothing ahead of its turn.
    fn read_part(&mut self) -> Result<Segment, Error> {
        let segment_len = self.seekers.segment_len as u64;
        let start = self.offsets.next;
        let left = usize::try_from(segment_len - start % segment_len).unwrap_or(usize::MAX);
        let wanted = PART.min(left - self.tail.len());
        let mut data = self.seekers.memory(0);
        let place = data.behind(&self.tail, wanted);
        let read = self.seekers.file.read(start + self.tail.len() as u64, place)?;
        let positions = data.filled(self.tail.len() + read).len();
        self.offsets.next += positions as u64;
        if self.offsets.next.is_multiple_of(segment_len) {
            self.pause.counts();
        }
        self.who = 0;
        Ok(Segment { start, data: Arc::new(data), positions, last: read < wanted })
    }
}

impl Segments for OwnReads<'_, '_> {
    fn learn(&mut self, joined: (u64, u64)) {
        if self.pause.learn(joined) {
            while self.queue.back().is_some_and(|number| self.crew.withdraw(*number)) {
                self.queue.pop_back();
                self.offsets.next -= self.seekers.segment_len as u64;
            }
        }
    }

    fn next(&mut self, done: Option<Segment>, _: &mut Told<'_>) -> Result<Option<Found>, Error> {
        if let Some(done) = done {
            self.recycle(done);
        }
        if self.ended {
            return Ok(None);
        }
        if self.pause.is_on() && self.queue.is_empty() {
            let segment = self.read_part()?;
            self.ended = segment.last;
            return Ok(Some((segment, None)));
        }
        let depth = match (self.pause.is_on(), self.pause.was_on()) {
            (true, _) => 0,
            (false, true) => self.depth_in_doubt,
            (false, false) => self.depth,
        };
        self.offsets.hand_out(self.crew, &mut self.queue, depth);
        // All are there, unless a thread has panicked, and that is passed on.
        let Some(sought) = self.queue.pop_front().and_then(|number| self.crew.take(number)) else {
            return Ok(None);
        };
        let Sought { mut segment, searched, who } = sought?;
        self.who = who;
        let mut searched = Some(searched);
        if !segment.data.bytes().starts_with(&self.tail) {
            // The file was changed meanwhile.
            searched = None;
            if let Some(data) = Arc::get_mut(&mut segment.data) {
                data.overwrite(&self.tail);
                segment.positions = segment.positions.max(if segment.last { data.bytes().len() } else { 0 });
            }
        }
        self.ended = segment.last;
        Ok(Some((segment, searched)))
    }
}
