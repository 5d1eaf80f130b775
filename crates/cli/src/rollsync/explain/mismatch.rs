//! Files that do not belong together.

use super::{
    super::{
        exit::Exit,
        failure::Failure,
        input::{self, Input},
        place::Place,
        size::Count,
    },
    streams,
};
use rollsync::{EngineError, Error, Mismatch, PatchError, seal::FileDigest};

/// A basis that a copy reaches out of.
pub(super) fn too_short(error: &Error, delta: &Input, basis: &Input) -> Failure {
    let Error::Engine(EngineError::Patch(PatchError::BasisEnded { offset, missing })) = error else {
        return streams(error, delta, None, None);
    };
    let (subject, place) = (delta.place.subject(), &delta.place);
    let has = basis.len.map_or_else(String::new, |len| format!(": it has {len} bytes"));
    let message = format!(
        "{} is not the basis that {subject} was made from{has}, the delta copies {} from offset {offset}",
        basis.place.subject(),
        Count(*missing, "byte", "bytes"),
    );
    let hint = match place {
        Place::Standard => {
            "give the old file as it was then; if it is, the delta is damaged: save it, and see what \
             rollsync verify says"
                .to_owned()
        }
        Place::File(_) => format!(
            "give the old file as it was then; to see how long it is at least: rollsync info {}",
            place.argument()
        ),
    };
    Failure::new(Exit::of(error), message).hint(hint).at(&basis.place, Some(*offset))
}

/// Files that are not those of the delta's seal.
pub(super) fn mismatch(error: &Error, delta: &Input, basis: &Input) -> Failure {
    let (subject, exit) = (delta.place.subject(), Exit::of(error));
    match error {
        Error::Mismatch(Mismatch::BasisLen { expected, found }) => {
            another_len(basis, *found, *expected, delta)
        }
        Error::Mismatch(Mismatch::Basis { expected, found }) => another(basis, found, expected, delta),
        Error::Mismatch(Mismatch::New { basis_is_right: true, expected, found }) => {
            let message = format!(
                "the new file came out wrong, though {subject} and {} are right: its BLAKE3 is {}, not {}",
                basis.place.subject(),
                found.hex(),
                expected.hex()
            );
            Failure::new(exit, message)
                .hint("try again; if it stays, memory or disk of this machine are at fault")
        }
        _ => {
            let message = format!(
                "{} is not the basis that {subject} was made from: what comes out is not the new file that it is sealed for",
                basis.place.subject()
            );
            Failure::new(exit, message).hint(RIGHT_BASIS).at(&basis.place, None)
        }
    }
}

const RIGHT_BASIS: &str = "give the old file as it was then";

/// A file of another length than the one that `sealed` knows.
pub(crate) fn another_len(file: &Input, found: u64, expected: u64, sealed: &Input) -> Failure {
    another_because(file, &format!("it has {found} bytes, that one had {expected}"), sealed)
}

/// A file of the same length as the one that `sealed` knows, and other bytes.
pub(crate) fn another(file: &Input, found: &FileDigest, expected: &FileDigest, sealed: &Input) -> Failure {
    let why = format!("its length is right, but its BLAKE3 is {}, not {}", found.hex(), expected.hex());
    another_because(file, &why, sealed)
}

fn another_because(file: &Input, why: &str, sealed: &Input) -> Failure {
    let (noun, subject) = (file.noun(), sealed.place.subject());
    let message = format!("{} is not the {noun} that {subject} was made for: {why}", file.place.subject());
    let hint = if noun == "basis" { RIGHT_BASIS } else { "it has changed since, or is another file" };
    Failure::new(Exit::Mismatch, message).hint(hint).at(&file.place, None)
}

/// A delta or a signature without a seal, where one is wanted.
pub(crate) fn unsealed(kind: &str, place: &Place) -> Failure {
    let made = if kind == "delta" { "rollsync delta" } else { "rollsync signature" };
    let message = format!("{} is unsealed: nothing can be verified with it", input::name(kind, place));
    Failure::new(Exit::Mismatch, message)
        .hint(format!("make it again with {made}, without --plain"))
        .at(place, None)
}
