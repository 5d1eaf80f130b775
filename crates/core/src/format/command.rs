//! The commands of a delta.
//!
//! ```text
//! 00          END
//! 01..40      LITERAL, length = the byte
//! 41..44      LITERAL, length in 1, 2, 4, 8 bytes
//! 45..54      COPY, 45 + 4 * width(offset) + width(length); offset, then length
//! 55..ff      reserved
//! ```

use super::netint;

/// The opcode of END.
const END: u8 = 0x00;
const LITERAL_MAX_SHORT: u8 = 0x40;
const LITERAL_N1: u8 = 0x41;
const LITERAL_N8: u8 = 0x44;
const COPY_N1_N1: u8 = 0x45;
const COPY_N8_N8: u8 = 0x54;

/// One instruction of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// The next `len` bytes of the delta are bytes of the new file.
    Literal {
        /// In bytes, 1 to 2⁶³ - 1.
        len: u64,
    },
    /// The next `len` bytes of the new file stand in the basis at `offset`.
    Copy {
        /// Where they begin in the basis, at most 2⁶³ - 1.
        offset: u64,
        /// In bytes, 1 to 2⁶³ - 1.
        len: u64,
    },
    /// The new file is complete.
    End,
}

impl Command {
    /// The most bytes that a command takes without its payload.
    pub const MAX_ENCODED_LEN: usize = 17;

    /// Writes opcode and parameters at the front of `out`, in the smallest form, and returns how many bytes that took.
    ///
    /// # Panics
    /// When `out` is too short for them ([`MAX_ENCODED_LEN`](Self::MAX_ENCODED_LEN) bytes always suffice); and when the
    /// command is none that a decoder takes: its length is 0, or a number is 2⁶³ or more.
    pub fn encode(self, out: &mut [u8]) -> usize {
        const MAX: u64 = i64::MAX.cast_unsigned();
        if let Self::Literal { len } | Self::Copy { len, .. } = self {
            assert!((1..=MAX).contains(&len), "no command has a length of {len}");
        }
        match self {
            Self::Literal { len } => match u8::try_from(len) {
                Ok(short @ 1..=LITERAL_MAX_SHORT) => {
                    out[0] = short;
                    1
                }
                _ => {
                    let width = netint::width_of(len);
                    out[0] = LITERAL_N1 + width;
                    1 + netint::put(len, width, &mut out[1..])
                }
            },
            Self::Copy { offset, len } => {
                assert!(offset <= MAX, "no copy has an offset of {offset}");
                let (offset_width, len_width) = (netint::width_of(offset), netint::width_of(len));
                out[0] = COPY_N1_N1 + 4 * offset_width + len_width;
                let written = 1 + netint::put(offset, offset_width, &mut out[1..]);
                written + netint::put(len, len_width, &mut out[written..])
            }
            Self::End => {
                out[0] = END;
                1
            }
        }
    }

    /// Whether bytes begin with the opcode of a copy.
    pub(crate) fn is_copy(bytes: &[u8]) -> bool {
        matches!(bytes.first(), Some(COPY_N1_N1..=COPY_N8_N8))
    }
}

/// Why bytes are no command. `offset` is that of the opcode's byte from where the decoder began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// An opcode that stands for nothing.
    Reserved {
        /// The byte.
        opcode: u8,
    },
    /// A literal whose length is 0 or, read as signed, negative.
    LiteralLen {
        /// The length as signed number.
        len: i64,
    },
    /// A copy whose length is 0 or, read as signed, negative.
    CopyLen {
        /// The length as signed number.
        len: i64,
    },
    /// A copy whose offset, read as signed, is negative.
    CopyOffset {
        /// The offset as signed number.
        offset: i64,
    },
}

/// Reads commands from bytes that come piece by piece.
///
/// ```
/// use rollsync_core::format::{Command, CommandDecoder};
/// let mut decoder = CommandDecoder::new();
/// let mut bytes: &[u8] = &[0x4a, 0x01]; // COPY with two 2-byte parameters, cut
/// assert_eq!(decoder.decode(&mut bytes), Ok(None));
/// let mut bytes: &[u8] = &[0xf4, 0x01, 0x00, 0x00];
/// assert_eq!(decoder.decode(&mut bytes), Ok(Some(Command::Copy { offset: 500, len: 256 })));
/// assert_eq!(bytes, [0x00]); // the next opcode is untouched
/// ```
#[derive(Clone, Debug, Default)]
pub struct CommandDecoder {
    /// Opcode and parameters so far.
    held: [u8; Command::MAX_ENCODED_LEN],
    len: usize,
}

impl CommandDecoder {
    /// A decoder at the first byte of a command.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes of an unfinished command it holds.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.len
    }

    /// Takes bytes from the front of `bytes` up to the end of one command and returns it; `None` when it needs more.
    ///
    /// # Errors
    /// When the bytes are no command: at once for a reserved opcode, else after its last parameter.
    pub fn decode(&mut self, bytes: &mut &[u8]) -> Result<Option<Command>, CommandError> {
        // Nearly all of them are whole, and need not be held.
        if let (0, Some(&opcode)) = (self.len, bytes.first())
            && let Ok(len) = encoded_len(opcode)
            && let Some((command, rest)) = bytes.split_at_checked(len)
        {
            *bytes = rest;
            return parse(command).map(Some);
        }
        loop {
            let needed = if self.len == 0 { 1 } else { encoded_len(self.held[0])? };
            if self.len > 0 && self.len == needed {
                self.len = 0;
                return parse(&self.held[..needed]).map(Some);
            }
            let taken = bytes.len().min(needed - self.len);
            if taken == 0 {
                return Ok(None);
            }
            let (head, rest) = bytes.split_at(taken);
            self.held[self.len..self.len + taken].copy_from_slice(head);
            self.len += taken;
            *bytes = rest;
        }
    }
}

/// The command whose opcode and parameters these are.
fn parse(bytes: &[u8]) -> Result<Command, CommandError> {
    let (opcode, parameters) = (bytes[0], &bytes[1..]);
    match opcode {
        END => Ok(Command::End),
        1..=LITERAL_MAX_SHORT => Ok(Command::Literal { len: u64::from(opcode) }),
        LITERAL_N1..=LITERAL_N8 => {
            let len = netint::get(parameters);
            match len.cast_signed() {
                1.. => Ok(Command::Literal { len }),
                len => Err(CommandError::LiteralLen { len }),
            }
        }
        _ => {
            let (offset, len) = parameters.split_at(netint::byte_count((opcode - COPY_N1_N1) / 4));
            let (offset, len) = (netint::get(offset), netint::get(len));
            // The length is judged first, as librsync does.
            match (offset.cast_signed(), len.cast_signed()) {
                (0.., 1..) => Ok(Command::Copy { offset, len }),
                (offset, 1..) => Err(CommandError::CopyOffset { offset }),
                (_, len) => Err(CommandError::CopyLen { len }),
            }
        }
    }
}

/// Opcode and parameters in bytes.
const fn encoded_len(opcode: u8) -> Result<usize, CommandError> {
    match opcode {
        END..=LITERAL_MAX_SHORT => Ok(1),
        LITERAL_N1..=LITERAL_N8 => Ok(1 + netint::byte_count(opcode - LITERAL_N1)),
        COPY_N1_N1..=COPY_N8_N8 => {
            let widths = opcode - COPY_N1_N1;
            Ok(1 + netint::byte_count(widths / 4) + netint::byte_count(widths % 4))
        }
        _ => Err(CommandError::Reserved { opcode }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    fn encoded(command: Command) -> Vec<u8> {
        let mut out = [0; Command::MAX_ENCODED_LEN];
        let len = command.encode(&mut out);
        out[..len].to_vec()
    }

    #[test]
    fn the_smallest_form_is_written() {
        let literal = |len| encoded(Command::Literal { len });
        assert_eq!(literal(1), [1]);
        assert_eq!(literal(64), [0x40]);
        assert_eq!(literal(65), [0x41, 65]);
        assert_eq!(literal(256), [0x42, 1, 0]);
        assert_eq!(literal(65_536), [0x43, 0, 1, 0, 0]);
        assert_eq!(encoded(Command::Copy { offset: 0, len: 2 }), [0x45, 0, 2]);
        assert_eq!(
            encoded(Command::Copy { offset: 256, len: 1 << 32 }),
            [0x4c, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        );
        assert_eq!(encoded(Command::End), [0]);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let decoded = |command| CommandDecoder::new().decode(&mut encoded(command).as_slice());
        let most = i64::MAX.cast_unsigned();
        for command in [
            Command::Literal { len: 1 },
            Command::Literal { len: most },
            Command::Copy { offset: 0, len: 1 },
            Command::Copy { offset: most, len: most },
            Command::End,
        ] {
            assert_eq!(decoded(command), Ok(Some(command)));
        }
    }

    #[test]
    #[should_panic = "no command has a length of 0"]
    fn a_literal_of_nothing_is_not_written() {
        encoded(Command::Literal { len: 0 });
    }

    #[test]
    #[should_panic = "no command has a length of 9223372036854775808"]
    fn a_literal_whose_length_would_be_negative_is_not_written() {
        encoded(Command::Literal { len: 1 << 63 });
    }

    #[test]
    #[should_panic = "no command has a length of 0"]
    fn a_copy_of_nothing_is_not_written() {
        encoded(Command::Copy { offset: 7, len: 0 });
    }

    #[test]
    #[should_panic = "no command has a length of 18446744073709551615"]
    fn a_copy_whose_length_would_be_negative_is_not_written() {
        encoded(Command::Copy { offset: 7, len: u64::MAX });
    }

    #[test]
    #[should_panic = "no copy has an offset of 9223372036854775808"]
    fn a_copy_whose_offset_would_be_negative_is_not_written() {
        encoded(Command::Copy { offset: 1 << 63, len: 1 });
    }

    #[test]
    fn every_opcode_is_read_byte_by_byte() {
        for opcode in 0..=u8::MAX {
            let mut decoder = CommandDecoder::new();
            let mut bytes: Vec<u8> = vec![opcode];
            bytes.extend([0x11; 16]);
            let mut result = Ok(None);
            let mut used = 0;
            while result == Ok(None) {
                let mut one = &bytes[used..=used];
                result = decoder.decode(&mut one);
                used += 1;
            }
            match opcode {
                0 => assert_eq!((result, used), (Ok(Some(Command::End)), 1)),
                1..=0x40 => {
                    assert_eq!((result, used), (Ok(Some(Command::Literal { len: opcode.into() })), 1))
                }
                0x41..=0x44 => {
                    let width = 1 << (opcode - 0x41);
                    let len = netint::get(&[0x11; 8][..width]);
                    assert_eq!((result, used), (Ok(Some(Command::Literal { len })), 1 + width));
                }
                0x45..=0x54 => {
                    let (offset, len) = (1 << ((opcode - 0x45) / 4), 1 << ((opcode - 0x45) % 4));
                    let value = |width: usize| netint::get(&[0x11; 8][..width]);
                    let copy = Command::Copy { offset: value(offset), len: value(len) };
                    assert_eq!((result, used), (Ok(Some(copy)), 1 + offset + len));
                }
                _ => assert_eq!((result, used), (Err(CommandError::Reserved { opcode }), 1)),
            }
        }
    }

    #[test]
    fn signed_lengths_are_refused_length_first() {
        let decode = |bytes: &[u8]| CommandDecoder::new().decode(&mut &bytes[..]);
        assert_eq!(decode(&[0x41, 0]), Err(CommandError::LiteralLen { len: 0 }));
        assert_eq!(
            decode(&[[0x44].as_slice(), &[0xff; 8]].concat()),
            Err(CommandError::LiteralLen { len: -1 })
        );
        assert_eq!(
            decode(&[[0x54].as_slice(), &[0xff; 16]].concat()),
            Err(CommandError::CopyLen { len: -1 })
        );
        let negative_offset = [&[0x51][..], &[0xff; 8], &[1]].concat();
        assert_eq!(decode(&negative_offset), Err(CommandError::CopyOffset { offset: -1 }));
    }
}
