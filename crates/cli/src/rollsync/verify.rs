//! `rollsync verify`.

use super::{
    console::{Console, Talk},
    exit::Exit,
    explain,
    failure::Failure,
    info::Text,
    input::Input,
    limits::TimeArguments,
    place::Place,
    progress::{Progress, Watched},
    seal::SealReport,
    size::Size,
};
use clap::Args;
use rollsync::{
    Inspection, Limits, Options, SealCheck,
    seal::{FileDigest, Seal},
};
use serde::Serialize;
use std::io::Seek;

/// Check a sealed delta or signature, and the files that belong to it
///
/// That the file itself is whole and unchanged is always checked; nothing is written. Exit status 3 says that it is not, 4 that
/// another file is the wrong one, or that there is no seal.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The delta or signature, or - for standard input
    #[arg(value_name = "DELTA|SIG", value_parser = Place::input())]
    file: Place,
    /// Is this the old file that it was made for?
    #[arg(long, value_name = "FILE", value_parser = Place::input())]
    basis: Option<Place>,
    /// Is this the new file that the delta makes?
    #[arg(long, value_name = "FILE", value_parser = Place::input())]
    new: Option<Place>,
    #[command(flatten)]
    time: TimeArguments,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

const EXAMPLES: &str = "\
Examples:
  rollsync verify disk.delta
  rollsync verify disk.delta --basis disk.img && rollsync patch disk.img disk.delta -o disk.new
  rollsync verify disk.sig --basis disk.img    has it changed since?";

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<(), Failure> {
    let Arguments { file, basis, new, time, talk } = arguments;
    time.begin("verify", talk)?;
    let places = [Some(file), basis.as_ref(), new.as_ref()];
    if places.into_iter().flatten().filter(|place| **place == Place::Standard).count() > 1 {
        let failure = Failure::new(Exit::Usage, "two of the files are standard input");
        return Err(failure.hint("name a file for one of them"));
    }
    let mut file = Input::open("file", file)?;
    let open = |noun, place: &Option<Place>| place.as_ref().map(|place| Input::open(noun, place)).transpose();
    let (mut basis, mut new) = (open("basis", basis)?, open("new file", new)?);

    let mut progress = Progress::new(console, true);
    if basis.is_some() {
        // It may have to be applied, when it is known what it is.
        file.keep(&mut progress, None)?;
    }
    let (total, phase) = (file.len, "reading the file");
    let watched = Watched { input: &mut file, progress: &mut progress, phase, read: 0, total };
    let inspection = rollsync::inspect(watched, &Limits::default());
    let (kind, len, seal) = match inspection.map_err(|error| explain::info(&error, &file))? {
        Inspection::Delta(summary) => ("delta", summary.file_len(), summary.seal),
        Inspection::Signature(summary) => {
            ("signature", summary.len, summary.basis.map(|basis| Seal::Signature { basis }))
        }
        _ => return Err(explain::neither(&file)),
    };
    let seal = seal.ok_or_else(|| explain::unsealed(kind, &file.place))?;
    let (sealed_basis, sealed_new) = match seal {
        Seal::Delta { basis, new } => (basis, Some(new)),
        Seal::Signature { basis } => (Some(basis), None),
    };
    if let Some(basis) = &mut basis {
        match sealed_basis {
            Some(expected) => is_it(basis, expected, &file, &mut progress)?,
            None => makes_it(&mut file, basis, sealed_new, &mut progress)?,
        }
    }
    if let Some(new) = &mut new {
        let expected = sealed_new.ok_or_else(|| {
            let message = format!("{} is a signature, which knows of no new file", file.place.subject());
            Failure::new(Exit::Usage, message).hint("leave out --new, or name a delta")
        })?;
        is_it(new, expected, &file, &mut progress)?;
    }

    let (name, plain) = (file.place.subject(), file.place.plain());
    let text = text(&format!("{name}: {kind}, {}, whole", Size(len)), &seal, basis.as_ref(), new.as_ref());
    let checked = Checks { basis: basis.is_some(), new: new.is_some() };
    console.answer(&text, &Answer { file: &plain, kind, seal: SealReport::new(&seal), checked })
}

/// Whether a file is the one that `sealed` was made for.
fn is_it(
    file: &mut Input,
    expected: FileDigest,
    sealed: &Input,
    progress: &mut Progress,
) -> Result<(), Failure> {
    // One that is said to be empty may have bytes all the same, as those in /proc have.
    if let Some(len) = file.len.filter(|len| *len > 0 && *len != expected.len) {
        return Err(explain::another_len(file, len, expected.len, sealed));
    }
    let (total, phase) = (file.len, "hashing");
    let mut watched = Watched { input: &mut *file, progress, phase, read: 0, total };
    let found = rollsync::digest(&mut watched);
    let offset = watched.read;
    let found = found.map_err(|source| {
        let error = rollsync::Error::Io { side: rollsync::Side::Read, offset, source };
        explain::streams(&error, file, None, None)
    })?;
    match found {
        found if found == expected => Ok(()),
        found if found.len != expected.len => {
            Err(explain::another_len(file, found.len, expected.len, sealed))
        }
        found => Err(explain::another(file, &found, &expected, sealed)),
    }
}

/// Whether the delta, which does not know its basis, makes the new file from this one.
fn makes_it(
    delta: &mut Input,
    basis: &mut Input,
    new: Option<FileDigest>,
    progress: &mut Progress,
) -> Result<(), Failure> {
    basis.keep(progress, None)?;
    let rewound = delta.file.rewind();
    let error = |source| rollsync::Error::Io { side: rollsync::Side::Read, offset: 0, source };
    rewound.map_err(|source| explain::streams(&error(source), delta, None, None))?;
    progress.new_len = new.map(|new| new.len);
    // No more than was sealed.
    let limits = Limits { output: progress.new_len, ..Limits::default() };
    let mut told = |report| progress.told(report);
    let mut options = Options::new().limits(limits).seal_check(SealCheck::Required).progress(&mut told);
    let total = delta.len;
    rollsync::patch(&mut basis.file, &mut *delta, total, std::io::sink(), &mut options)
        .map(drop)
        .map_err(|error| explain::verify(&error, delta, basis))
}

fn text(title: &str, seal: &Seal, basis: Option<&Input>, new: Option<&Input>) -> String {
    let mut text = Text::titled(title);
    let is = |file: Option<&Input>, option| match file {
        Some(file) => format!("it is {}", file.place.subject()),
        None => format!("not looked at: {option} FILE"),
    };
    match seal {
        Seal::Delta { basis: None, .. } => text.line(
            "basis",
            match basis {
                Some(basis) => format!("{} makes the new file", basis.place.subject()),
                None => "unknown to who made the delta".to_owned(),
            },
        ),
        Seal::Delta { basis: Some(_), .. } | Seal::Signature { .. } => {
            text.line("basis", is(basis, "--basis"))
        }
    }
    if let Seal::Delta { .. } = seal {
        text.line("new file", is(new, "--new"));
    }
    text.0
}

/// What was found.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    kind: &'static str,
    seal: SealReport,
    checked: Checks,
}

/// Which other files were found to be the right ones.
#[derive(Serialize)]
struct Checks {
    basis: bool,
    new: bool,
}
