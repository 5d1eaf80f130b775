//! The engine's errors as Python's: the one place where kinds become classes.

use crate::blame::At;
use pyo3::{
    exceptions::{PyMemoryError, PyOSError},
    prelude::*,
    types::{PyDict, PyString},
};
use rollsync::{
    EngineError, Error, ErrorKind, FileError, LimitError, LimitKind, LoadError, OutputError, PatchError,
    ResourceError, librsync::strerror, seal::SealError,
};
use std::{io, path::Path};

/// Why a call has failed.
pub(crate) enum Failure {
    /// A file cannot be opened.
    Open { at: At, source: io::Error },
    /// Working on streams, with the file that is at fault as far as that is known.
    Work { error: Error, at: Option<Box<At>> },
    /// Working on files.
    File(FileError),
    /// Something in Python.
    Raised(PyErr),
    /// A bug, and what it said.
    Panic(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Work { error, at: None }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::File(error.into())
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl Failure {
    /// The exception.
    pub(crate) fn into_exception(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Raised(raised) => raised,
            Self::Panic(words) => internal(py, &format!("a bug in rollsync: {words}")),
            Self::Work { error, at } => of_work(py, error, at.as_deref()),
            Self::Open { at, source } => {
                of_io(source, Some(&at.path), &format!("{} cannot be opened", at.role))
            }
            Self::File(FileError::Open { role, path, source }) => {
                of_io(source, Some(&path), &format!("{role} cannot be opened"))
            }
            Self::File(FileError::Output(OutputError { path, step, source })) => {
                of_io(source, Some(&path), &step.to_string())
            }
            Self::File(FileError::Failed { role, path, source }) => {
                of_work(py, source, Some(&At::new(role, &path)))
            }
            Self::File(error) => new(py, error.kind(), &error.to_string(), &[]),
        }
    }
}

/// A parameter that is wrong.
pub(crate) fn param(py: Python<'_>, message: &str) -> PyErr {
    new(py, ErrorKind::Param, message, &[])
}

/// The exception of an error that no path belongs to.
pub(crate) fn exception(py: Python<'_>, error: impl Into<Error>) -> PyErr {
    of_work(py, error.into(), None)
}

/// A bug that has shown itself.
pub(crate) fn internal(py: Python<'_>, message: &str) -> PyErr {
    new(py, ErrorKind::Internal, message, &[])
}

/// The allocator's refusal in Python as what it is here.
pub(crate) fn refused_memory(py: Python<'_>, raised: PyErr, what: &str) -> PyErr {
    if raised.is_instance_of::<PyMemoryError>(py) {
        new(py, ErrorKind::Memory, &format!("no memory for {what}"), &[])
    } else {
        raised
    }
}

fn of_work(py: Python<'_>, error: Error, at: Option<&At>) -> PyErr {
    let (error, at) = match error {
        Error::Io { side, offset, source } => match source.downcast::<Error>() {
            // What a guard said, through a reader: no file is at fault.
            Ok(over) => (over, None),
            Err(source) => (Error::Io { side, offset, source }, at),
        },
        error => (error, at),
    };
    let (kind, path) = (error.kind(), at.map(|at| at.path.as_path()));
    let words = at.map_or_else(|| error.to_string(), |at| format!("{at}: {error}"));
    match error {
        // The allocator's refusal, which came through a writer; the system's has a number.
        Error::Io { source, .. }
            if source.kind() == io::ErrorKind::OutOfMemory
                && source.raw_os_error().is_none()
                && !is_raised(&source) =>
        {
            new(py, ErrorKind::Memory, "no memory for the output", &[])
        }
        Error::Io { side, source, .. } => of_io(source, path, &side.to_string()),
        Error::Engine(error) => {
            let mut facts = Vec::new();
            facts.extend(offset(&error).map(|offset| ("offset", Fact::Number(offset))));
            facts.extend(path.map(|path| ("path", Fact::Path(path))));
            if let Some(LimitError { kind, limit, needed }) = limit(&error) {
                facts.push(("resource", Fact::Name(resource(kind))));
                facts.push(("limit", Fact::Number(limit)));
                facts.push(("needed", Fact::Number(needed)));
            }
            new(py, kind, &words, &facts)
        }
        Error::Mismatch(mismatch) if path.is_none() => {
            new(py, kind, &format!("{}: {words}", mismatch.role()), &[])
        }
        _ => {
            let path = path.map(|path| ("path", Fact::Path(path)));
            new(py, kind, &words, path.as_slice())
        }
    }
}

/// An `OSError` of the class that its number says; what Python itself raised in a file object's method is raised again.
fn of_io(source: io::Error, path: Option<&Path>, doing: &str) -> PyErr {
    let number = source.raw_os_error().unwrap_or_else(|| number_of(source.kind()));
    let words = strerror(&source);
    match source.into_inner().map(|inner| inner.downcast::<PyErr>()) {
        Some(Ok(raised)) => *raised,
        _ => match path {
            Some(path) => {
                PyOSError::new_err((number, format!("{words} ({doing})"), path.as_os_str().to_owned()))
            }
            None => PyOSError::new_err((number, format!("{words} ({doing})"))),
        },
    }
}

/// Whether Python has raised it in a file object's method.
fn is_raised(source: &io::Error) -> bool {
    source.get_ref().is_some_and(|inner| inner.is::<PyErr>())
}

/// For errors that were foreseen without asking the system.
fn number_of(kind: io::ErrorKind) -> i32 {
    match kind {
        io::ErrorKind::AlreadyExists => libc::EEXIST,
        io::ErrorKind::InvalidInput => libc::EINVAL,
        io::ErrorKind::IsADirectory => libc::EISDIR,
        io::ErrorKind::NotFound => libc::ENOENT,
        io::ErrorKind::PermissionDenied => libc::EACCES,
        io::ErrorKind::Unsupported => libc::ENOTSUP,
        io::ErrorKind::WouldBlock => libc::EAGAIN,
        _ => libc::EIO,
    }
}

const fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InputEnded => "InputEndedError",
        ErrorKind::BadMagic => "BadMagicError",
        ErrorKind::Corrupt => "CorruptError",
        ErrorKind::Mismatch => "MismatchError",
        ErrorKind::Param => "ParamError",
        ErrorKind::Memory => "OutOfMemoryError",
        ErrorKind::Limit => "LimitError",
        ErrorKind::Cancelled => "CancelledError",
        ErrorKind::Unsupported => "UnsupportedError",
        // What fails to read or write is an `OSError`, and does not come here.
        _ => "InternalError",
    }
}

/// What an exception knows beside its words.
enum Fact<'a> {
    Number(u64),
    Name(&'static str),
    Path(&'a Path),
}

fn new(py: Python<'_>, kind: ErrorKind, message: &str, facts: &[(&str, Fact<'_>)]) -> PyErr {
    let make = || {
        let keywords = PyDict::new(py);
        for (name, fact) in facts {
            match fact {
                Fact::Number(number) => keywords.set_item(name, number)?,
                Fact::Name(word) => keywords.set_item(name, word)?,
                Fact::Path(path) => keywords.set_item(name, path.as_os_str())?,
            }
        }
        let class = py.import("rollsync._errors")?.getattr(class(kind))?;
        class.call((PyString::new(py, message),), Some(&keywords))
    };
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        Err(raised) => raised,
    }
}

/// Where in the file it is wrong, as far as the error says.
const fn offset(error: &EngineError) -> Option<u64> {
    Some(match error {
        EngineError::Load(error) => match error {
            LoadError::BadMagic { .. } => 0,
            LoadError::BlockLen { .. } => 4,
            LoadError::StrongLen { .. } | LoadError::StrongLenOfFormat { .. } => 8,
            LoadError::InputEnded { offset, .. } | LoadError::Seal(SealError { offset, .. }) => *offset,
            _ => return None,
        },
        EngineError::Patch(error) => match error {
            PatchError::BadMagic { .. } => 0,
            PatchError::InputEnded { offset, .. }
            | PatchError::Command { offset, .. }
            | PatchError::BasisEnded { offset, .. }
            | PatchError::Seal(SealError { offset, .. }) => *offset,
            _ => return None,
        },
        _ => return None,
    })
}

const fn limit(error: &EngineError) -> Option<LimitError> {
    match error {
        EngineError::Resource(ResourceError::Limit(limit))
        | EngineError::Load(LoadError::Resource(ResourceError::Limit(limit)))
        | EngineError::Patch(PatchError::Limit(limit)) => Some(*limit),
        _ => None,
    }
}

const fn resource(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Output => "output",
        LimitKind::Input => "input",
        LimitKind::Records => "records",
        LimitKind::Memory => "memory",
        LimitKind::Literal => "literal",
        LimitKind::Time => "time",
        _ => "unknown",
    }
}
