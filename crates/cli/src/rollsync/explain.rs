//! What the engine's errors mean for the files at hand, and what to try.

use super::{
    exit::Exit,
    failure::{Failure, words},
    input::{self, Input},
    output::Output,
    place::Place,
    size::Count,
};
use rollsync::{DELTA_MAGIC, EngineError, Error, ErrorKind, Format, LoadError, PatchError, Side, format};
use std::{
    fs::File,
    io::{self, Read},
};

/// What a file is by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Signature,
    Delta,
    Data,
}

impl Kind {
    fn of(first: &[u8]) -> Self {
        match first.try_into().map(u32::from_be_bytes) {
            Ok(DELTA_MAGIC) => Self::Delta,
            Ok(magic) if Format::from_magic(magic).is_some() => Self::Signature,
            _ => Self::Data,
        }
    }

    /// What a file is that no work has read; nothing when it cannot be told without taking bytes from a pipe.
    fn at(place: &Place) -> Option<Self> {
        let Place::File(path) = place else { return None };
        let is_file = path.metadata().is_ok_and(|found| found.is_file());
        let mut first = Vec::new();
        let file = is_file.then(|| File::open(path).ok()).flatten()?;
        file.take(4).read_to_end(&mut first).ok()?;
        Some(Self::of(&first))
    }
}

/// Reading `signature`, to make a delta of `new`.
pub(crate) fn load(error: &Error, signature: &Input, new: &Place) -> Failure {
    let reason = match error {
        Error::Engine(EngineError::Load(LoadError::Resource(_))) => return delta(error, signature, None),
        Error::Engine(EngineError::Load(reason)) => reason,
        _ => return delta(error, signature, None),
    };
    let (subject, place) = (signature.place.subject(), &signature.place);
    let new_name = new.argument();
    let own_name = place.argument();
    match Kind::of(signature.first()) {
        Kind::Delta => Failure::new(Exit::of(error), format!("{subject} is a delta, not a signature"))
            .hint(format!("a delta is applied with: rollsync patch BASIS {own_name}"))
            .at(place, Some(0)),
        Kind::Data => {
            let begins = begins(signature.first());
            let failure = Failure::new(Exit::of(error), format!("{subject} is not a signature ({begins})"));
            let hint = if Kind::at(new) == Some(Kind::Signature) {
                format!("the signature comes first: rollsync delta {new_name} {own_name}")
            } else {
                format!("to compare two files use: rollsync diff {own_name} {new_name}")
            };
            failure.hint(hint).at(place, Some(0))
        }
        Kind::Signature => broken_signature(reason, signature),
    }
}

/// Making a delta, of which `input` is one side.
pub(crate) fn delta(error: &Error, input: &Input, output: Option<&Output>) -> Failure {
    searched(
        error,
        input,
        output,
        "longer blocks take less of it: give a longer --block-len when making the signature",
    )
}

/// The same, when the signature is made along with it.
pub(crate) fn diff(error: &Error, input: &Input, output: Option<&Output>) -> Failure {
    searched(error, input, output, "longer blocks take less of it: give a longer --block-len")
}

fn searched(error: &Error, input: &Input, output: Option<&Output>, memory_hint: &str) -> Failure {
    let failure = streams(error, input, None, output);
    if error.kind() == ErrorKind::Memory { failure.hint(memory_hint) } else { failure }
}

/// Reading `delta`, to apply it to `basis`, which has so many bytes.
pub(crate) fn patch(
    error: &Error,
    delta: &Input,
    basis: &Place,
    basis_len: Option<u64>,
    output: &Output,
) -> Failure {
    let (subject, place) = (delta.place.subject(), &delta.place);
    let (own_name, basis_name) = (place.argument(), basis.argument());
    match error {
        Error::Engine(EngineError::Patch(PatchError::BasisEnded { offset, missing })) => {
            let has = basis_len.map_or_else(String::new, |len| format!(": it has {len} bytes"));
            let message = format!(
                "{} is not the basis that {subject} was made from{has}, the delta copies {} from offset {offset}",
                basis.subject(),
                Count(*missing, "byte", "bytes"),
            );
            let hint = match place {
                Place::Standard => "give the old file as it was then".to_owned(),
                Place::File(_) => format!(
                    "give the old file as it was then; to see how long it is at least: rollsync info {own_name}"
                ),
            };
            Failure::new(Exit::of(error), message).hint(hint).at(basis, Some(*offset))
        }
        Error::Engine(EngineError::Patch(PatchError::Limit(_))) => {
            streams(error, delta, Some(basis), Some(output))
        }
        Error::Engine(EngineError::Patch(reason)) => match Kind::of(delta.first()) {
            Kind::Signature => {
                Failure::new(Exit::of(error), format!("{subject} is a signature, not a delta"))
                    .hint(format!("make a delta with it first: rollsync delta {own_name} NEW"))
                    .at(place, Some(0))
            }
            Kind::Data => {
                let begins = begins(delta.first());
                let failure = Failure::new(Exit::of(error), format!("{subject} is not a delta ({begins})"));
                let hint = if Kind::at(basis) == Some(Kind::Delta) {
                    format!("the basis comes first: rollsync patch {own_name} {basis_name}")
                } else {
                    "a delta is made with: rollsync delta SIG NEW, or rollsync diff OLD NEW".to_owned()
                };
                failure.hint(hint).at(place, Some(0))
            }
            Kind::Delta => broken_delta(reason, delta),
        },
        _ => streams(error, delta, Some(basis), Some(output)),
    }
}

/// Reading a file to describe it.
pub(crate) fn info(error: &Error, file: &Input) -> Failure {
    match error {
        Error::Engine(EngineError::Load(LoadError::Resource(_))) => streams(error, file, None, None),
        Error::Engine(EngineError::Load(reason)) => broken_signature(reason, file),
        Error::Engine(EngineError::Patch(reason)) => broken_delta(reason, file),
        _ => streams(error, file, None, None),
    }
}

/// A file that is neither a signature nor a delta.
pub(crate) fn neither(file: &Input) -> Failure {
    let (subject, argument) = (file.place.subject(), file.place.argument());
    let begins = begins(file.first());
    Failure::new(Exit::Content, format!("{subject} is neither a signature nor a delta ({begins})"))
        .hint(format!("to compare it with another file use: rollsync diff {argument} NEW"))
        .at(&file.place, Some(0))
}

/// Any work that goes from `input` to `output`.
pub(crate) fn streams(
    error: &Error,
    input: &Input,
    basis: Option<&Place>,
    output: Option<&Output>,
) -> Failure {
    let Error::Io { side, offset, source } = error else {
        return Failure::new(Exit::of(error), format!("{}: {error}", input.name()));
    };
    let (doing, place, hint) = match (side, basis, output) {
        (Side::Write, _, Some(output)) => {
            if output.is_standard() && source.kind() == io::ErrorKind::BrokenPipe {
                return Failure::broken_pipe();
            }
            let full = matches!(
                source.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
            );
            let hint = full.then_some("make room there, or write it elsewhere with -o");
            (format!("writing {}", output.name()), &output.place, hint)
        }
        (Side::Write, ..) => return temporary(source, &input.place, *offset),
        (Side::Basis, Some(basis), _) => (format!("reading {}", input::name("basis", basis)), basis, None),
        _ => (format!("reading {}", input.name()), &input.place, None),
    };
    let failure = Failure::new(Exit::Io, format!("{doing} at offset {offset}: {}", words(source)));
    Failure { hint: hint.map(str::to_owned), ..failure.at(place, Some(*offset)) }
}

/// What is piped is kept for the time of the work.
fn temporary(source: &io::Error, place: &Place, offset: u64) -> Failure {
    let folder = std::env::temp_dir();
    let message = format!(
        "keeping {} in a temporary file in {}, at offset {offset}: {}",
        input::name("basis", place),
        Place::File(folder),
        words(source),
    );
    Failure::new(Exit::Io, message)
        .hint("set TMPDIR to a folder with room for it, or name the basis as a file")
        .at(place, Some(offset))
}

fn broken_signature(reason: &LoadError, signature: &Input) -> Failure {
    let subject = signature.place.subject();
    let (message, offset) = match reason {
        LoadError::InputEnded { offset, missing } => {
            let missing = Count(*missing, "byte is", "bytes are");
            (format!("signature {subject} is cut at offset {offset}: {missing} missing"), Some(*offset))
        }
        LoadError::BlockLen { .. } => (format!("signature {subject} is broken: {reason}"), Some(4)),
        LoadError::StrongLen { .. } | LoadError::StrongLenOfFormat { .. } => {
            (format!("signature {subject} is broken: {reason}"), Some(8))
        }
        _ => (format!("signature {subject}: {reason}"), None),
    };
    Failure::new(Exit::of(&Error::from(*reason)), message)
        .hint("copy it again, or make it again: rollsync signature BASIS")
        .at(&signature.place, offset)
}

fn broken_delta(reason: &PatchError, delta: &Input) -> Failure {
    let subject = delta.place.subject();
    let (message, offset) = match reason {
        PatchError::InputEnded { offset, part } => {
            let within = match part {
                rollsync::DeltaPart::Magic => "inside its magic",
                rollsync::DeltaPart::Parameters => "inside a command",
                rollsync::DeltaPart::Literal => "inside a literal",
                _ => "before its END command",
            };
            (format!("delta {subject} is cut at offset {offset}, {within}"), Some(*offset))
        }
        PatchError::Command { offset, error } => {
            (format!("delta {subject} is broken at offset {offset}: {}", command(*error)), Some(*offset))
        }
        _ => (format!("delta {subject}: {reason}"), None),
    };
    Failure::new(Exit::of(&Error::from(*reason)), message)
        .hint("copy it again, or make it again: rollsync delta SIG NEW")
        .at(&delta.place, offset)
}

fn command(error: format::CommandError) -> String {
    match error {
        format::CommandError::Reserved { opcode } => format!("{opcode:#04x} is no command"),
        format::CommandError::LiteralLen { len } => format!("a literal of {len} bytes"),
        format::CommandError::CopyLen { len } => format!("a copy of {len} bytes"),
        format::CommandError::CopyOffset { offset } => format!("a copy from offset {offset}"),
        other => format!("{other:?}"),
    }
}

fn begins(first: &[u8]) -> String {
    if first.is_empty() {
        return "it is empty".to_owned();
    }
    let bytes: Vec<String> = first.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = String::from_utf8_lossy(first);
    let shown = if first.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        format!(", {text:?}")
    } else {
        String::new()
    };
    let how = if first.len() < 4 { "all that it holds is" } else { "it begins with" };
    format!("{how} {}{shown}", bytes.join(" "))
}
