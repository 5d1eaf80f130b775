//! A signature that several threads read: records do not depend on each other.

use super::{
    crew::Crew,
    offsets::Offsets,
    placed::{PART, Placed},
    read_full,
};
use crate::{
    Drive, Error, FileSource, NoBasis,
    buffer::{ALIGN, Buffer},
    drive::{Turn, Watch},
};
use rollsync_core::{LoadJob, Records, SignatureParams};
use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, PoisonError},
};

/// Bytes of a signature's header.
const HEADER: usize = 12;

impl Drive<LoadJob> {
    /// As [`run`](Self::run), with `threads` threads, the calling one among them, of which each reads its own records, at their
    /// offsets. Only a regular file is read so, and only where memory is not limited. In the end it stands behind the last byte.
    ///
    /// # Errors
    /// When the file cannot be read or the job fails.
    pub fn run_with_threads_from(&mut self, input: impl FileSource, threads: usize) -> Result<(), Error> {
        self.run_with_threads_watched(input, threads, &mut |_, _| Ok(()))
    }

    pub(crate) fn run_with_threads_watched(
        &mut self,
        mut input: impl FileSource,
        threads: usize,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let begun = self.bytes_in() > 0 || self.job().offset() > 0;
        let alone = threads < 2 || begun || self.job().limits().memory.is_some();
        let Some(extent) = Placed::of(input.as_file()).filter(|_| !alone).map(|file| file.extent()) else {
            return self.run_watched(input, &mut NoBasis, io::sink(), watch);
        };
        watch(0, 0)?;
        // The reader sees how its bytes begin.
        let mut header = [0; HEADER];
        let len = read_full(&mut input, 0, &mut header, &mut |bytes_in| watch(bytes_in, 0))?;
        let mut begin = &header[..len];
        while self.turn_over(&mut begin, &mut NoBasis, &mut io::sink())? != Turn::Starved {}
        let (Some(params), Some(file)) = (self.job().params(), input.as_file()) else {
            return self.run_watched(input, &mut NoBasis, io::sink(), watch);
        };
        let file = Placed::at(file, extent);
        self.load_records(&Readers::new(file, params, threads), threads, watch)?;
        file.leave_behind(self.bytes_in())
    }

    fn load_records(
        &mut self,
        readers: &Readers<'_>,
        threads: usize,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        Crew::with(threads, &|who, offset| readers.records(who, offset), |crew| {
            let mut queue = VecDeque::new();
            let mut offsets = Offsets::new(readers.file, readers.piece_len, HEADER as u64);
            loop {
                watch(self.bytes_in(), 0)?;
                offsets.hand_out(crew, &mut queue, crew.depth(readers.piece_len));
                // All are there, unless a thread has panicked, and that is passed on.
                let Some(read) = queue.pop_front().and_then(|number| crew.take(number)) else {
                    return Ok(());
                };
                let Read { records, rest, is_last } = read?;
                let len = records.count() * records.params().record_len();
                self.job_mut().add(records).map_err(rollsync_core::Error::from)?;
                self.was_taken(len);
                if is_last {
                    return self.run_watched(&rest[..], &mut NoBasis, io::sink(), watch);
                }
            }
        })
    }
}

/// What the threads share that read records.
struct Readers<'f> {
    file: Placed<'f>,
    params: SignatureParams,
    piece_len: usize,
    /// Each thread's own, once it has begun.
    parts: Vec<Mutex<Option<Buffer>>>,
}

/// A piece of a signature.
struct Read {
    records: Records,
    /// What stands behind the last whole record.
    rest: Vec<u8>,
    /// Whether the signature ends with it.
    is_last: bool,
}

impl<'f> Readers<'f> {
    fn new(file: Placed<'f>, params: SignatureParams, threads: usize) -> Self {
        let parts = (0..threads).map(|_| Mutex::new(None)).collect();
        Self { file, params, piece_len: Records::MAX * params.record_len(), parts }
    }

    /// Reads the piece that begins at `offset`.
    fn records(&self, who: usize, offset: u64) -> Result<Read, Error> {
        let record_len = self.params.record_len();
        let part_len = PART / record_len * record_len;
        let mut part = self.parts[who].lock().unwrap_or_else(PoisonError::into_inner);
        let part = part.get_or_insert_with(|| Buffer::new(ALIGN + part_len));
        let mut records = Records::new(self.params);
        let mut len = 0;
        while len < self.piece_len {
            let (at, wanted) = (offset + len as u64, part_len.min(self.piece_len - len));
            // In memory it stands in its page as it does in a file that is read from its beginning.
            let in_page = usize::try_from(at % ALIGN as u64).unwrap_or(0);
            let place = &mut part.free()[in_page..][..wanted];
            let read = self.file.read(at, place)?;
            let taken = records.add(&place[..read])?;
            if read < wanted {
                return Ok(Read { records, rest: place[taken..read].to_vec(), is_last: true });
            }
            len += read;
        }
        Ok(Read { records, rest: Vec::new(), is_last: false })
    }
}
