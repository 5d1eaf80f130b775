//! What is said, and to whom.

use super::{
    exit::Exit,
    failure::{Failure, words},
    outcome::SCHEMA,
    progress,
};
use crate::standard_streams;
use anstream::stderr;
use clap::{
    Args,
    builder::styling::{AnsiColor, Style},
};
use serde::Serialize;
use std::{
    cell::RefCell,
    io::{self, IsTerminal, Write},
};

/// How much is said.
#[derive(Args)]
pub(crate) struct Talk {
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Say what was done as one JSON object, on standard output unless that is taken
    #[arg(long)]
    json: bool,
}

/// The one place from which anything is said.
pub(crate) struct Console {
    command: &'static str,
    quiet: bool,
    json: bool,
    /// Those that go into the result.
    warnings: RefCell<Vec<String>>,
}

impl Console {
    pub(crate) const fn new(command: &'static str, talk: &Talk) -> Self {
        Self { command, quiet: talk.quiet, json: talk.json, warnings: RefCell::new(Vec::new()) }
    }

    /// Whether anybody would see how far the work is.
    pub(crate) fn shows_progress(&self) -> bool {
        let dumb = std::env::var_os("TERM").is_none_or(|name| name == "dumb");
        !self.quiet && !dumb && io::stderr().is_terminal()
    }

    pub(crate) fn warn(&self, warning: String) {
        if self.json {
            self.warnings.borrow_mut().push(warning);
        } else if !self.quiet {
            progress::clear();
            say(AnsiColor::Yellow, "warning", &warning);
        }
    }

    /// Says that all went well: `line` for people, or the report. `output_is_free` when standard output is not taken.
    pub(crate) fn done(
        &self,
        line: &str,
        report: &impl Serialize,
        output_is_free: bool,
    ) -> Result<(), Failure> {
        progress::clear();
        if self.json {
            self.object(report, output_is_free).map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => Failure::broken_pipe(),
                _ => Failure::done_but(&format!(
                    "the report cannot be written to standard output: {}",
                    words(&error)
                )),
            })
        } else {
            if !self.quiet {
                let _ = writeln!(stderr(), "{}: {line}", self.command);
            }
            Ok(())
        }
    }

    /// Gives an answer that was asked for: `text` for people, or the report, on standard output.
    pub(crate) fn answer(&self, text: &str, report: &impl Serialize) -> Result<(), Failure> {
        progress::clear();
        match (self.json, self.quiet) {
            (true, _) => self.object(report, true),
            (false, true) => Ok(()),
            (false, false) => print(text),
        }
        .map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::broken_pipe(),
            _ => Failure::new(Exit::Io, format!("writing to standard output: {}", words(&error))),
        })
    }

    fn object(&self, report: &impl Serialize, output_is_free: bool) -> io::Result<()> {
        let object =
            Object { schema: SCHEMA, command: self.command, report, warnings: &self.warnings.borrow() };
        let text = line(&object);
        if output_is_free {
            print(&text)
        } else {
            let _ = io::stderr().write_all(text.as_bytes());
            Ok(())
        }
    }

    pub(crate) fn fail(&self, failure: &Failure) {
        if failure.exit == Exit::BrokenPipe {
            return;
        }
        let Failure { exit, is_done, message, hint, file, offset } = failure;
        let message = if *is_done { message.clone() } else { format!("{}: {message}", self.cannot()) };
        if self.json {
            let (hint, file) = (hint.as_deref(), file.as_deref());
            let error = ErrorReport { status: exit.status(), message: &message, hint, file, offset: *offset };
            let text = line(&FailedObject { schema: SCHEMA, command: self.command, error });
            let _ = io::stderr().write_all(text.as_bytes());
            return;
        }
        say_error(&message);
        if let Some(hint) = hint {
            say(AnsiColor::Cyan, "  hint", hint);
        }
    }

    fn cannot(&self) -> &'static str {
        match self.command {
            "signature" => "cannot make the signature",
            "patch" => "cannot apply the delta",
            "info" => "cannot describe the file",
            "verify" => "cannot verify the file",
            _ => "cannot make the delta",
        }
    }
}

#[derive(Serialize)]
struct Object<'a, R> {
    schema: &'static str,
    command: &'static str,
    #[serde(flatten)]
    report: &'a R,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct FailedObject<'a> {
    schema: &'static str,
    command: &'static str,
    error: ErrorReport<'a>,
}

#[derive(Serialize)]
struct ErrorReport<'a> {
    status: u8,
    message: &'a str,
    hint: Option<&'a str>,
    file: Option<&'a str>,
    offset: Option<u64>,
}

fn line(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("an object has no maps with odd keys") + "\n"
}

/// Says that something is wrong, to people.
pub(crate) fn say_error(text: &str) {
    say(AnsiColor::Red, "error", text);
}

fn say(color: AnsiColor, label: &str, text: &str) {
    let style: Style = color.on_default().bold();
    // Nobody is left to be told that this fails.
    let _ = writeln!(stderr(), "{style}{label}:{style:#} {text}");
}

fn print(text: &str) -> io::Result<()> {
    standard_streams::output()?.write_all(text.as_bytes())
}
