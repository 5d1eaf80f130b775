//! What is wrong with a command line.

use std::ffi::OsStr;

use crate::rdiff::messages;
use crate::rdiff::result_code::ResultCode;

/// A command line that cannot be run: the message in the original's words, and the exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsageError {
    message: Vec<u8>,
    code: ResultCode,
}

impl UsageError {
    /// The lines for standard error.
    pub(crate) fn lines(&self) -> Vec<u8> {
        messages::usage(&self.message)
    }

    /// What the process ends with.
    pub(crate) fn code(&self) -> ResultCode {
        self.code
    }

    pub(super) fn unknown_option(token: &OsStr) -> Self {
        Self::about("unknown option", token)
    }

    pub(super) fn missing_value(token: &OsStr) -> Self {
        Self::about("missing argument", token)
    }

    pub(super) fn unwanted_value(token: &OsStr) -> Self {
        Self::about("option does not take an argument", token)
    }

    pub(super) fn invalid_number(token: &OsStr) -> Self {
        Self::about("invalid numeric value", token)
    }

    pub(super) fn number_out_of_range(token: &OsStr) -> Self {
        Self::about("number too large or too small", token)
    }

    pub(super) fn no_action() -> Self {
        Self::plain("You must specify an action: `signature', `delta', or `patch'.")
    }

    pub(super) fn delta_without_signature() -> Self {
        Self::plain("Usage for delta: rdiff [OPTIONS] delta SIGNATURE [NEWFILE [DELTA]]")
    }

    pub(super) fn patch_without_basis() -> Self {
        Self::plain("Usage for patch: rdiff [OPTIONS] patch BASIS [DELTA [NEW]]")
    }

    pub(super) fn surplus_operands() -> Self {
        Self::plain("Too many arguments.")
    }

    pub(super) fn unknown_hash(name: &[u8]) -> Self {
        Self::syntax([b"Unknown hash algorithm '", name, b"'."].concat())
    }

    pub(super) fn unknown_rollsum(name: &[u8]) -> Self {
        Self::syntax([b"Unknown rollsum algorithm '", name, b"'."].concat())
    }

    pub(crate) fn unknown_profile(name: &[u8]) -> Self {
        let known = b"' in ROLLSYNC_PROFILE: use librsync-2.3.4, librsync-2.3.2 or compact.";
        Self::syntax([b"Unknown profile '", name, known].concat())
    }

    pub(crate) fn invalid_threads(count: &[u8]) -> Self {
        Self::syntax([b"Invalid number '", count, b"' in ROLLSYNC_THREADS: use 1 or more."].concat())
    }

    pub(super) fn no_compression() -> Self {
        Self {
            message: b"Sorry, compression is not implemented yet.".to_vec(),
            code: ResultCode::Unimplemented,
        }
    }

    fn about(complaint: &str, token: &OsStr) -> Self {
        Self::syntax([complaint.as_bytes(), b": ", token.as_encoded_bytes()].concat())
    }

    fn plain(message: &str) -> Self {
        Self::syntax(message.as_bytes().to_vec())
    }

    fn syntax(message: Vec<u8>) -> Self {
        Self { message, code: ResultCode::SyntaxError }
    }
}
