/// First four bytes of a delta, as a big-endian number.
pub const DELTA_MAGIC: u32 = 0x7273_0236;

/// One command of a delta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// These bytes come next in the new file.
    Literal(Vec<u8>),
    /// `len` bytes of the basis from `offset` come next in the new file.
    Copy {
        /// First byte within the basis.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
    /// The new file is complete.
    End,
}

impl Command {
    /// Opcode and parameters in the smallest widths, without the payload. An empty literal has none.
    pub fn header(&self) -> Vec<u8> {
        match self {
            Command::End => vec![0],
            Command::Literal(bytes) if bytes.is_empty() => vec![],
            Command::Literal(bytes) => match u8::try_from(bytes.len()) {
                Ok(len @ ..=64) => vec![len],
                _ => {
                    let len = smallest(bytes.len() as u64);
                    [&[0x41 + width_index(&len)], &len[..]].concat()
                }
            },
            Command::Copy { offset, len } => {
                let (offset, len) = (smallest(*offset), smallest(*len));
                let opcode = 0x45 + 4 * width_index(&offset) + width_index(&len);
                [&[opcode], &offset[..], &len[..]].concat()
            }
        }
    }
}

/// One command as it stands in a delta.
pub fn encode_command(command: &Command) -> Vec<u8> {
    let mut out = command.header();
    if let Command::Literal(bytes) = command {
        out.extend(bytes);
    }
    out
}

/// A delta of these commands, which should end with [`Command::End`].
pub fn encode_delta(commands: &[Command]) -> Vec<u8> {
    let mut out = DELTA_MAGIC.to_be_bytes().to_vec();
    for command in commands {
        out.extend(encode_command(command));
    }
    out
}

/// The last 1, 2, 4 or 8 bytes of a big-endian number: the fewest that hold it.
fn smallest(value: u64) -> Vec<u8> {
    let width = match value {
        0..0x100 => 1,
        0x100..0x1_0000 => 2,
        0x1_0000..0x1_0000_0000 => 4,
        _ => 8,
    };
    value.to_be_bytes()[8 - width..].to_vec()
}

/// 0, 1, 2 or 3 for a parameter of 1, 2, 4 or 8 bytes.
fn width_index(parameter: &[u8]) -> u8 {
    match parameter.len() {
        1 => 0,
        2 => 1,
        4 => 2,
        _ => 3,
    }
}
