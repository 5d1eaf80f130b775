//! The file that is written.

use super::{
    exit::Exit,
    failure::{Failure, words},
    input::Input,
    place::Place,
    size::Size,
};
use crate::guarded_output::{FinishError, GuardedOutput};
use clap::Args;
use rollsync::{Error, FileBacked, OutputError, OutputFile, OutputOptions, OutputStep, Stats};
use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    path::Path,
};

/// Where the result goes.
#[derive(Args)]
pub(crate) struct OutputArguments {
    /// Write to this file, which appears whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE", value_parser = Place::output())]
    output: Option<Place>,
    /// Replace the output if it exists
    #[arg(short, long)]
    force: bool,
    /// Do not wait until the output is on the disk
    #[arg(long)]
    no_sync: bool,
}

impl OutputArguments {
    /// Refuses what may not be written, before any work is done.
    pub(crate) fn check(&self, noun: &str) -> Result<(), Failure> {
        match &self.output {
            None if io::stdout().is_terminal() => {
                let failure = Failure::new(
                    Exit::Usage,
                    format!("standard output is a terminal, and a {noun} is not for reading"),
                );
                Err(failure.hint("name a file with -o FILE, or pipe the output to a program"))
            }
            Some(place @ Place::File(path)) if !self.force && OutputFile::would_lose(path) => {
                Err(exists(place))
            }
            _ => Ok(()),
        }
    }

    /// Opens the output beside its inputs. Nothing is changed under its name.
    pub(crate) fn create(&self, noun: &'static str, inputs: &[&Input]) -> Result<Output, Failure> {
        let place = self.output.clone().unwrap_or(Place::Standard);
        let inputs: Vec<&File> = inputs.iter().map(|input| &input.file).collect();
        let options = OutputOptions { inputs: &inputs, keep_existing: !self.force, sync: !self.no_sync };
        let opened = match &place {
            Place::Standard => GuardedOutput::standard(&inputs),
            Place::File(path) => GuardedOutput::create(path, &options),
        };
        let opened = opened.map_err(|error| cannot_write(noun, &place, &error))?;
        Ok(Output { noun, place, opened })
    }
}

/// An output under way.
pub(crate) struct Output {
    noun: &'static str,
    pub(crate) place: Place,
    opened: GuardedOutput,
}

impl Output {
    /// Writes what is kept back of the output of work that is done.
    pub(crate) fn flushed(&mut self, stats: Stats) -> Result<Stats, Error> {
        self.opened.flushed(stats)
    }

    /// Lets the output appear.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { noun, place, opened } = self;
        opened.finish().map_err(|error| match error {
            FinishError::Close(error) => {
                Failure::new(Exit::Io, format!("writing {}: {}", name(noun, &place), words(&error)))
            }
            FinishError::Commit(error) => cannot_write(noun, &place, &error),
        })
    }

    /// What it is, and which: `delta disk.delta`.
    pub(crate) fn name(&self) -> String {
        name(self.noun, &self.place)
    }

    pub(crate) const fn is_standard(&self) -> bool {
        matches!(self.place, Place::Standard)
    }

    /// Whether it is not what progress is drawn on.
    pub(crate) fn leaves_terminal(&self) -> bool {
        !self.is_standard() || !io::stdout().is_terminal()
    }

    /// `wrote disk.delta (12.9 kB)`.
    pub(crate) fn wrote(&self, len: u64) -> String {
        match &self.place {
            Place::Standard => format!("wrote {} to standard output", Size(len)),
            place => format!("wrote {place} ({})", Size(len)),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.opened.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.opened.flush()
    }
}

impl FileBacked for Output {
    fn as_file(&self) -> Option<&File> {
        self.opened.as_file()
    }

    fn make_room(&self, len: u64) {
        self.opened.make_room(len);
    }
}

fn name(noun: &str, place: &Place) -> String {
    match place {
        Place::Standard => format!("{noun} to standard output"),
        place => format!("{noun} {place}"),
    }
}

fn exists(place: &Place) -> Failure {
    Failure::new(Exit::Exists, format!("{place} exists"))
        .hint("--force replaces it when the work is done; or name another file")
        .at(place, None)
}

fn cannot_write(noun: &str, place: &Place, error: &OutputError) -> Failure {
    let OutputError { path, step, source, .. } = error;
    match step {
        // Also what has come in between is not ours to replace.
        OutputStep::Exists => return exists(place),
        OutputStep::SyncFolder => {
            return Failure::done_but(&format!("{place} is perhaps not on the disk: {}", words(source)))
                .at(place, None);
        }
        _ => {}
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = Place::File(folder.to_owned());
    let (why, hint) = match (step, source.kind()) {
        (OutputStep::Open, io::ErrorKind::NotFound) if !folder.is_dir() => (
            format!("there is no folder {shown}"),
            Some(format!("make it first: mkdir -p {}", shown.argument())),
        ),
        (OutputStep::Open, io::ErrorKind::IsADirectory) if path.is_dir() => {
            ("it is a folder".to_owned(), Some("name a file in it".to_owned()))
        }
        (OutputStep::Open, io::ErrorKind::IsADirectory) => (
            "there is no such folder".to_owned(),
            Some("for a file of that name leave out the / at its end".to_owned()),
        ),
        (OutputStep::Open, io::ErrorKind::PermissionDenied) => ("you may not write there".to_owned(), None),
        (OutputStep::IsInput, _) if *place == Place::Standard => (
            "it is an input as well, and would change while it is read".to_owned(),
            Some("write it to another file: -o FILE".to_owned()),
        ),
        (OutputStep::IsInput, _) => (format!("it {step}"), Some("name another output".to_owned())),
        (OutputStep::Temporary, _) => (
            format!("it {step}: {}", words(source)),
            Some("write it elsewhere with -o, then move it".to_owned()),
        ),
        _ => (format!("it {step}: {}", words(source)), None),
    };
    let failure = Failure::new(Exit::Io, format!("writing {}: {why}", name(noun, place))).at(place, None);
    Failure { hint, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_behind_the_last_step_is_no_failure_of_the_work() {
        let place = Place::File("disk.sig".into());
        let error = |step| OutputError { path: "disk.sig".into(), step, source: io::Error::other("ill") };
        let failure = cannot_write("signature", &place, &error(OutputStep::SyncFolder));
        assert!(failure.is_done);
        assert_eq!(failure.message, "done, but disk.sig is perhaps not on the disk: ill");
        assert!(!cannot_write("signature", &place, &error(OutputStep::Sync)).is_done);
    }
}
