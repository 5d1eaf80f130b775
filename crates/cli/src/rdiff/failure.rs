//! How a run fails, and what it then says last.

use super::args::UsageError;
use super::messages;
use super::result_code::ResultCode;

/// The end of a run that did not do what was asked. Lines that belong to the failure's cause in librsync's log
/// are written where the cause is found; this holds the last words.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong.
    Usage(UsageError),
    /// A file could not be opened: the log's line is all that is said.
    Open(Vec<u8>),
    /// The work failed.
    Job(ResultCode),
}

impl Failure {
    /// The last lines for standard error.
    pub(crate) fn lines(&self) -> Vec<u8> {
        match self {
            Self::Usage(error) => error.lines(),
            Self::Open(line) => line.clone(),
            Self::Job(code) => messages::failed(*code),
        }
    }

    /// What the process ends with.
    pub(crate) fn code(&self) -> ResultCode {
        match self {
            Self::Usage(error) => error.code(),
            Self::Open(_) => ResultCode::IoError,
            Self::Job(code) => *code,
        }
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::Usage(error)
    }
}
