//! How each operation can fail.

use crate::{
    format::{CommandError, Format},
    seal::SealError,
};
use core::fmt;

/// What class an error is of: what exit codes, C results and exceptions map from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    Io,
    /// The input ended before it was complete.
    InputEnded,
    /// The input is not the kind of file that was expected.
    BadMagic,
    /// The input is that kind of file, and broken.
    Corrupt,
    /// The input is whole, but belongs to another file.
    Mismatch,
    /// A parameter is out of range.
    Param,
    /// There is no memory.
    Memory,
    /// A limit set by the caller is reached.
    Limit,
    /// The caller cancelled.
    Cancelled,
    /// The input asks for something that this version does not do.
    Unsupported,
    /// A bug.
    Internal,
}

/// A signature parameter that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParamError {
    /// A block length that is not 1 to 2³¹ - 1.
    BlockLen {
        /// The length asked for.
        found: u64,
    },
    /// A strong length that is 0, or longer than the digest.
    StrongLen {
        /// The length asked for.
        found: u64,
        /// The digest's length.
        max: u8,
    },
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockLen { found } => write!(f, "block length {found} is not in 1..=2147483647"),
            Self::StrongLen { found, max } => write!(f, "strong length {found} is not in 1..={max}"),
        }
    }
}

/// Which of [`Limits`](crate::Limits) was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitKind {
    /// Bytes of output.
    Output,
    /// Bytes of input, where all of it must be kept.
    Input,
    /// Records of a signature.
    Records,
    /// Bytes of memory.
    Memory,
    /// Bytes of one literal.
    Literal,
    /// Milliseconds.
    Time,
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitError {
    /// Of what.
    pub kind: LimitKind,
    /// How much is allowed.
    pub limit: u64,
    /// How much it would have taken to go on.
    pub needed: u64,
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.kind {
            LimitKind::Output => "bytes of output",
            LimitKind::Input => "bytes of input",
            LimitKind::Records => "records",
            LimitKind::Memory => "bytes of memory",
            LimitKind::Literal => "bytes of a literal",
            LimitKind::Time => "milliseconds",
        };
        write!(f, "{} {unit} needed, {} allowed", self.needed, self.limit)
    }
}

/// Why a job whose input is always valid cannot go on: it may not, or there is no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceError {
    /// A limit is reached.
    Limit(LimitError),
    /// The allocator refused.
    Memory {
        /// How many bytes were asked for.
        bytes: u64,
    },
}

impl From<LimitError> for ResourceError {
    fn from(error: LimitError) -> Self {
        Self::Limit(error)
    }
}

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(error) => error.fmt(f),
            Self::Memory { bytes } => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

/// Why bytes cannot be loaded as a signature. Offsets count from the signature's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The input ended inside the header or inside a strong sum.
    InputEnded {
        /// The input's length.
        offset: u64,
        /// How many bytes more the header or the record has.
        missing: u64,
    },
    /// Not one of the four signature magics.
    BadMagic {
        /// The first four bytes, as a big-endian number.
        found: u32,
    },
    /// The block length in the header is 0 or, read as signed, negative.
    BlockLen {
        /// The field at offset 4.
        found: u32,
    },
    /// The strong length in the header is above 32.
    StrongLen {
        /// The field at offset 8.
        found: u32,
    },
    /// The strong length in the header is longer than the format's digest.
    StrongLenOfFormat {
        /// The field at offset 8.
        found: u8,
        /// What the magic says; its digest is shorter.
        format: Format,
    },
    /// The signature is sealed, and the seal does not hold.
    Seal(SealError),
    /// A limit is reached, or there is no memory.
    Resource(ResourceError),
}

impl From<SealError> for LoadError {
    fn from(error: SealError) -> Self {
        Self::Seal(error)
    }
}

impl From<ResourceError> for LoadError {
    fn from(error: ResourceError) -> Self {
        Self::Resource(error)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InputEnded { offset, missing } => {
                write!(f, "signature ends at offset {offset}, {missing} bytes too early")
            }
            Self::BadMagic { found } => write!(f, "magic {found:#010x} at offset 0 is no signature's"),
            Self::BlockLen { found } => {
                write!(f, "block length {found:#x} at offset 4 is not in 1..=0x7fffffff")
            }
            Self::StrongLen { found } => write!(f, "strong length {found:#x} at offset 8 is not in 0..=32"),
            Self::StrongLenOfFormat { found, format } => {
                let max = format.strong.digest_len();
                write!(
                    f,
                    "strong length {found} at offset 8 is more than the {max} bytes of the format's digest"
                )
            }
            Self::Seal(error) => error.fmt(f),
            Self::Resource(error) => error.fmt(f),
        }
    }
}

/// Where in a delta it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeltaPart {
    /// In the four bytes of the magic.
    Magic,
    /// Before an opcode: END is missing.
    Opcode,
    /// Among the parameters of a command.
    Parameters,
    /// In the bytes of a literal.
    Literal,
}

/// Why a delta cannot be applied. Offsets of the delta count from its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchError {
    /// The delta ended before END.
    InputEnded {
        /// The delta's length.
        offset: u64,
        /// Inside what.
        part: DeltaPart,
    },
    /// The delta does not begin with [`DELTA_MAGIC`](crate::DELTA_MAGIC).
    BadMagic {
        /// The first four bytes, as a big-endian number.
        found: u32,
    },
    /// Bytes that are no command.
    Command {
        /// Where its opcode stands.
        offset: u64,
        /// What is wrong with it.
        error: CommandError,
    },
    /// A copy reaches past the end of the basis.
    BasisEnded {
        /// Where the basis gave no more bytes.
        offset: u64,
        /// How many bytes more the copy asks for.
        missing: u64,
    },
    /// What stands behind END is not what [may stand there](crate::EndCheck), or a seal that does not hold.
    Seal(SealError),
    /// A limit is reached.
    Limit(LimitError),
}

impl From<SealError> for PatchError {
    fn from(error: SealError) -> Self {
        Self::Seal(error)
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InputEnded { offset, part } => {
                let part = match part {
                    DeltaPart::Magic => "inside its magic",
                    DeltaPart::Opcode => "without an END command",
                    DeltaPart::Parameters => "inside a command",
                    DeltaPart::Literal => "inside a literal",
                };
                write!(f, "delta ends at offset {offset} {part}")
            }
            Self::BadMagic { found } => {
                write!(f, "magic {found:#010x} at offset 0 is not a delta's 0x72730236")
            }
            Self::Command { offset, error } => match error {
                CommandError::Reserved { opcode } => {
                    write!(f, "reserved opcode {opcode:#04x} at offset {offset}")
                }
                CommandError::LiteralLen { len } => write!(f, "literal of {len} bytes at offset {offset}"),
                CommandError::CopyLen { len } => write!(f, "copy of {len} bytes at offset {offset}"),
                CommandError::CopyOffset { offset: from } => {
                    write!(f, "copy from basis offset {from} at offset {offset}")
                }
            },
            Self::BasisEnded { offset, missing } => {
                write!(f, "basis ends at offset {offset}, the delta copies {missing} bytes more")
            }
            Self::Seal(error) => error.fmt(f),
            Self::Limit(error) => error.fmt(f),
        }
    }
}

/// Any error of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A parameter.
    Param(ParamError),
    /// Loading a signature.
    Load(LoadError),
    /// Applying a delta.
    Patch(PatchError),
    /// Any job.
    Resource(ResourceError),
}

impl Error {
    /// The error's class.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Param(_) | Self::Load(LoadError::StrongLenOfFormat { .. }) => ErrorKind::Param,
            Self::Load(LoadError::InputEnded { .. })
            | Self::Patch(PatchError::InputEnded { .. } | PatchError::BasisEnded { .. }) => {
                ErrorKind::InputEnded
            }
            Self::Load(LoadError::BadMagic { .. }) | Self::Patch(PatchError::BadMagic { .. }) => {
                ErrorKind::BadMagic
            }
            Self::Load(LoadError::BlockLen { .. } | LoadError::StrongLen { .. } | LoadError::Seal(_))
            | Self::Patch(PatchError::Command { .. } | PatchError::Seal(_)) => ErrorKind::Corrupt,
            Self::Patch(PatchError::Limit(_))
            | Self::Resource(ResourceError::Limit(_))
            | Self::Load(LoadError::Resource(ResourceError::Limit(_))) => ErrorKind::Limit,
            Self::Resource(ResourceError::Memory { .. })
            | Self::Load(LoadError::Resource(ResourceError::Memory { .. })) => ErrorKind::Memory,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(error) => error.fmt(f),
            Self::Load(error) => error.fmt(f),
            Self::Patch(error) => error.fmt(f),
            Self::Resource(error) => error.fmt(f),
        }
    }
}

macro_rules! error_from {
    ($($error:ident => $variant:ident),*) => {$(
        impl core::error::Error for $error {}
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}
error_from!(ParamError => Param, LoadError => Load, PatchError => Patch, ResourceError => Resource);
impl core::error::Error for Error {}
impl core::error::Error for LimitError {}
