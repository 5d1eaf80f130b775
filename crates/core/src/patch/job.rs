//! The patch job.

use super::CommandReader;
use crate::{
    BasisRange, Command, Input, Job, Limits, PatchError, PatchStatus, Progress, Stats,
    seal::{FileHasher, Seal, Trailer},
    step::Room,
};
use alloc::boxed::Box;

/// Turns a basis and a delta into the new file.
///
/// Memory is constant. Literals go straight from input to output; the bytes of a copy are read by the caller, straight
/// into the output: [`NeedBasis`](PatchStatus::NeedBasis) says which, [`basis_copied`](Job::basis_copied) tells how
/// many there were. Who has another way to the new file gives as much as [`basis_wanted`](Job::basis_wanted) says, and
/// answers with [`basis_given`](Job::basis_given): copies that continue each other are one range then. What stands behind
/// END is not read, [unless asked for](Self::with_end_check).
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
    commands: CommandReader,
    state: State,
    /// Bytes of the copies behind this one, in the input that is offered again, that continue it in the basis and were
    /// not given yet.
    joined: u64,
    /// Bytes of those copies that were given before the copies are read.
    ahead: u64,
    failed: Option<PatchError>,
    end: EndCheck,
    /// Has seen what was consumed of the delta up to its END, when that is to be checked.
    carrier: Option<Box<FileHasher>>,
    seal: Option<Seal>,
    /// Copies are read and not made.
    forgoes_basis: bool,
}

/// What may stand behind a delta's END.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndCheck {
    /// Anything: nothing behind END is read.
    #[default]
    None,
    /// Nothing, or the three zeros of librsync.net's four-byte END. The delta is read to its end.
    Plain,
    /// That, or a [seal](crate::seal), which must hold: the delta is hashed while it is read.
    Seal,
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Reading,
    Copy {
        offset: u64,
        left: u64,
        /// How many bytes of it are out with the caller.
        asked: usize,
    },
    /// Behind END.
    Trailer(Trailer),
    Done,
}

impl PatchJob {
    /// A job at the first byte of a delta.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with limits: of `output` and `literal`.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.commands.set_limits(limits);
        // What was found under other limits may not be allowed now.
        self.joined = 0;
        self
    }

    /// The same, with a look at what stands behind END. To be said before the first step.
    #[must_use]
    pub fn with_end_check(mut self, end: EndCheck) -> Self {
        self.end = end;
        self.carrier = (end == EndCheck::Seal).then(Box::default);
        self
    }

    /// What may stand behind END.
    #[must_use]
    pub const fn end_check(&self) -> EndCheck {
        self.end
    }

    /// The delta's seal, once the job is done, if there is one and it was [looked for](EndCheck::Seal). That the delta is
    /// the one that was sealed is checked then; whether the new file is what the seal says is for the caller, who sees its
    /// bytes, to find out.
    #[must_use]
    pub const fn seal(&self) -> Option<Seal> {
        self.seal
    }

    /// Takes back that the input had ended too early: more of it has come after all, and is offered next. Nothing happens
    /// after another error, or none. Nothing is lost, if the step that failed was offered no bytes. (librsync's callers
    /// may do so, by clearing `eof_in`.)
    pub fn rearm(&mut self) {
        if let Some(PatchError::InputEnded { .. }) = self.failed {
            self.failed = None;
        }
    }

    /// Goes on to the delta's end without the basis, after a copy that reaches out of it: whether the delta is the one that was
    /// sealed is known there, and so which of the two is at fault. What comes out is no new file. False, and nothing happens,
    /// after another error or none, or where no seal is [looked for](EndCheck::Seal).
    pub fn forgo_basis(&mut self) -> bool {
        if let (Some(PatchError::BasisEnded { .. }), EndCheck::Seal) = (self.failed, self.end) {
            (self.failed, self.forgoes_basis) = (None, true);
            return true;
        }
        false
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<PatchStatus, PatchError> {
        loop {
            match &mut self.state {
                State::Reading => match self.commands.read(&mut room.input, room.last)? {
                    Some(Command::Literal { .. }) => {}
                    Some(Command::Copy { offset, len }) => self.begin_copy(offset, len, room.input),
                    Some(Command::End) if self.end == EndCheck::None => self.state = State::Done,
                    Some(Command::End) => {
                        self.hash(room.consumed());
                        self.state = State::Trailer(Trailer::new());
                    }
                    None if room.input.is_empty() => return Ok(PatchStatus::NeedInput),
                    None if room.output.is_empty() => return Ok(PatchStatus::NeedOutput),
                    None => {
                        let bytes = self.commands.take(&mut room.input, room.output.len());
                        room.put(bytes);
                    }
                },
                State::Copy { left: 0, .. } => self.state = State::Reading,
                State::Copy { .. } if self.forgoes_basis => self.state = State::Reading,
                State::Copy { offset, left, asked } => {
                    let len = room.output.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *asked = len;
                    if len == 0 {
                        return Ok(PatchStatus::NeedOutput);
                    }
                    return Ok(PatchStatus::NeedBasis(BasisRange { offset: *offset, len }));
                }
                State::Trailer(trailer) => {
                    let too_long = !trailer.take(room.take(usize::MAX));
                    if !room.last && !too_long {
                        return Ok(PatchStatus::NeedInput);
                    }
                    self.seal = trailer.judge(self.commands.offset(), self.carrier.as_deref())?;
                    self.state = State::Done;
                }
                State::Done => return Ok(PatchStatus::Done),
            }
        }
    }

    fn hash(&mut self, consumed: &[u8]) {
        if let Some(carrier) = &mut self.carrier {
            carrier.update(consumed);
        }
    }

    fn begin_copy(&mut self, offset: u64, len: u64, input: &[u8]) {
        let given = self.ahead.min(len);
        self.ahead -= given;
        // Offset and length are below 2⁶³ each.
        let (offset, left) = (offset + given, len - given);
        self.joined = self.joined.saturating_sub(left);
        if self.joined == 0 && left > 0 {
            self.joined = self.commands.continued(input, offset + left);
        }
        self.state = State::Copy { offset, left, asked: 0 };
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
            Ok(status) => {
                if !matches!(self.state, State::Trailer(_) | State::Done) {
                    self.hash(room.consumed());
                }
                Ok(room.progress(status))
            }
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    fn basis_copied(&mut self, len: usize) {
        let State::Copy { offset, left, asked } = self.state else { return };
        if asked > 0 && len == 0 {
            self.failed = Some(PatchError::BasisEnded { offset, missing: left });
        }
        self.basis_given(len.min(asked) as u64);
    }

    fn basis_wanted(&self) -> u64 {
        match self.state {
            State::Copy { left, asked: 1.., .. } => left.saturating_add(self.joined),
            _ => 0,
        }
    }

    fn basis_given(&mut self, len: u64) {
        let State::Copy { offset, left, asked } = &mut self.state else { return };
        if *asked == 0 {
            return;
        }
        *asked = 0;
        let here = len.min(*left);
        *offset += here;
        *left -= here;
        let ahead = (len - here).min(self.joined);
        self.joined -= ahead;
        self.ahead += ahead;
    }

    fn stats(&self) -> &Stats {
        self.commands.stats()
    }
}
