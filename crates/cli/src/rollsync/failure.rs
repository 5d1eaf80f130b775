//! Why a run did not do what was asked.

use super::{exit::Exit, place::Place};
use std::io;

/// The last words of a run, and its exit status. What was being done is put before them.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
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
        Self { exit, message: message.into(), hint: None, file: None, offset: None }
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
        self.file = Some(place.to_string());
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
