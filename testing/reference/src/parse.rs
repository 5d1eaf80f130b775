use std::fmt;

use crate::{Command, DELTA_MAGIC};

/// Reads a whole delta, as strictly as librsync: in any parameter widths, up to and including the first END.
pub fn parse_delta(delta: &[u8]) -> Result<ParsedDelta, DeltaError> {
    parse_magic(delta)?;
    let (mut at, mut commands) = (4, Vec::new());
    loop {
        let (header, next) = parse_header(delta, at)?;
        let (command, end) = match header {
            Header::End => (Command::End, next),
            Header::Copy { offset, len } => (Command::Copy { offset, len }, next),
            Header::Literal { len } => {
                let payload = usize::try_from(len).ok().and_then(|len| delta[next..].get(..len));
                let payload = payload.ok_or(DeltaError { offset: at, kind: DeltaErrorKind::LiteralEnded })?;
                (Command::Literal(payload.to_vec()), next + payload.len())
            }
        };
        let ended = command == Command::End;
        commands.push(Located { offset: at, header_len: next - at, command });
        at = end;
        if ended {
            return Ok(ParsedDelta { commands, len: at });
        }
    }
}

/// `Ok` when `delta` starts with the delta magic.
pub fn parse_magic(delta: &[u8]) -> Result<(), DeltaError> {
    match delta.first_chunk().map(|magic| u32::from_be_bytes(*magic)) {
        None => Err(DeltaError { offset: 0, kind: DeltaErrorKind::InputEnded }),
        Some(DELTA_MAGIC) => Ok(()),
        Some(magic) => Err(DeltaError { offset: 0, kind: DeltaErrorKind::BadMagic { magic } }),
    }
}

/// Reads the opcode and the parameters at `at`; gives them and where they end, which is where a payload starts.
pub fn parse_header(delta: &[u8], at: usize) -> Result<(Header, usize), DeltaError> {
    let fail = |kind| DeltaError { offset: at, kind };
    let ended = || fail(DeltaErrorKind::InputEnded);
    let opcode = *delta.get(at).ok_or_else(ended)?;
    let mut next = at + 1;
    let mut parameter = |width_index: u8| {
        let bytes = delta.get(next..next + (1 << width_index)).ok_or_else(ended)?;
        next += bytes.len();
        let value = bytes.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        Ok(value.cast_signed())
    };
    let header = match opcode {
        0x00 => Header::End,
        0x01..=0x40 => Header::Literal { len: u64::from(opcode) },
        0x41..=0x44 => {
            let len = parameter(opcode - 0x41)?;
            let len = positive(len).ok_or(fail(DeltaErrorKind::LiteralLen { len }))?;
            Header::Literal { len }
        }
        0x45..=0x54 => {
            let (offset, len) = (parameter((opcode - 0x45) / 4)?, parameter((opcode - 0x45) % 4)?);
            // The length is checked first.
            let len = positive(len).ok_or(fail(DeltaErrorKind::CopyLen { len }))?;
            let offset = u64::try_from(offset).map_err(|_| fail(DeltaErrorKind::CopyOffset { offset }))?;
            Header::Copy { offset, len }
        }
        0x55..=0xff => return Err(fail(DeltaErrorKind::Opcode { opcode })),
    };
    Ok((header, next))
}

fn positive(len: i64) -> Option<u64> {
    u64::try_from(len).ok().filter(|&len| len > 0)
}

/// A command without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// `len` bytes of payload follow.
    Literal {
        /// Length of the payload in bytes, at least 1.
        len: u64,
    },
    /// Bytes of the basis.
    Copy {
        /// First byte within the basis, below 2^63.
        offset: u64,
        /// Number of bytes, at least 1.
        len: u64,
    },
    /// The last command.
    End,
}

/// A command and its place in a delta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Offset of the opcode within the delta.
    pub offset: usize,
    /// Length of opcode and parameters in bytes.
    pub header_len: usize,
    /// The command.
    pub command: Command,
}

/// A delta that has been read to its END.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedDelta {
    /// The commands; the last is [`Command::End`] and there is no other.
    pub commands: Vec<Located>,
    /// Length of the delta in bytes, END included; what follows it is ignored.
    pub len: usize,
}

impl ParsedDelta {
    /// The commands without their places.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().map(|located| &located.command)
    }
}

/// Where and why a delta cannot be read on. Displays librsync's log line after `ERROR: ` where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaError {
    /// Offset of the command that fails (0 for the magic).
    pub offset: usize,
    /// The reason.
    pub kind: DeltaErrorKind,
}

/// Why a delta cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeltaErrorKind {
    /// The input ends inside the magic, before an opcode or inside parameters.
    InputEnded,
    /// The input ends inside a literal's payload.
    LiteralEnded,
    /// It does not start with the delta magic.
    BadMagic {
        /// What was read.
        magic: u32,
    },
    /// The opcode is reserved.
    Opcode {
        /// What was read.
        opcode: u8,
    },
    /// A literal's length, as a signed number, is less than 1.
    LiteralLen {
        /// What was read.
        len: i64,
    },
    /// A copy's length, as a signed number, is less than 1.
    CopyLen {
        /// What was read.
        len: i64,
    },
    /// A copy's offset is negative as a signed number.
    CopyOffset {
        /// What was read.
        offset: i64,
    },
}

impl DeltaError {
    /// librsync's result code.
    pub fn code(&self) -> i32 {
        match self.kind {
            DeltaErrorKind::InputEnded | DeltaErrorKind::LiteralEnded => 103,
            DeltaErrorKind::BadMagic { .. } => 104,
            DeltaErrorKind::Opcode { .. }
            | DeltaErrorKind::LiteralLen { .. }
            | DeltaErrorKind::CopyLen { .. }
            | DeltaErrorKind::CopyOffset { .. } => 106,
        }
    }
}

impl fmt::Display for DeltaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DeltaErrorKind::InputEnded => f.write_str("unexpected end of input"),
            DeltaErrorKind::LiteralEnded => {
                f.write_str("(rs_tube_catchup) reached end of file while copying data")
            }
            DeltaErrorKind::BadMagic { magic } => write!(
                f,
                "(rs_patch_s_header) got magic number {magic:#x} rather than expected value {DELTA_MAGIC:#x}"
            ),
            DeltaErrorKind::Opcode { opcode } => write!(f, "(rs_patch_s_run) bogus command {opcode:#04x}"),
            DeltaErrorKind::LiteralLen { len } => {
                write!(f, "(rs_patch_s_literal) invalid length={len} on LITERAL command")
            }
            DeltaErrorKind::CopyLen { len } => {
                write!(f, "(rs_patch_s_copy) invalid length={len} on COPY command")
            }
            DeltaErrorKind::CopyOffset { offset } => {
                write!(f, "(rs_patch_s_copy) invalid position={offset} on COPY command")
            }
        }
    }
}

impl std::error::Error for DeltaError {}
