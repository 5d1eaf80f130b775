//! The file that is written.

use super::{
    exit::Exit,
    failure::{Failure, words},
    input::Input,
    place::Place,
    size::Size,
};
use crate::{interrupt::Temporary, standard_streams};
use clap::Args;
use rollsync::{OutputError, OutputFile, OutputOptions, OutputStep};
use std::{
    fs::{self, File},
    io::{self, IsTerminal, Write},
    path::Path,
};

/// Where the result goes.
#[derive(Args)]
pub(crate) struct OutputArguments {
    /// Write to this file, which appears whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE", value_parser = Place::parser())]
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
            Some(place @ Place::File(path)) if !self.force && would_be_replaced(path) => Err(exists(place)),
            _ => Ok(()),
        }
    }

    /// Opens the output beside its inputs. Nothing is changed under its name.
    pub(crate) fn create(&self, noun: &'static str, inputs: &[&Input]) -> Result<Output, Failure> {
        let place = self.output.clone().unwrap_or(Place::Standard);
        let kind = match &place {
            Place::Standard => Kind::Standard(
                standard_streams::output()
                    .map_err(|error| Failure::new(Exit::Io, format!("standard output: {}", words(&error))))?,
            ),
            Place::File(path) => {
                let inputs: Vec<&File> = inputs.iter().map(|input| &input.file).collect();
                let options =
                    OutputOptions { inputs: &inputs, keep_existing: !self.force, sync: !self.no_sync };
                let create = || OutputFile::create(path, &options);
                // Opening a FIFO may wait for long, and a signal must not wait with it.
                let created = if fs::metadata(path).map_or(true, |found| found.is_file()) {
                    Temporary::create(|| {
                        let file = create()?;
                        let path = file.temporary_path().map(Path::to_owned);
                        Ok((file, path))
                    })
                } else {
                    create().map(|file| (file, None))
                };
                let (file, temporary) = created.map_err(|error| cannot_create(noun, &place, &error))?;
                Kind::File { file, temporary }
            }
        };
        Ok(Output { noun, place, kind })
    }
}

/// An output under way. Dropped unfinished, a file leaves nothing behind, and what it should replace stands unchanged.
pub(crate) struct Output {
    noun: &'static str,
    pub(crate) place: Place,
    kind: Kind,
}

enum Kind {
    Standard(File),
    File {
        // In this order: while the file is being removed, its guard still holds.
        file: OutputFile,
        temporary: Option<Temporary>,
    },
}

impl Output {
    /// Lets the output appear.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { noun, place, kind } = self;
        match kind {
            Kind::Standard(file) => standard_streams::close(file)
                .map_err(|error| Failure::new(Exit::Io, format!("standard output: {}", words(&error)))),
            Kind::File { file, temporary } => {
                let commit = || file.commit().map_err(|error| cannot_create(noun, &place, &error));
                match temporary {
                    Some(temporary) => temporary.finish(commit),
                    None => commit(),
                }
            }
        }
    }

    /// What it is, and which: `delta disk.delta`.
    pub(crate) fn name(&self) -> String {
        match &self.place {
            Place::Standard => format!("{} to standard output", self.noun),
            place => format!("{} {place}", self.noun),
        }
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
        match &mut self.kind {
            Kind::Standard(file) => file.write(bytes),
            Kind::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a regular file has this name. Devices and pipes are written to, and an open descriptor is its owner's.
fn would_be_replaced(path: &Path) -> bool {
    !path.starts_with("/dev/fd") && fs::metadata(path).is_ok_and(|found| found.is_file())
}

fn exists(place: &Place) -> Failure {
    Failure::new(Exit::Exists, format!("{place} exists"))
        .hint("--force replaces it when the work is done; or name another file")
        .at(place, None)
}

fn cannot_create(noun: &str, place: &Place, error: &OutputError) -> Failure {
    // Also what has come in between is not ours to replace.
    if error.step == OutputStep::Exists {
        return exists(place);
    }
    let OutputError { path, step, source, .. } = error;
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
        (OutputStep::Open, io::ErrorKind::IsADirectory) => {
            ("it is a folder".to_owned(), Some("name a file in it".to_owned()))
        }
        (OutputStep::Open, io::ErrorKind::PermissionDenied) => ("you may not write there".to_owned(), None),
        (OutputStep::IsInput, _) => (step.to_string(), Some("name another output".to_owned())),
        (OutputStep::Temporary, _) => (
            format!("{step}: {}", words(source)),
            Some("write it elsewhere with -o, then move it".to_owned()),
        ),
        _ => (format!("{step}: {}", words(source)), None),
    };
    let failure = Failure::new(Exit::Io, format!("writing {noun} {place}: {why}")).at(place, None);
    Failure { hint, ..failure }
}
