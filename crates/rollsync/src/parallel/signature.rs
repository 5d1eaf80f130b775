//! A signature on several threads: blocks do not depend on each other.

use super::{SEGMENT_MAX, read_full};
use crate::{Drive, Error, Side, drive::Watch};
use rollsync_core::{
    Input, Job, LimitError, LimitKind, Limits, ResourceError, SignatureJob, SignatureParams, Stats,
    seal::{FileHasher, Seal},
};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    sync::{
        Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

/// About how many bytes a worker takes at once, and how many blocks at most: short blocks have more sums than bytes.
const SEGMENT: usize = 1 << 20;
const BLOCKS_MAX: usize = 1 << 14;

/// Makes a signature with `threads` workers, at least 2.
pub(crate) fn signature(
    params: SignatureParams,
    seal: bool,
    basis: impl Read + Send,
    mut output: impl Write,
    limits: Limits,
    threads: usize,
    watch: &mut Watch<'_>,
) -> Result<Stats, Error> {
    let block_len = params.block_len().as_usize();
    if block_len as u64 > SEGMENT_MAX {
        let mut job = SignatureJob::new(params).with_limits(limits);
        if seal {
            job = job.sealed();
        }
        let mut drive = Drive::new(job);
        drive.run_watched(basis, &mut crate::NoBasis, output, watch)?;
        return Ok(drive.stats());
    }
    let segment_len = SEGMENT.div_ceil(block_len).min(BLOCKS_MAX) * block_len;
    let hasher = || seal.then(FileHasher::new);
    let source = Mutex::new(Source { basis, next: 0, offset: 0, ended: false, hasher: hasher() });
    let mut sink = Sink { limits, stats: Stats::default(), output: &mut output, hasher: hasher() };
    sink.stats.block_len = params.block_len().get();
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(threads);
        for _ in 0..threads {
            let (source, sender) = (&source, sender.clone());
            scope.spawn(move || work(params, segment_len, source, &sender));
        }
        drop(sender);
        // Whoever leaves this early drops the receiver; the workers then stop by themselves.
        let (mut waiting, mut next) = (BTreeMap::new(), 0);
        for (number, made) in receiver {
            waiting.insert(number, made);
            while let Some(made) = waiting.remove(&next) {
                let Segment { len, blocks, records } = made?;
                if next == 0 {
                    sink.write(&params.header(), 0)?;
                }
                next += 1;
                sink.stats.bytes_in += len as u64;
                sink.write(&records, blocks)?;
                watch(sink.stats.bytes_in, sink.stats.bytes_out)?;
            }
        }
        if next == 0 {
            sink.write(&params.header(), 0)?;
        }
        Ok::<(), Error>(())
    })?;
    let source = source.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Some(basis), Some(carrier)) = (source.hasher, &sink.hasher) {
        let seal = Seal::Signature { basis: basis.finish() }.records(carrier, &params);
        sink.write(&seal, 0)?;
    }
    Ok(sink.stats)
}

/// Where the workers take their segments from, one after another.
struct Source<R> {
    basis: R,
    next: u64,
    offset: u64,
    ended: bool,
    /// For the seal.
    hasher: Option<FileHasher>,
}

impl<R: Read> Source<R> {
    /// Fills `place` with the next segment; its number and length.
    fn take(&mut self, place: &mut [u8]) -> Option<(u64, Result<usize, Error>)> {
        if self.ended {
            return None;
        }
        let number = self.next;
        self.next += 1;
        let read = read_full(&mut self.basis, place);
        if let (Some(hasher), Ok(len)) = (&mut self.hasher, &read) {
            hasher.update(&place[..*len]);
        }
        self.ended = !matches!(read, Ok(len) if len == place.len());
        let offset = self.offset;
        self.offset += *read.as_ref().unwrap_or(&0) as u64;
        match read {
            Ok(0) => None,
            read => Some((number, read.map_err(|source| Error::Io { side: Side::Read, offset, source }))),
        }
    }
}

struct Segment {
    len: usize,
    blocks: u64,
    records: Vec<u8>,
}

fn work<R: Read>(
    params: SignatureParams,
    segment_len: usize,
    source: &Mutex<Source<R>>,
    sender: &SyncSender<(u64, Result<Segment, Error>)>,
) {
    let mut memory = vec![0; segment_len + 4096];
    let origin = memory.as_ptr().align_offset(4096).min(4096);
    let place = &mut memory[origin..][..segment_len];
    let header_len = params.header().len();
    loop {
        let taken = source.lock().unwrap_or_else(PoisonError::into_inner).take(place);
        let Some((number, read)) = taken else { return };
        let made = read.and_then(|len| {
            let blocks = len.div_ceil(params.block_len().as_usize());
            let mut records = vec![0; header_len + blocks * params.record_len()];
            let mut job = SignatureJob::new(params);
            let made = job.step(Input::last(&place[..len]), &mut records)?.produced;
            records.truncate(made);
            records.drain(..header_len);
            Ok(Segment { len, blocks: job.stats().blocks, records })
        });
        let failed = made.is_err();
        if sender.send((number, made)).is_err() || failed {
            return;
        }
    }
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
