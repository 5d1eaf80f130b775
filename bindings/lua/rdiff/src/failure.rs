//! How a call fails, and what Lua is told of it.

use crate::protected::is_memory;
use rollsync::{EngineError, Error, ErrorKind, FileError, LimitError, Mismatch, ParamError, ResourceError};

/// What a caller is told: `nil, message, kind`.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    /// `None` under the original's name, which had no kinds.
    pub(crate) kind: Option<ErrorKind>,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: Some(kind) }
    }
}

/// The name of an error's class in Lua.
pub(crate) const fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Io => "io",
        ErrorKind::InputEnded => "input_ended",
        ErrorKind::BadMagic => "bad_magic",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::Mismatch => "mismatch",
        ErrorKind::Param => "param",
        ErrorKind::Memory => "memory",
        ErrorKind::Limit => "limit",
        ErrorKind::Cancelled => "cancelled",
        ErrorKind::Unsupported => "unsupported",
        _ => "internal",
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = match &error {
            Error::Mismatch(mismatch) => format!("{}: {mismatch}", mismatch.role()),
            error => error.to_string(),
        };
        Self::new(kind_of(&error), message)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let kind = match &error {
            FileError::Failed { source, .. } => kind_of(source),
            error => error.kind(),
        };
        Self::new(kind, error.to_string())
    }
}

/// A stream without memory is no broken stream.
fn kind_of(error: &Error) -> ErrorKind {
    match error {
        Error::Io { source, .. } if is_memory(source) => ErrorKind::Memory,
        error => error.kind(),
    }
}

macro_rules! failure_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Error::from(error).into()
            }
        }
    )*};
}
failure_from!(EngineError, ParamError, ResourceError, Mismatch);

impl From<LimitError> for Failure {
    fn from(error: LimitError) -> Self {
        ResourceError::from(error).into()
    }
}

/// Why a function gives no result.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It was called wrongly: an error is raised.
    Argument {
        /// Counted from 1.
        position: usize,
        what: String,
    },
    /// It could not do its work.
    Failed(Failure),
}

impl Fault {
    pub(crate) fn argument(position: usize, what: impl Into<String>) -> Self {
        Self::Argument { position, what: what.into() }
    }
}

impl<E: Into<Failure>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Lua's own: there is no memory for a value, as a rule.
impl From<mlua::Error> for Failure {
    fn from(error: mlua::Error) -> Self {
        let kind = match error {
            mlua::Error::MemoryError(_) => ErrorKind::Memory,
            _ => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}
