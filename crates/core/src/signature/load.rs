//! Reading a signature.

use super::{Records, Signature};
use crate::{
    BlockLen, Format, Input, Job, Limits, LoadError, Progress, SignatureParams, Stats, Status, StrongLen,
    format::SIGNATURE_HEADER_LEN, seal, step::Room,
};

/// Reads a signature into memory, as leniently as librsync does: a magic of 0 means `72730147`, a strong length of 0
/// the whole digest, and an input that ends inside a weak sum ends there. A [seal](crate::seal) is checked and taken off.
///
/// Memory grows with what has arrived; nothing that the header says is trusted.
///
/// ```
/// use rollsync_core::{Input, Job, LoadJob, LoadError};
/// let mut job = LoadJob::new();
/// let result = job.step(Input::last(b"not a signature"), &mut []);
/// assert_eq!(result, Err(LoadError::StrongLen { found: 0x676e6174 }));
/// ```
#[derive(Clone, Debug)]
pub struct LoadJob {
    limits: Limits,
    /// The bytes of the header, then of a record, that have come so far.
    held: Held,
    header: [u8; SIGNATURE_HEADER_LEN],
    signature: Option<Signature>,
    offset: u64,
    finished: bool,
    failed: Option<LoadError>,
    stats: Stats,
}

#[derive(Clone, Debug)]
struct Held {
    bytes: [u8; 36],
    len: usize,
}

impl LoadJob {
    /// A job at the first byte of a signature.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limits: Limits::default(),
            held: Held { bytes: [0; 36], len: 0 },
            header: [0; SIGNATURE_HEADER_LEN],
            signature: None,
            offset: 0,
            finished: false,
            failed: None,
            stats: Stats::default(),
        }
    }

    /// The same with limits: of `records` and `memory`.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes back that the input had ended too early: more of it has come after all, and is offered next. Nothing happens
    /// after another error, or none. Nothing is lost, if the step that failed was offered no bytes. (librsync's callers
    /// may do so, by clearing `eof_in`.)
    pub fn rearm(&mut self) {
        if let Some(LoadError::InputEnded { .. }) = self.failed {
            self.failed = None;
        }
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// How many bytes it has taken, or records that stand for them.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// What the header says, once it has come.
    #[must_use]
    pub fn params(&self) -> Option<SignatureParams> {
        self.signature.as_ref().map(|signature| signature.params)
    }

    /// Takes the next records, which somebody has taken apart, as if their bytes had come.
    ///
    /// # Errors
    /// When there are more of them than the limits allow, or there is no memory for them; or when the job has failed before.
    ///
    /// # Panics
    /// When they are none of this signature's next: before the header has come, behind half a record or behind the end, or with
    /// other [parameters](Self::params).
    pub fn add(&mut self, records: Records) -> Result<(), LoadError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let signature = self.signature.as_mut().filter(|_| self.held.len == 0 && !self.finished);
        let signature = signature.filter(|signature| signature.params == records.params());
        let signature = signature.expect("records come behind a header of theirs, or behind records");
        let len = records.count() as u64 * signature.params.record_len() as u64;
        if let Err(error) = signature.append_parts(records, &self.limits) {
            self.failed = Some(error.into());
            return Err(error.into());
        }
        self.stats.blocks = signature.block_count() as u64;
        self.offset += len;
        Ok(())
    }

    /// The signature, once the job is done.
    #[must_use]
    pub fn into_signature(self) -> Option<Signature> {
        self.signature.filter(|_| self.finished)
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<Status, LoadError> {
        while !self.finished {
            if let Some(signature) = &mut self.signature {
                let record_len = signature.params.record_len();
                if self.held.len == 0 && room.input.len() >= record_len {
                    let whole = room.input.len() / record_len * record_len;
                    let records = room.take(whole);
                    self.offset += whole as u64;
                    signature.append(records, &self.limits)?;
                } else if self.held.fill(record_len, room, &mut self.offset) {
                    self.held.len = 0;
                    signature.append(&self.held.bytes[..record_len], &self.limits)?;
                } else if room.last {
                    // Less than a weak sum is a clean end, anything more is half a record.
                    if self.held.len >= 4 {
                        return Err(self.input_ended(record_len));
                    }
                    signature.basis = seal::unseal(signature, &self.header, self.held.len)?;
                    self.finished = true;
                } else {
                    return Ok(Status::NeedInput);
                }
                self.stats.blocks = signature.block_count() as u64;
            } else if !self.read_header(room)? {
                return Ok(Status::NeedInput);
            }
        }
        Ok(Status::Done)
    }

    /// Reads a field at a time: a field that is wrong counts before the next one is missing. Whether the header is whole.
    fn read_header(&mut self, room: &mut Room<'_, '_>) -> Result<bool, LoadError> {
        while self.held.len < SIGNATURE_HEADER_LEN {
            let field = self.held.len / 4;
            if !self.held.fill(4 * field + 4, room, &mut self.offset) {
                return if room.last { Err(self.input_ended(SIGNATURE_HEADER_LEN)) } else { Ok(false) };
            }
            let found = self.held.field(field);
            match field {
                1 if BlockLen::new(found.into()).is_err() => return Err(LoadError::BlockLen { found }),
                // Counted as soon as it is known, as librsync does.
                1 => self.stats.block_len = found,
                2 if found > 32 => return Err(LoadError::StrongLen { found }),
                _ => {}
            }
        }
        let params = self.judged()?;
        self.signature = Some(Signature::empty(params));
        self.header.copy_from_slice(&self.held.bytes[..SIGNATURE_HEADER_LEN]);
        self.held.len = 0;
        Ok(true)
    }

    /// What a whole header says. Only now the magic is judged.
    fn judged(&self) -> Result<SignatureParams, LoadError> {
        let found = self.held.field(0);
        let format = match found {
            0 => Some(Format::default()),
            magic => Format::from_magic(magic),
        };
        let format = format.ok_or(LoadError::BadMagic { found })?;
        let block_len = self.held.field(1);
        let block_len =
            BlockLen::new(block_len.into()).map_err(|_| LoadError::BlockLen { found: block_len })?;
        let found = self.held.bytes[11];
        let too_long = LoadError::StrongLenOfFormat { found, format };
        let strong_len = match found {
            0 => StrongLen::max(format),
            found => StrongLen::new(found.into()).map_err(|_| too_long)?,
        };
        SignatureParams::new(format, block_len, strong_len).map_err(|_| too_long)
    }

    const fn input_ended(&self, whole: usize) -> LoadError {
        LoadError::InputEnded { offset: self.offset, missing: (whole - self.held.len) as u64 }
    }
}

impl Default for LoadJob {
    fn default() -> Self {
        Self::new()
    }
}

impl Job for LoadJob {
    type Status = Status;
    type Error = LoadError;

    /// Never writes output.
    fn step(&mut self, input: Input<'_>, output: &mut [u8]) -> Result<Progress, LoadError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut room = Room::new(input, output);
        match self.advance(&mut room) {
            Ok(status) => Ok(room.progress(status)),
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }
}

impl Held {
    /// Takes input until it holds `want` bytes; whether it does.
    fn fill(&mut self, want: usize, room: &mut Room<'_, '_>, offset: &mut u64) -> bool {
        let taken = room.take(want - self.len);
        self.bytes[self.len..self.len + taken.len()].copy_from_slice(taken);
        self.len += taken.len();
        *offset += taken.len() as u64;
        self.len == want
    }

    /// The `i`-th 4-byte field.
    fn field(&self, i: usize) -> u32 {
        self.bytes.as_chunks().0.get(i).map_or(0, |field| u32::from_be_bytes(*field))
    }
}
