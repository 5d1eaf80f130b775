//! What librsync's log says of an error.

use crate::{
    result_code::RsResult,
    stats::Op,
    trace::{Level, log},
};
use rollsync::{DELTA_MAGIC, DeltaPart, EngineError, LoadError, PatchError, format::CommandError};
use std::{fmt, io};

/// A line of the log that tells why something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) function: &'static str,
    pub(crate) message: String,
}

impl Cause {
    pub(crate) const fn new(function: &'static str, message: String) -> Self {
        Self { function, message }
    }

    /// A call of the operating system that failed.
    pub(crate) fn system(function: &'static str, what: &str, error: &io::Error) -> Self {
        Self::new(function, format!("{what}: {}", strerror(error)))
    }

    pub(crate) fn report(&self) {
        log(Level::Error, self.function, &self.message);
    }
}

/// How a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: RsResult,
    pub(crate) cause: Option<Cause>,
}

impl Failure {
    /// Logs it as a job's: the cause, if there is something to say, and that the job failed.
    pub(crate) fn report(&self, op: Op) {
        if let Some(cause) = &self.cause {
            cause.report();
        }
        let (op, text) = (op.name().to_string_lossy(), self.code.text().to_string_lossy());
        log(Level::Error, "rs_job_complete", format!("{op} job failed: {text}"));
    }
}

impl From<RsResult> for Failure {
    fn from(code: RsResult) -> Self {
        Self { code, cause: None }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let code = RsResult::from(error.kind());
        let cause = match error {
            EngineError::Load(error) => of_signature(&error),
            EngineError::Patch(error) => of_delta(&error),
            _ => None,
        };
        // What librsync never met has no words of its own.
        let is_new = |code| matches!(code, RsResult::LIMIT | RsResult::MEM_ERROR);
        let cause = cause.or_else(|| is_new(code).then(|| Cause::new("rs_alloc", error.to_string())));
        Self { code, cause }
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
        LoadError::Seal(error) => ("rollsync_seal", error.to_string()),
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
        PatchError::Seal(error) => ("rollsync_seal", error.to_string()),
        _ => return None,
    };
    Some(Cause { function, message })
}

/// A number as C's `%#x` shows it: 0 has no prefix.
pub(crate) struct Hex(pub(crate) u32);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("0") } else { write!(f, "{:#x}", self.0) }
    }
}

/// What C's `strerror` says of an error of the operating system, without the `(os error N)` that Rust adds.
pub(crate) fn strerror(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text).to_owned(),
        None => text,
    }
}
