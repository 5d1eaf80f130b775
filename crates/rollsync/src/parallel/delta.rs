//! A delta on several threads: segments are searched ahead, and joined where the search proper comes to a position that
//! the other has been at.

use super::{
    SEGMENT_MAX,
    crew::Crew,
    own_reads::{OwnReads, Seekers},
    placed::Placed,
    read_ahead::ReadAhead,
    segment::{Cutter, Segment, Segments},
};
use crate::{
    Drive, Error, FileSource, NoBasis,
    drive::{Turn, Watch},
    file_source::Unplaced,
};
use rollsync_core::{DeltaJob, Searched, SignatureIndex};
use std::{
    borrow::Borrow,
    io::{Read, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// So much of a segment is offered at once: in between, somebody may stop the work.
const PART: usize = 1 << 20;
/// Below this block length nothing is searched ahead.
const BLOCK_LEN_MIN: usize = 128;

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
        self.run_with_threads_from(Unplaced(input), output, threads)
    }

    /// The same over a file, of which each thread reads its own parts, at their offsets: that is faster. In the end the file stands
    /// behind the last byte that was read.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run_with_threads_from(
        &mut self,
        input: impl FileSource,
        output: impl Write,
        threads: usize,
    ) -> Result<(), Error> {
        self.run_with_threads_watched(input, output, threads, &mut |_, _| Ok(()))
    }

    pub(crate) fn run_with_threads_watched(
        &mut self,
        input: impl FileSource,
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
        let segment_len = usize::try_from(segment_len).unwrap_or(usize::MAX);
        let stopped = AtomicBool::new(false);
        let go_on = || !stopped.load(Ordering::Relaxed);
        if let Some(file) = Placed::of(input.as_file()) {
            let seekers = Seekers::new(file, index, (options, limits), segment_len, threads, &go_on);
            Crew::with(threads, &|who, start| seekers.seek(who, start), |crew| {
                // Nobody waits for what is searched in vain, when the work fails or is cancelled.
                let _stopping = Stopping(&stopped);
                self.stitch(OwnReads::new(&seekers, crew, threads), &mut output, watch)
            })?;
            return file.leave_behind(self.bytes_in());
        }
        let search = |_, segment: Segment| {
            let Segment { start, data, positions, last } = segment;
            let positions = start..start + positions as u64;
            Searched::segment_while(index, options, &limits, data.bytes(), positions, last, &go_on)
        };
        Crew::with(threads, &search, |crew| {
            let _stopping = Stopping(&stopped);
            let cutter = Cutter::new(input, segment_len, index);
            self.stitch(ReadAhead::new(cutter, crew), &mut output, watch)
        })
    }

    /// Drives the job through the segments, with what was found in each of them.
    fn stitch(
        &mut self,
        mut segments: impl Segments,
        output: &mut impl Write,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let mut segment: Option<Segment> = None;
        let mut done = 0;
        loop {
            watch(self.bytes_in().max(segments.read_so_far()), self.bytes_out())?;
            let rest = segment.as_ref().map_or(&[][..], |segment| &segment.own()[done..]);
            let mut part = &rest[..rest.len().min(PART)];
            let (before, is_last) = (part.len(), part.len() == rest.len());
            let turn = self.turn_over(&mut part, &mut NoBasis, output)?;
            done += before - part.len();
            match turn {
                Turn::Done => return watch(self.bytes_in(), self.bytes_out()),
                Turn::Starved if !is_last => {}
                Turn::Starved => {
                    segments.learn(self.job().joined());
                    let bytes_out = self.bytes_out();
                    let next = segments.next(segment.take(), &mut |bytes_in| watch(bytes_in, bytes_out))?;
                    done = 0;
                    let Some((next, found)) = next else {
                        self.was_read(0);
                        continue;
                    };
                    segment = Some(next);
                    found.into_iter().for_each(|found| self.job_mut().searched(found));
                }
                Turn::Read(_) | Turn::ReadBasis | Turn::Written(_) | Turn::Busy => {}
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
