//! A delta on several threads: segments are searched ahead, and joined where the search proper comes to a position that
//! the other has been at.

use super::SEGMENT_MAX;
use crate::{
    Drive, Error, NoBasis, Side,
    drive::{Turn, Watch, read_full},
};
use rollsync_core::{DeltaJob, Searched, SignatureIndex};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, VecDeque},
    io::{Read, Write},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// So many segments in a row that were searched in vain show that the file is like itself.
const VAIN: u64 = 2;
/// So many are then not searched ahead.
const PAUSE: u32 = 16;

impl<I: Borrow<SignatureIndex> + Sync> Drive<DeltaJob<I>> {
    /// As [`run`](Self::run), with `threads` workers that search ahead of the calling thread, which does all reading and
    /// writing. The delta is the same, byte for byte, and so is what is counted. Memory is some MiB more.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run_with_threads(&mut self, input: impl Read, output: impl Write, threads: usize) -> Result<(), Error> {
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
        let segment_len = Searched::segment_len(self.job().index());
        // A limit of memory leaves none for segments; without records there is nothing to search.
        let alone = self.job().index().signature().is_empty() || limits.memory.is_some();
        if threads < 2 || alone || segment_len > SEGMENT_MAX {
            return self.run_watched(input, &mut NoBasis, output, watch);
        }
        let segment_len = usize::try_from(segment_len).unwrap_or(usize::MAX);
        let (tasks, queue) = channel::<Segment>();
        let (results, done) = channel();
        let queue = Mutex::new(queue);
        let index = self.job().shared_index();
        let index: &SignatureIndex = index.borrow();
        thread::scope(|scope| {
            for _ in 0..threads {
                let (queue, results) = (&queue, results.clone());
                scope.spawn(move || {
                    while let Some(task) = take(queue) {
                        let Segment { number, start, data, positions, last } = task;
                        let found = Searched::segment(index, options, &limits, &data, start, positions, last);
                        if results.send((number, found)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(results);
            // Whoever leaves this early drops the tasks' end; the workers then stop by themselves.
            let overlap = index.signature().params().block_len().as_usize() + 1;
            let reader = Cutter { input, segment_len, overlap, read: 0, next: None, ended: false };
            let ahead = Ahead { tasks, done, found: BTreeMap::new(), number: 0, pause: 0, vain: 0 };
            self.stitch(reader, ahead, threads + 1, &mut output, watch)
        })
    }
}
