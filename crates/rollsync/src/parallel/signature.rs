//! A signature on several threads: blocks do not depend on each other.

use super::{
    SEGMENT_MAX, Told,
    crew::Crew,
    offsets::Offsets,
    placed::{PART, Placed},
    read_full,
};
use crate::{Error, FileSource, Side, buffer::Buffer, drive::Watch};
use rollsync_core::{
    Input, Job, LimitError, LimitKind, Limits, Progress, ResourceError, SignatureJob, SignatureParams, Stats,
    seal::{FileHasher, Seal},
};
use std::{
    collections::VecDeque,
    io::{Read, Write},
    sync::{Mutex, PoisonError},
};

/// About how many bytes a thread takes at once, and how many blocks at most: short blocks have more sums than bytes.
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
    basis: impl FileSource,
    output: impl Write,
    limits: Limits,
    threads: usize,
    watch: &mut Watch<'_>,
) -> Result<Stats, Error> {
    let block_len = params.block_len().as_usize();
    let segment_len = SEGMENT.div_ceil(block_len).min(BLOCKS_MAX) * block_len;
    let hasher = || seal.then(FileHasher::new);
    let mut sink = Sink { params, limits, stats: Stats::default(), output, hasher: hasher() };
    sink.stats.block_len = params.block_len().get();
    // A seal's digest is made from front to back, so that a thread must see all bytes.
    if let Some(file) = Placed::of(basis.as_file()).filter(|_| !seal) {
        let parts = (0..threads).map(|_| Mutex::new(None)).collect();
        let reader = OwnParts { params, file, segment_len, parts };
        let mut offsets = Offsets::new(file, segment_len, 0);
        write_in_order(&mut offsets, threads, &|who, offset| reader.records(who, offset), &mut sink, watch)?;
        file.leave_behind(sink.stats.bytes_in)?;
        return Ok(sink.stats);
    }
    let mut source =
        FrontToBack { basis, segment_len, offset: 0, ended: false, hasher: hasher(), spare: Vec::new() };
    let hash = |_, segment: Buffer| {
        let mut records = Vec::new();
        let added = add_records(params, segment.used(), &mut records);
        Made { len: segment.used().len(), piece: segment, is_last: false, records: added.map(|()| records) }
    };
    write_in_order(&mut source, threads, &hash, &mut sink, watch)?;
    if let (Some(basis), Some(carrier)) = (source.hasher, &sink.hasher) {
        let seal = Seal::Signature { basis: basis.finish() }.records(carrier, &params);
        sink.write(&seal)?;
    }
    Ok(sink.stats)
}

/// Has the pieces of a source worked on, and writes what comes of them.
fn write_in_order<S: Source>(
    source: &mut S,
    threads: usize,
    work: &(dyn Fn(usize, S::Piece) -> Made<S::Piece> + Sync),
    sink: &mut Sink<impl Write>,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    Crew::with(threads, work, |crew| {
        let mut queue = VecDeque::new();
        loop {
            source.hand_out(crew, &mut queue, &mut |bytes_in| watch(bytes_in, sink.stats.bytes_out))?;
            // All but the last are there, unless a thread has panicked, and that is passed on.
            let made = queue.pop_front().and_then(|number| crew.take(number));
            let Some(Made { piece, len, is_last, records }) = made else { return sink.begin() };
            let records = records?;
            // Nothing is written before something is read, or known not to be there.
            sink.begin()?;
            sink.add(len, &records)?;
            watch(sink.stats.bytes_in.max(source.read_so_far()), sink.stats.bytes_out)?;
            if is_last {
                return Ok(());
            }
            source.recycle(piece);
        }
    })
}

/// Where pieces of the basis come from.
trait Source {
    /// What is handed to a thread.
    type Piece: Send;

    /// Hands out pieces, as many as should be under way; their numbers. The queue stays empty when there are none any more.
    fn hand_out(
        &mut self,
        crew: &Crew<'_, Self::Piece, Made<Self::Piece>>,
        queue: &mut VecDeque<u64>,
        told: &mut Told<'_>,
    ) -> Result<(), Error>;

    /// How many bytes the calling thread has read so far; 0 where each reads for itself.
    fn read_so_far(&self) -> u64 {
        0
    }

    fn recycle(&mut self, piece: Self::Piece);
}

/// What became of a piece.
struct Made<P> {
    piece: P,
    /// How many bytes it had.
    len: usize,
    /// Whether the basis is known to end with it.
    is_last: bool,
    records: Result<Vec<u8>, Error>,
}

/// FrontToBack that the calling thread reads.
struct FrontToBack<R> {
    basis: R,
    segment_len: usize,
    offset: u64,
    ended: bool,
    /// For the seal.
    hasher: Option<FileHasher>,
    spare: Vec<Buffer>,
}

impl<R: Read> FrontToBack<R> {
    /// The next piece; `None` when there are no more.
    fn read(&mut self, told: &mut Told<'_>) -> Result<Option<Buffer>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut segment = self.spare.pop().unwrap_or_else(|| Buffer::new(self.segment_len));
        let place = segment.free();
        let len = read_full(&mut self.basis, self.offset, place, told)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&place[..len]);
        }
        self.ended = len < place.len();
        self.offset += len as u64;
        segment.end = len;
        Ok((len > 0).then_some(segment))
    }
}

impl<R: Read> Source for FrontToBack<R> {
    type Piece = Buffer;

    fn hand_out(
        &mut self,
        crew: &Crew<'_, Buffer, Made<Buffer>>,
        queue: &mut VecDeque<u64>,
        told: &mut Told<'_>,
    ) -> Result<(), Error> {
        while queue.len() < crew.depth(self.segment_len)
            && let Some(piece) = self.read(told)?
        {
            queue.push_back(crew.give(piece));
        }
        if self.ended {
            crew.close();
        }
        Ok(())
    }

    fn read_so_far(&self) -> u64 {
        self.offset
    }

    fn recycle(&mut self, mut segment: Buffer) {
        segment.clear();
        self.spare.push(segment);
    }
}

impl Source for Offsets<'_> {
    type Piece = u64;

    fn hand_out(
        &mut self,
        crew: &Crew<'_, u64, Made<u64>>,
        queue: &mut VecDeque<u64>,
        _: &mut Told<'_>,
    ) -> Result<(), Error> {
        Offsets::hand_out(self, crew, queue, crew.depth(self.piece_len));
        Ok(())
    }

    fn recycle(&mut self, _: u64) {}
}

/// Reads segments a part at a time.
struct OwnParts<'f> {
    params: SignatureParams,
    file: Placed<'f>,
    segment_len: usize,
    /// Each thread's own, once it has begun.
    parts: Vec<Mutex<Option<Buffer>>>,
}

impl OwnParts<'_> {
    fn records(&self, who: usize, offset: u64) -> Made<u64> {
        let mut part = self.parts[who].lock().unwrap_or_else(PoisonError::into_inner);
        let part = part.get_or_insert_with(|| Buffer::new(self.part_len()));
        let mut records = Vec::new();
        let (mut len, mut is_last) = (0, false);
        let mut add = || {
            while len < self.segment_len && !is_last {
                let place = part.free();
                let wanted = place.len().min(self.segment_len - len);
                let read = self.file.read(offset + len as u64, &mut place[..wanted])?;
                add_records(self.params, &place[..read], &mut records)?;
                len += read;
                is_last = read < wanted;
            }
            Ok(())
        };
        let added = add();
        Made { piece: offset, len, is_last, records: added.map(|()| records) }
    }

    /// Whole blocks, as many as are hashed at once or more of them.
    fn part_len(&self) -> usize {
        let batch_len = SignatureJob::new(self.params).batch_len();
        ((PART / batch_len).max(1) * batch_len).min(self.segment_len)
    }
}

/// Appends the records of whole blocks, or of the basis' last.
fn add_records(params: SignatureParams, bytes: &[u8], records: &mut Vec<u8>) -> Result<(), Error> {
    let blocks = bytes.len().div_ceil(params.block_len().as_usize());
    let begin = records.len();
    let header_len = params.header().len();
    records.resize(begin + header_len + blocks * params.record_len(), 0);
    let _: Progress = SignatureJob::new(params).step(Input::last(bytes), &mut records[begin..])?;
    records.drain(begin..begin + header_len);
    Ok(())
}

struct Sink<W> {
    params: SignatureParams,
    limits: Limits,
    stats: Stats,
    output: W,
    /// For the seal.
    hasher: Option<FileHasher>,
}

impl<W: Write> Sink<W> {
    /// Writes the header, unless it is written.
    fn begin(&mut self) -> Result<(), Error> {
        if self.stats.bytes_out == 0 { self.write(&self.params.header()) } else { Ok(()) }
    }

    /// Adds the records of so many bytes.
    fn add(&mut self, len: usize, records: &[u8]) -> Result<(), Error> {
        self.stats.bytes_in += len as u64;
        self.stats.blocks += (records.len() / self.params.record_len()) as u64;
        within(LimitKind::Records, self.limits.records, self.stats.blocks)?;
        self.write(records)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
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
