//! What the engine's errors mean for the files at hand, and what to try.

mod limit;
mod mismatch;

pub(crate) use mismatch::{another, another_len, unsealed};

use super::{
    exit::Exit,
    failure::{Failure, words},
    input::{self, Input},
    limits::OutputLimit,
    output::Output,
    place::Place,
    size::Count,
};
use limit::{limit_of, over_limit, patch_limit};
use mismatch::{mismatch, too_short};
use rollsync::{
    DELTA_MAGIC, DeltaPart, EngineError, Error, ErrorKind, Format, LoadError, Mismatch, PatchError, Side,
    format,
    seal::{SealError, SealFault},
};
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

/// A patch: its files, and who set the limit of its output.
pub(crate) struct Patching<'a> {
    pub(crate) delta: &'a Input,
    pub(crate) basis: &'a Input,
    pub(crate) output: &'a Output,
    pub(crate) limit: OutputLimit,
}

/// Reading a delta, to apply it to a basis.
pub(crate) fn patch(error: &Error, files: &Patching<'_>) -> Failure {
    let Patching { delta, basis, output, .. } = files;
    let failure = match error {
        Error::Mismatch(_) => mismatch(error, delta, basis),
        Error::Unsealed => {
            let failure = unsealed("delta", &delta.place);
            Failure {
                hint: Some("without --require-seal it is applied, but not verified".to_owned()),
                ..failure
            }
        }
        Error::Engine(EngineError::Patch(reason)) => match (reason, limit_of(error)) {
            (PatchError::BasisEnded { .. }, _) => too_short(error, delta, basis),
            (_, Some(limit)) => patch_limit(limit, delta, files.limit),
            _ => no_delta(error, *reason, delta, Some(&basis.place)),
        },
        _ => return streams(error, delta, Some(&basis.place), Some(output)),
    };
    // All of it was written when this was found.
    let is_late = match error {
        Error::Mismatch(reason) => !matches!(reason, Mismatch::BasisLen { .. }),
        Error::Engine(EngineError::Patch(PatchError::Seal(_))) => true,
        _ => false,
    };
    match failure.hint.clone() {
        Some(hint) if is_late && output.is_standard() => failure
            .hint(format!("throw away what was written to standard output, it is not the new file; {hint}")),
        _ => failure,
    }
}

/// Applying a delta, to see what comes out.
pub(crate) fn verify(error: &Error, delta: &Input, basis: &Input) -> Failure {
    match error {
        Error::Mismatch(_) => mismatch(error, delta, basis),
        Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => too_short(error, delta, basis),
        Error::Engine(EngineError::Patch(PatchError::Limit(limit))) => {
            patch_limit(*limit, delta, OutputLimit::Sealed)
        }
        Error::Engine(EngineError::Patch(reason)) => no_delta(error, *reason, delta, Some(&basis.place)),
        _ => streams(error, delta, Some(&basis.place), None),
    }
}

/// A file that no delta can be read from.
fn no_delta(error: &Error, reason: PatchError, delta: &Input, basis: Option<&Place>) -> Failure {
    let (subject, place) = (delta.place.subject(), &delta.place);
    let own_name = place.argument();
    if !matches!(reason, PatchError::BadMagic { .. } | PatchError::InputEnded { part: DeltaPart::Magic, .. })
    {
        return broken_delta(&reason, delta);
    }
    match (Kind::of(delta.first()), basis) {
        (Kind::Signature, _) => {
            Failure::new(Exit::of(error), format!("{subject} is a signature, not a delta"))
                .hint(format!("make a delta with it first: rollsync delta {own_name} NEW"))
                .at(place, Some(0))
        }
        (_, basis) => {
            let begins = begins(delta.first());
            let failure = Failure::new(Exit::of(error), format!("{subject} is not a delta ({begins})"));
            let hint = match basis {
                Some(basis) if Kind::at(basis) == Some(Kind::Delta) => {
                    format!("the basis comes first: rollsync patch {own_name} {}", basis.argument())
                }
                _ => "a delta is made with: rollsync delta SIG NEW, or rollsync diff OLD NEW".to_owned(),
            };
            failure.hint(hint).at(place, Some(0))
        }
    }
}

/// Keeping what is piped.
pub(crate) fn spill(error: &Error, input: &Input) -> Failure {
    streams(error, input, None, None)
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
    if let Some(limit) = limit_of(error) {
        return over_limit(limit, input);
    }
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
        LoadError::Seal(SealError { offset, fault: SealFault::Cut }) => {
            (format!("signature {subject} is cut at offset {offset}, inside its seal"), Some(*offset))
        }
        LoadError::Seal(SealError { offset, fault: SealFault::Padding }) => (
            format!(
                "signature {subject} is broken: at offset {offset}, behind its seal, is more than zeros to a whole record"
            ),
            Some(*offset),
        ),
        LoadError::Seal(error) => (format!("signature {subject} is broken: {reason}"), Some(error.offset)),
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
                DeltaPart::Magic => "inside its magic",
                DeltaPart::Parameters => "inside a command",
                DeltaPart::Literal => "inside a literal",
                _ => "before its END command",
            };
            (format!("delta {subject} is cut at offset {offset}, {within}"), Some(*offset))
        }
        PatchError::Command { offset, error } => {
            (format!("delta {subject} is broken at offset {offset}: {}", command(*error)), Some(*offset))
        }
        PatchError::Seal(SealError { offset, fault: SealFault::Trailing }) => {
            let message =
                format!("bytes behind the end of delta {subject}, at offset {offset}, that are no seal");
            return Failure::new(Exit::Content, message)
                .hint("copy it again, or cut it there")
                .at(&delta.place, Some(*offset));
        }
        PatchError::Seal(SealError { offset, fault: SealFault::Cut }) => {
            (format!("delta {subject} is cut at offset {offset}, inside its seal"), Some(*offset))
        }
        PatchError::Seal(error) => (format!("delta {subject} is broken: {reason}"), Some(error.offset)),
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
