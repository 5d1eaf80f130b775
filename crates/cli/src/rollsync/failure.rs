//! Why a run did not do what was asked.

use super::{exit::Exit, place::Place};
use std::io;

/// The last words of a run, and its exit status. What could not be done is put before them, if so.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Whether the output is there all the same.
    pub(crate) is_done: bool,
    pub(crate) message: String,
    /// What to try.
    pub(crate) hint: Option<String>,
    /// The file at fault.
    pub(crate) file: Option<String>,
    /// Where in it.
    pub(crate) offset: Option<u64>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, is_done: false, message: message.into(), hint: None, file: None, offset: None }
    }

    /// The output is where it belongs, and yet not all went well.
    pub(crate) fn done_but(what: &str) -> Self {
        Self { is_done: true, ..Self::new(Exit::Io, format!("done, but {what}")) }
    }

    /// Nobody reads what is written to standard output: there is nothing to say, and nobody to say it to.
    pub(crate) fn broken_pipe() -> Self {
        Self::new(Exit::BrokenPipe, "standard output is closed")
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn at(mut self, place: &Place, offset: Option<u64>) -> Self {
        self.file = Some(place.plain().into_owned());
        self.offset = offset;
        self
    }
}

/// An I/O error's words, without the system's number for them.
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
