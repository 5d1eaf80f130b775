//! A signature on several threads: blocks do not depend on each other.

use super::{SEGMENT_MAX, crew::Crew, read_full};
use crate::{Error, Side, buffer::ALIGN, drive::Watch};
use rollsync_core::{
    Input, Job, LimitError, LimitKind, Limits, ResourceError, SignatureJob, SignatureParams, Stats,
    seal::{FileHasher, Seal},
};
use std::{
    collections::VecDeque,
    io::{Read, Write},
};

/// About how many bytes a worker takes at once, and how many blocks at most: short blocks have more sums than bytes.
const SEGMENT: usize = 1 << 20;
const BLOCKS_MAX: usize = 1 << 14;

/// Whether blocks are short enough for segments of them.
pub(crate) fn can_cut(params: SignatureParams) -> bool {
    u64::from(params.block_len().get()) <= SEGMENT_MAX
}

/// Makes a signature, of which segments [can be cut](can_cut), with `threads` threads, at least 2, the calling one among them.
pub(crate) fn signature(
    params: SignatureParams,
    seal: bool,
    basis: impl Read,
    mut output: impl Write,
    limits: Limits,
    threads: usize,
    watch: &mut Watch<'_>,
) -> Result<Stats, Error> {
    let block_len = params.block_len().as_usize();
    let segment_len = SEGMENT.div_ceil(block_len).min(BLOCKS_MAX) * block_len;
    let hasher = || seal.then(FileHasher::new);
    let mut source =
        Source { basis, segment_len, offset: 0, ended: false, hasher: hasher(), spare: Vec::new() };
    let mut sink = Sink { limits, stats: Stats::default(), output: &mut output, hasher: hasher() };
    sink.stats.block_len = params.block_len().get();
    Crew::with(threads, &|segment| records(params, segment), |crew| {
        let mut queue = VecDeque::new();
        loop {
            while queue.len() < threads + 2
                && let Some(segment) = source.next()?
            {
                queue.push_back(crew.give(segment));
            }
            // Nothing is written before something is read, or known not to be there.
            if sink.stats.bytes_out == 0 {
                sink.write(&params.header(), 0)?;
            }
            // All but the last are there, unless a thread has panicked, and that is passed on.
            let Some(made) = queue.pop_front().and_then(|number| crew.take(number)) else {
                return Ok::<(), Error>(());
            };
            let Made { segment, blocks, records } = made;
            sink.stats.bytes_in += segment.len as u64;
            source.spare.push(segment);
            sink.write(&records?, blocks)?;
            watch(sink.stats.bytes_in, sink.stats.bytes_out)?;
        }
    })?;
    if let (Some(basis), Some(carrier)) = (source.hasher, &sink.hasher) {
        let seal = Seal::Signature { basis: basis.finish() }.records(carrier, &params);
        sink.write(&seal, 0)?;
    }
    Ok(sink.stats)
}

/// The basis, a segment at a time.
struct Source<R> {
    basis: R,
    segment_len: usize,
    offset: u64,
    ended: bool,
    /// For the seal.
    hasher: Option<FileHasher>,
    spare: Vec<Segment>,
}

/// Some blocks of the basis, in memory that begins with a page.
struct Segment {
    memory: Vec<u8>,
    start: usize,
    len: usize,
}

impl Segment {
    fn new(len: usize) -> Self {
        let memory = vec![0; len + ALIGN];
        let start = memory.as_ptr().align_offset(ALIGN).min(ALIGN);
        Self { memory, start, len }
    }
}

impl<R: Read> Source<R> {
    fn next(&mut self) -> Result<Option<Segment>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut segment = self.spare.pop().unwrap_or_else(|| Segment::new(self.segment_len));
        let place = &mut segment.memory[segment.start..][..self.segment_len];
        let read = read_full(&mut self.basis, place);
        let len = read.map_err(|source| Error::Io { side: Side::Read, offset: self.offset, source })?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&place[..len]);
        }
        self.ended = len < place.len();
        self.offset += len as u64;
        segment.len = len;
        Ok((len > 0).then_some(segment))
    }
}

/// What became of a segment.
struct Made {
    segment: Segment,
    blocks: u64,
    records: Result<Vec<u8>, ResourceError>,
}

fn records(params: SignatureParams, segment: Segment) -> Made {
    let blocks = segment.len.div_ceil(params.block_len().as_usize());
    let header_len = params.header().len();
    let mut records = vec![0; header_len + blocks * params.record_len()];
    let mut job = SignatureJob::new(params);
    let bytes = &segment.memory[segment.start..][..segment.len];
    let made = job.step(Input::last(bytes), &mut records).map(|progress| {
        records.truncate(progress.produced);
        records.drain(..header_len);
        records
    });
    Made { segment, blocks: job.stats().blocks, records: made }
}

struct Sink<W> {
    limits: Limits,
    stats: Stats,
    output: W,
    /// For the seal.
    hasher: Option<FileHasher>,
}

impl<W: Write> Sink<W> {
    fn write(&mut self, bytes: &[u8], blocks: u64) -> Result<(), Error> {
        self.stats.blocks += blocks;
        within(LimitKind::Records, self.limits.records, self.stats.blocks)?;
        within(LimitKind::Output, self.limits.output, self.stats.bytes_out + bytes.len() as u64)?;
        let offset = self.stats.bytes_out;
        self.output.write_all(bytes).map_err(|source| Error::Io { side: Side::Write, offset, source })?;
        self.stats.bytes_out += bytes.len() as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        Ok(())
    }
}

fn within(kind: LimitKind, limit: Option<u64>, needed: u64) -> Result<(), Error> {
    match limit {
        Some(limit) if needed > limit => Err(ResourceError::Limit(LimitError { kind, limit, needed }).into()),
        _ => Ok(()),
    }
}
