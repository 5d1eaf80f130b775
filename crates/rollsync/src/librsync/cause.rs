//! What the log says of an error.

use rollsync_core::{
    DELTA_MAGIC, DeltaPart, Error as EngineError, LoadError, PatchError, SignatureParams, StrongLen,
    format::CommandError,
};
use std::{fmt, io};

/// A line of the log that tells why something failed, or what it warns of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The function that librsync names.
    pub function: &'static str,
    /// Behind it.
    pub message: String,
}

impl Cause {
    /// A cause that is told in these words.
    #[must_use]
    pub const fn new(function: &'static str, message: String) -> Self {
        Self { function, message }
    }

    /// A call of the operating system that failed.
    #[must_use]
    pub fn system(function: &'static str, what: &str, error: &io::Error) -> Self {
        Self::new(function, format!("{what}: {}", strerror(error)))
    }

    /// What librsync says of an error of a job; nothing of most that end too early.
    #[must_use]
    pub fn of(error: &EngineError) -> Option<Self> {
        match error {
            EngineError::Load(error) => of_signature(error),
            EngineError::Patch(error) => of_delta(error),
            _ => None,
        }
    }

    /// The warning about strong sums that are shorter than recommended for a basis of `basis_len` bytes.
    #[must_use]
    pub fn weakness(params: &SignatureParams, basis_len: u64) -> Option<Self> {
        let least = StrongLen::min_for(Some(basis_len), params.block_len());
        (params.strong_len() < least).then(|| {
            let message = format!(
                "strong_len={} smaller than recommended minimum {} for old_fsize={basis_len} with block_len={}",
                params.strong_len().get(),
                least.get(),
                params.block_len().get(),
            );
            Self::new("rs_sig_args", message)
        })
    }
}

fn of_signature(error: &LoadError) -> Option<Cause> {
    let (function, message) = match error {
        LoadError::BadMagic { found } => ("rs_sig_args", format!("invalid magic {}", Hex(*found))),
        LoadError::BlockLen { found } => {
            ("rs_loadsig_s_blocklen", format!("block length of {} is bogus", found.cast_signed()))
        }
        LoadError::StrongLen { found } => {
            ("rs_loadsig_s_stronglen", format!("strong sum length {} is implausible", found.cast_signed()))
        }
        LoadError::StrongLenOfFormat { found, format } => {
            ("rs_sig_args", format!("invalid strong_len={found} for magic={}", Hex(format.magic())))
        }
        LoadError::Seal(error) => ("rs_seal_check", error.to_string()),
        _ => return None,
    };
    Some(Cause { function, message })
}

fn of_delta(error: &PatchError) -> Option<Cause> {
    let (function, message) = match error {
        PatchError::InputEnded { part: DeltaPart::Literal, .. } => {
            ("rs_tube_catchup", "reached end of file while copying data".to_owned())
        }
        PatchError::BadMagic { found } => (
            "rs_patch_s_header",
            format!("got magic number {} rather than expected value {}", Hex(*found), Hex(DELTA_MAGIC)),
        ),
        PatchError::Command { error, .. } => match error {
            CommandError::Reserved { opcode } => ("rs_patch_s_run", format!("bogus command {opcode:#04x}")),
            CommandError::LiteralLen { len } => {
                ("rs_patch_s_literal", format!("invalid length={len} on LITERAL command"))
            }
            CommandError::CopyLen { len } => {
                ("rs_patch_s_copy", format!("invalid length={len} on COPY command"))
            }
            CommandError::CopyOffset { offset } => {
                ("rs_patch_s_copy", format!("invalid position={offset} on COPY command"))
            }
            _ => return None,
        },
        PatchError::Seal(error) => ("rs_seal_check", error.to_string()),
        _ => return None,
    };
    Some(Cause { function, message })
}

/// A number as C's `%#x` shows it: 0 has no prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex(pub u32);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("0") } else { write!(f, "{:#x}", self.0) }
    }
}

/// What C's `strerror` says of an error of the operating system, without the `(os error N)` that Rust adds.
#[must_use]
pub fn strerror(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text).to_owned(),
        None => strerror_of_kind(error.kind()).map_or(text, str::to_owned),
    }
}

/// For errors that have lost their number, or were foreseen without asking the system.
fn strerror_of_kind(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "No such file or directory",
        io::ErrorKind::PermissionDenied => "Permission denied",
        io::ErrorKind::NotADirectory => "Not a directory",
        io::ErrorKind::IsADirectory => "Is a directory",
        io::ErrorKind::ReadOnlyFilesystem => "Read-only file system",
        io::ErrorKind::StorageFull => "No space left on device",
        io::ErrorKind::QuotaExceeded => "Disk quota exceeded",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strerror_is_the_c_librarys_text() {
        assert_eq!(strerror(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(strerror(&io::Error::from_raw_os_error(28)), "No space left on device");
        for number in [2, 13, 20, 21, 30, 28, 122] {
            let numbered = io::Error::from_raw_os_error(number);
            assert_eq!(strerror(&numbered.kind().into()), strerror(&numbered), "{number}");
        }
        assert_eq!(strerror(&io::Error::other("no number")), "no number");
    }
}
