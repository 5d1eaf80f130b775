//! What a file is, and what it holds.

mod delta;
#[cfg(test)]
mod tests;

use crate::{Drive, Error};
use delta::DeltaReader;
use rollsync_core::{
    CommandStats, DELTA_MAGIC, Error as EngineError, Format, Input, Job, LimitError, LimitKind, Limits,
    LoadError, LoadJob, Progress, ResourceError, Signature, SignatureParams, Stats, Status, StrongLen,
    seal::{FileDigest, SEAL_LEN, Seal, SealFinder},
};
use std::io::{self, Read};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inspection {
    /// A whole signature.
    Signature(SignatureSummary),
    /// A whole delta.
    Delta(DeltaSummary),
    /// Something else.
    Neither {
        /// The first four bytes, or as many as there are.
        first: [u8; 4],
        /// How many there are, 4 at most.
        len: usize,
    },
}

/// What a signature says of itself and its basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureSummary {
    /// The first four bytes as a big-endian number; 0 is read as the default format's.
    pub magic: u32,
    /// What it was made with.
    pub params: SignatureParams,
    /// Blocks of the basis: its records, but for those of a seal.
    pub blocks: u64,
    /// Its bytes, all of them.
    pub len: u64,
    /// Bytes behind the last record, at most 3, that count for nothing.
    pub trailing: u64,
    /// Length and digest of the basis, if the signature is sealed; the seal holds.
    pub basis: Option<FileDigest>,
}

impl SignatureSummary {
    /// The most bytes that its basis can have; the last block may be shorter.
    #[must_use]
    pub fn basis_len_max(&self) -> u64 {
        self.blocks.saturating_mul(self.params.block_len().get().into())
    }

    /// The fewest bytes that its basis can have.
    #[must_use]
    pub fn basis_len_min(&self) -> u64 {
        match self.blocks {
            0 => 0,
            // So many whole blocks, and one byte of the last.
            blocks => (blocks - 1).saturating_mul(self.params.block_len().get().into()) + 1,
        }
    }

    /// The least strong length that is recommended for such a basis; an accident is likelier below it.
    #[must_use]
    pub fn strong_len_min(&self) -> StrongLen {
        StrongLen::min_for(Some(self.basis_len_max()), self.params.block_len())
    }
}

/// What a delta says of itself, its basis and the new file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeltaSummary {
    /// Its copies.
    pub copy: CommandStats,
    /// Its literals.
    pub literal: CommandStats,
    /// Bytes of the longest copy.
    pub longest_copy: u64,
    /// Bytes of the longest literal.
    pub longest_literal: u64,
    /// Bytes of the new file.
    pub new_len: u64,
    /// Bytes that its basis must have at least: as far as the copies reach.
    pub basis_len_min: u64,
    /// Its bytes, magic and END included.
    pub len: u64,
    /// Bytes behind END that count for nothing: what stands there is neither a seal nor does it look like one.
    pub trailing: u64,
    /// What the delta is sealed for; the seal holds.
    pub seal: Option<Seal>,
}

impl DeltaSummary {
    /// Bytes of the whole file: the delta, and its seal or what else stands behind it.
    #[must_use]
    pub const fn file_len(&self) -> u64 {
        let seal = if self.seal.is_some() { SEAL_LEN as u64 } else { 0 };
        self.len + seal + self.trailing
    }
}

/// Says what a file is: a signature, a delta, or neither of them.
///
/// A signature or a delta is read to its end, a seal checked, and memory does not grow with it. What is told of as one is whole: it can
/// be [loaded](crate::load), or [applied](crate::patch) to a basis that is long enough.
///
/// Of a file that is neither, only the beginning is read: what a read gives until 4 bytes are there, or 12 when those
/// are zeros. A program that writes it into a pipe may find that closed; who minds reads the rest, with a `&mut` of
/// the reader.
///
/// ```
/// use rollsync::{Inspection, Limits, inspect};
/// let Inspection::Delta(delta) = inspect(&b"rs\x026\x45\x06\x05\x01!\0"[..], &Limits::default())? else {
///     unreachable!("it begins as deltas do")
/// };
/// assert_eq!((delta.copy.bytes, delta.literal.bytes), (5, 1));
/// assert_eq!((delta.new_len, delta.basis_len_min), (6, 11));
/// # Ok::<(), rollsync::Error>(())
/// ```
///
/// # Errors
/// When reading fails; and when the file begins as a signature or a delta but is cut or broken, the error that
/// loading or applying it with these limits would give. Of the limits, `records` and `output` count: nothing is held
/// in memory, and nothing written.
pub fn inspect(input: impl Read, limits: &Limits) -> Result<Inspection, Error> {
    let mut drive = Drive::new(InspectJob::new(*limits));
    drive.run(input, io::sink())?;
    Ok(drive.into_job().into_inspection())
}

/// Reads a file, and keeps what is counted.
#[derive(Debug)]
struct InspectJob {
    limits: Limits,
    /// The file's first bytes: a magic, or a signature's header.
    held: [u8; HEADER_LEN],
    held_len: usize,
    state: State,
    done: bool,
    failed: Option<EngineError>,
    stats: Stats,
}

/// A signature's magic, block length and strong length.
const HEADER_LEN: usize = len_of(SignatureParams::header);

const fn len_of<const LEN: usize>(_: fn(&SignatureParams) -> [u8; LEN]) -> usize {
    LEN
}

#[derive(Debug)]
enum State {
    Magic,
    Header { magic: u32 },
    Signature(SignatureSummary, Box<Option<SealFinder>>),
    Delta(Box<DeltaReader>),
    Neither,
}

impl InspectJob {
    fn new(limits: Limits) -> Self {
        let (held, stats) = ([0; HEADER_LEN], Stats::default());
        Self { limits, held, held_len: 0, state: State::Magic, done: false, failed: None, stats }
    }

    fn into_inspection(self) -> Inspection {
        match self.state {
            State::Signature(summary, _) => Inspection::Signature(summary),
            State::Delta(reader) => Inspection::Delta(reader.summary()),
            State::Magic | State::Header { .. } | State::Neither => {
                Inspection::Neither { first: self.first(), len: self.held_len.min(4) }
            }
        }
    }

    const fn first(&self) -> [u8; 4] {
        [self.held[0], self.held[1], self.held[2], self.held[3]]
    }

    /// Takes what it needs of `bytes`; whether it needs more.
    fn advance(&mut self, bytes: &mut &[u8], last: bool) -> Result<bool, EngineError> {
        loop {
            match &mut self.state {
                State::Magic => {
                    if !self.hold(4, bytes) {
                        return Ok(!last);
                    }
                    let magic = u32::from_be_bytes(self.first());
                    self.state = match magic {
                        DELTA_MAGIC => State::Delta(Box::new(DeltaReader::new(self.limits))),
                        // What a load reads as the default format's.
                        0 => State::Header { magic },
                        _ if Format::from_magic(magic).is_some() => State::Header { magic },
                        _ => State::Neither,
                    };
                }
                State::Header { magic } => {
                    let magic = *magic;
                    if !self.hold(HEADER_LEN, bytes) && !last {
                        return Ok(true);
                    }
                    self.state = match (params(&self.held[..self.held_len]), magic) {
                        (Ok(params), _) => {
                            let (len, finder) = (HEADER_LEN as u64, SealFinder::new(&self.held, params));
                            let summary =
                                SignatureSummary { magic, params, blocks: 0, len, trailing: 0, basis: None };
                            State::Signature(summary, Box::new(Some(finder)))
                        }
                        // Many a file begins with zeros.
                        (Err(_), 0) => State::Neither,
                        (Err(error), _) => return Err(error.into()),
                    };
                }
                State::Signature(summary, finder) => {
                    let taken = std::mem::take(bytes);
                    summary.len += taken.len() as u64;
                    summary.count(last, &self.limits)?;
                    if let Some(finder) = finder.as_mut() {
                        finder.update(taken);
                    }
                    if let Some(finder) = finder.take_if(|_| last) {
                        let sealed = finder.finish().map_err(LoadError::from)?;
                        if let Some((basis, blocks)) = sealed {
                            (summary.basis, summary.blocks) = (Some(basis), blocks);
                        }
                    }
                    return Ok(!last);
                }
                State::Delta(reader) => return reader.advance(bytes, last).map_err(EngineError::from),
                State::Neither => return Ok(false),
            }
        }
    }

    /// Takes bytes until `want` are held; whether they are.
    fn hold(&mut self, want: usize, bytes: &mut &[u8]) -> bool {
        let (head, rest) = bytes.split_at(bytes.len().min(want - self.held_len));
        self.held[self.held_len..][..head.len()].copy_from_slice(head);
        self.held_len += head.len();
        *bytes = rest;
        self.held_len == want
    }
}

/// What a load makes of a header, which may be cut.
fn params(header: &[u8]) -> Result<SignatureParams, LoadError> {
    let mut load = LoadJob::new();
    let _: Progress = load.step(Input::last(header), &mut [])?;
    let signature = load.into_signature().expect("a header without records is a whole signature");
    Ok(*signature.params())
}

impl SignatureSummary {
    /// Divides its bytes into records.
    fn count(&mut self, last: bool, limits: &Limits) -> Result<(), LoadError> {
        let record_len = self.params.record_len() as u64;
        let bytes = self.len - HEADER_LEN as u64;
        (self.blocks, self.trailing) = (bytes / record_len, bytes % record_len);
        let limit = limits.records.unwrap_or(u64::MAX).min(Signature::MAX_RECORDS);
        if self.blocks > limit {
            let error = LimitError { kind: LimitKind::Records, limit, needed: self.blocks };
            return Err(ResourceError::Limit(error).into());
        }
        // A load ends within a weak sum, and fails within a strong one.
        if last && self.trailing >= 4 {
            let missing = record_len - self.trailing;
            return Err(LoadError::InputEnded { offset: self.len, missing });
        }
        Ok(())
    }
}

impl Job for InspectJob {
    type Status = Status;
    type Error = EngineError;

    fn step(&mut self, input: Input<'_>, _: &mut [u8]) -> Result<Progress, EngineError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut bytes = input.bytes();
        if !self.done {
            match self.advance(&mut bytes, input.is_last()) {
                Ok(more) => self.done = !more,
                Err(error) => {
                    self.failed = Some(error);
                    return Err(error);
                }
            }
        }
        let status = if self.done { Status::Done } else { Status::NeedInput };
        Ok(Progress { consumed: input.bytes().len() - bytes.len(), produced: 0, status })
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }
}
