//! Segments that the calling thread reads, and others search.

use super::{
    Told,
    crew::Crew,
    pause::Pause,
    segment::{Cutter, Found, Segment, Segments},
};
use crate::Error;
use rollsync_core::Searched;
use std::{collections::VecDeque, io::Read};

/// Segments on their way: read, given to the crew, taken back in order.
pub(super) struct ReadAhead<'c, 'w, R> {
    cutter: Cutter<R>,
    crew: &'c Crew<'w, Segment, Searched>,
    /// Each segment that is read, with its number when it is being searched.
    queue: VecDeque<(Segment, Option<u64>)>,
    pause: Pause,
}

impl<'c, 'w, R: Read> ReadAhead<'c, 'w, R> {
    pub(super) fn new(cutter: Cutter<R>, crew: &'c Crew<'w, Segment, Searched>) -> Self {
        Self { cutter, crew, queue: VecDeque::new(), pause: Pause::default() }
    }
}

impl<R: Read> Segments for ReadAhead<'_, '_, R> {
    fn learn(&mut self, joined: (u64, u64)) {
        if self.pause.learn(joined) {
            for (_, number) in &mut self.queue {
                *number = number.filter(|number| !self.crew.withdraw(*number));
            }
        }
    }

    fn read_so_far(&self) -> u64 {
        self.cutter.offset()
    }

    fn next(&mut self, done: Option<Segment>, told: &mut Told<'_>) -> Result<Option<Found>, Error> {
        self.cutter.recycle(done);
        while self.queue.len() < self.crew.depth(self.cutter.segment_len())
            && let Some(segment) = self.cutter.next(told)?
        {
            let number = (!self.pause.counts()).then(|| self.crew.give(segment.clone()));
            self.queue.push_back((segment, number));
        }
        if self.cutter.has_ended() {
            self.crew.close();
        }
        let Some((segment, number)) = self.queue.pop_front() else { return Ok(None) };
        Ok(Some((segment, number.and_then(|number| self.crew.take(number)))))
    }
}
