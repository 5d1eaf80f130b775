//! Reading the commands of a delta, without its basis.

use crate::{Command, CommandDecoder, DELTA_MAGIC, Limits, PatchError, Stats, error::DeltaPart};

/// Reads a delta from its magic to END: the commands, and between them the bytes of the literals. Nothing behind END is
/// taken.
///
/// ```
/// use rollsync_core::{CommandReader, format::Command};
/// let mut input = &b"rs\x026\x45\x06\x05\x01!\0"[..];
/// let mut reader = CommandReader::new();
/// assert_eq!(reader.read(&mut input, true)?, Some(Command::Copy { offset: 6, len: 5 }));
/// assert_eq!(reader.read(&mut input, true)?, Some(Command::Literal { len: 1 }));
/// assert_eq!(reader.take(&mut input, usize::MAX), b"!");
/// assert_eq!(reader.read(&mut input, true)?, Some(Command::End));
/// assert_eq!((reader.offset(), reader.new_len()), (10, 6));
/// # Ok::<(), rollsync_core::PatchError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CommandReader {
    limits: Limits,
    state: State,
    decoder: CommandDecoder,
    offset: u64,
    new_len: u64,
    stats: Stats,
}

#[derive(Clone, Debug)]
enum State {
    Magic { bytes: [u8; 4], len: usize },
    Command,
    Literal { left: u64 },
    Ended,
}

impl Default for State {
    fn default() -> Self {
        Self::Magic { bytes: [0; 4], len: 0 }
    }
}

impl CommandReader {
    /// A reader at the first byte of a delta.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader for which somebody else has read the delta's magic: at its first command.
    #[must_use]
    pub fn behind_magic() -> Self {
        Self { state: State::Command, offset: 4, ..Self::default() }
    }

    /// The same with limits: of `output`, the bytes of the new file, and `literal`.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets limits for the commands that follow.
    pub(super) const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Takes input up to the end of a command and returns it, END again and again. `None` when that takes more input
    /// than there is, which is all taken then; or, when input is left, bytes of a literal that are to be
    /// [taken](Self::take) before.
    ///
    /// # Errors
    /// When it is no delta, a command is none or asks for more than the limits allow, or the input is used up and was
    /// the `last`.
    pub fn read(&mut self, input: &mut &[u8], last: bool) -> Result<Option<Command>, PatchError> {
        loop {
            match &mut self.state {
                State::Magic { bytes, len } => {
                    let (head, rest) = input.split_at(input.len().min(4 - *len));
                    bytes[*len..*len + head.len()].copy_from_slice(head);
                    *len += head.len();
                    self.offset += head.len() as u64;
                    *input = rest;
                    if *len < 4 {
                        return self.more(last, DeltaPart::Magic);
                    }
                    let found = u32::from_be_bytes(*bytes);
                    if found != DELTA_MAGIC {
                        return Err(PatchError::BadMagic { found });
                    }
                    self.state = State::Command;
                }
                State::Command => {
                    let (begun, offered) = (self.offset - self.decoder.held() as u64, input.len());
                    let decoded = self.decoder.decode(input);
                    self.offset += (offered - input.len()) as u64;
                    return match decoded {
                        Ok(Some(command)) => self.accept(command, begun).map(Some),
                        Ok(None) if self.decoder.held() == 0 => self.more(last, DeltaPart::Opcode),
                        Ok(None) => self.more(last, DeltaPart::Parameters),
                        Err(error) => Err(PatchError::Command { offset: begun, error }),
                    };
                }
                State::Literal { left: 0 } => self.state = State::Command,
                State::Literal { .. } if input.is_empty() => return self.more(last, DeltaPart::Literal),
                State::Literal { .. } => return Ok(None),
                State::Ended => return Ok(Some(Command::End)),
            }
        }
    }

    /// Takes bytes of the literal off the front of `input`, `most` at most; none where no literal is.
    pub fn take<'i>(&mut self, input: &mut &'i [u8], most: usize) -> &'i [u8] {
        let State::Literal { left } = &mut self.state else { return &[] };
        let len = input.len().min(most).min(usize::try_from(*left).unwrap_or(usize::MAX));
        let (head, rest) = input.split_at(len);
        *left -= len as u64;
        self.offset += len as u64;
        *input = rest;
        head
    }

    /// Bytes of the delta that were taken.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes of the new file that the commands so far stand for.
    #[must_use]
    pub const fn new_len(&self) -> u64 {
        self.new_len
    }

    /// The literals and copies so far.
    #[must_use]
    pub const fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The bytes of the whole copies at the front of `input` that begin at `end` of the basis and follow each other
    /// there, as far as the limits allow. Nothing is taken: what is behind them may be wrong in any way.
    pub(super) fn continued(&self, mut input: &[u8], end: u64) -> u64 {
        let (mut decoder, mut joined) = (CommandDecoder::new(), 0);
        while Command::is_copy(input) {
            match decoder.decode(&mut input) {
                // Offsets and lengths are below 2⁶³; a sum that is above it is no offset.
                Ok(Some(Command::Copy { offset, len })) if end.checked_add(joined) == Some(offset) => {
                    let new_len = self.new_len.saturating_add(joined).saturating_add(len);
                    if self.limits.check_output(new_len).is_err() {
                        break;
                    }
                    joined += len;
                }
                _ => break,
            }
        }
        joined
    }

    fn accept(&mut self, command: Command, begun: u64) -> Result<Command, PatchError> {
        let len = match command {
            Command::Literal { len } | Command::Copy { len, .. } => len,
            Command::End => 0,
        };
        // As far as the caller lets it, before a byte of it is moved.
        self.new_len = self.new_len.saturating_add(len);
        self.limits.check_output(self.new_len).map_err(PatchError::Limit)?;
        let command_len = usize::try_from(self.offset - begun).unwrap_or(usize::MAX);
        match command {
            Command::Literal { len } => {
                self.limits.check_literal(len).map_err(PatchError::Limit)?;
                self.stats.literal.count(len, command_len);
                self.state = State::Literal { left: len };
            }
            Command::Copy { len, .. } => self.stats.copy.count(len, command_len),
            Command::End => self.state = State::Ended,
        }
        Ok(command)
    }

    const fn more(&self, last: bool, part: DeltaPart) -> Result<Option<Command>, PatchError> {
        if last { Err(PatchError::InputEnded { offset: self.offset, part }) } else { Ok(None) }
    }
}
