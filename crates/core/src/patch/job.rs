//! The patch job.

use crate::{
    BasisRange, Command, CommandDecoder, DELTA_MAGIC, Input, Job, Limits, PatchError, PatchStatus, Progress,
    Stats, error::DeltaPart, step::Room,
};

/// Turns a basis and a delta into the new file.
///
/// Memory is constant. Literals go straight from input to output; the bytes of a copy are read by the caller, straight
/// into the output: [`NeedBasis`](PatchStatus::NeedBasis) says which, [`basis_copied`](Job::basis_copied) tells how
/// many there were. Nothing behind END is read.
///
/// ```
/// use rollsync_core::{Input, Job, PatchJob, PatchStatus};
/// let (basis, delta) = (b"hello world", b"rs\x026\x45\x06\x05\x01!\0");
/// let (mut job, mut input, mut new, mut len) = (PatchJob::new(), &delta[..], [0; 16], 0);
/// loop {
///     let progress = job.step(Input::last(input), &mut new[len..])?;
///     input = &input[progress.consumed..];
///     len += progress.produced;
///     match progress.status {
///         PatchStatus::NeedBasis(range) => {
///             let from = range.offset as usize;
///             new[len..len + range.len].copy_from_slice(&basis[from..from + range.len]);
///             job.basis_copied(range.len);
///             len += range.len;
///         }
///         PatchStatus::Done => break,
///         status => panic!("{status:?} cannot be: all input is here, and room enough"),
///     }
/// }
/// assert_eq!(&new[..len], b"world!");
/// # Ok::<(), rollsync_core::PatchError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PatchJob {
    limits: Limits,
    state: State,
    /// Bytes of the delta consumed.
    offset: u64,
    /// Bytes of the new file that the commands so far stand for.
    written: u64,
    failed: Option<PatchError>,
    stats: Stats,
}

#[derive(Clone, Debug)]
enum State {
    Magic {
        bytes: [u8; 4],
        len: usize,
    },
    Command(CommandDecoder),
    Literal {
        left: u64,
    },
    /// `asked` bytes of the copy are out with the caller.
    Copy {
        offset: u64,
        left: u64,
        asked: usize,
    },
    Done,
}

impl Default for State {
    fn default() -> Self {
        Self::Magic { bytes: [0; 4], len: 0 }
    }
}

impl PatchJob {
    /// A job at the first byte of a delta.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with limits: of `output`.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes back that the input had ended too early: more of it has come after all, and is offered next. Nothing happens
    /// after another error, or none. Nothing is lost, if the step that failed was offered no bytes. (librsync's callers
    /// may do so, by clearing `eof_in`.)
    pub fn rearm(&mut self) {
        if let Some(PatchError::InputEnded { .. }) = self.failed {
            self.failed = None;
        }
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<PatchStatus, PatchError> {
        loop {
            match &mut self.state {
                State::Magic { bytes, len } => {
                    let taken = room.take(4 - *len);
                    bytes[*len..*len + taken.len()].copy_from_slice(taken);
                    *len += taken.len();
                    self.offset += taken.len() as u64;
                    if *len < 4 {
                        return self.more(room, DeltaPart::Magic);
                    }
                    let found = u32::from_be_bytes(*bytes);
                    if found != DELTA_MAGIC {
                        return Err(PatchError::BadMagic { found });
                    }
                    self.state = State::Command(CommandDecoder::new());
                }
                State::Command(decoder) => {
                    let (begun, held) = (self.offset - decoder.held() as u64, room.input.len());
                    let decoded = decoder.decode(&mut room.input);
                    self.offset += (held - room.input.len()) as u64;
                    match decoded {
                        Ok(Some(command)) => {
                            let command_len = self.offset - begun;
                            self.accept(command, usize::try_from(command_len).unwrap_or(usize::MAX))?;
                        }
                        Ok(None) if decoder.held() == 0 => return self.more(room, DeltaPart::Opcode),
                        Ok(None) => return self.more(room, DeltaPart::Parameters),
                        Err(error) => return Err(PatchError::Command { offset: begun, error }),
                    }
                }
                State::Literal { left: 0 } | State::Copy { left: 0, .. } => {
                    self.state = State::Command(CommandDecoder::new());
                }
                State::Literal { left } => {
                    if room.input.is_empty() {
                        return self.more(room, DeltaPart::Literal);
                    }
                    let len = room.input.len().min(room.output.len()).min(clamped(*left));
                    if len == 0 {
                        return Ok(PatchStatus::NeedOutput);
                    }
                    let bytes = room.take(len);
                    room.put(bytes);
                    *left -= len as u64;
                    self.offset += len as u64;
                }
                State::Copy { offset, left, asked } => {
                    let len = room.output.len().min(clamped(*left));
                    *asked = len;
                    if len == 0 {
                        return Ok(PatchStatus::NeedOutput);
                    }
                    return Ok(PatchStatus::NeedBasis(BasisRange { offset: *offset, len }));
                }
                State::Done => return Ok(PatchStatus::Done),
            }
        }
    }

    fn accept(&mut self, command: Command, command_len: usize) -> Result<(), PatchError> {
        let len = match command {
            Command::Literal { len } | Command::Copy { len, .. } => len,
            Command::End => 0,
        };
        // As far as the caller lets it, before a byte of it is moved.
        self.written = self.written.saturating_add(len);
        self.limits.check_output(self.written).map_err(PatchError::Limit)?;
        self.state = match command {
            Command::Literal { len } => {
                self.stats.literal.count(len, command_len);
                State::Literal { left: len }
            }
            Command::Copy { offset, len } => {
                self.stats.copy.count(len, command_len);
                State::Copy { offset, left: len, asked: 0 }
            }
            Command::End => State::Done,
        };
        Ok(())
    }

    fn more(&self, room: &Room<'_, '_>, part: DeltaPart) -> Result<PatchStatus, PatchError> {
        if room.last {
            Err(PatchError::InputEnded { offset: self.offset, part })
        } else {
            Ok(PatchStatus::NeedInput)
        }
    }
}

impl Job for PatchJob {
    type Status = PatchStatus;
    type Error = PatchError;

    fn step(&mut self, input: Input<'_>, output: &mut [u8]) -> Result<Progress<PatchStatus>, PatchError> {
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

    fn basis_copied(&mut self, len: usize) {
        let State::Copy { offset, left, asked } = &mut self.state else { return };
        if *asked == 0 {
            return;
        }
        if len == 0 {
            self.failed = Some(PatchError::BasisEnded { offset: *offset, missing: *left });
        }
        let len = len.min(*asked) as u64;
        // Offset and length are below 2⁶³ each.
        *offset += len;
        *left -= len;
        *asked = 0;
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }
}

/// A file quantity, as far as memory goes.
fn clamped(len: u64) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}
