//! From an argument vector to what is asked for.

mod integer;
mod options;
mod popt;
mod request;
mod usage_error;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ffi::OsString;

pub(crate) use options::{GROUPS, OptionSpec};
pub(crate) use popt::Ordering;
pub(crate) use request::{
    DeltaRequest, FileName, Hash, PatchRequest, Rollsum, Settings, SignatureRequest, Sums,
};
pub(crate) use usage_error::UsageError;

use options::OptionId;
use popt::{Event, Scanner};

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Invocation {
    Help,
    Version,
    Signature(SignatureRequest),
    Delta(DeltaRequest),
    Patch(PatchRequest),
}

/// A command line, read to its end or to the first option that decides the run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// How many `-v` came before that; each is answered before anything else happens.
    pub(crate) trace_requests: usize,
    pub(crate) outcome: Result<Invocation, UsageError>,
}

/// Reads the arguments, without the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>, ordering: Ordering) -> Parsed {
    let mut trace_requests = 0;
    let outcome = invocation(Scanner::new(arguments, ordering), &mut trace_requests);
    Parsed { trace_requests, outcome }
}

fn invocation(mut scanner: Scanner, trace_requests: &mut usize) -> Result<Invocation, UsageError> {
    let mut settings = Settings::default();
    let (mut block_len, mut strong_len) = (0, 0);
    let (mut hash, mut rollsum) = (None, None);
    while let Some(event) = scanner.next()? {
        match event {
            Event::Flag(OptionId::Help) => return Ok(Invocation::Help),
            Event::Flag(OptionId::Version) => return Ok(Invocation::Version),
            Event::Flag(OptionId::Compression) => return Err(UsageError::no_compression()),
            Event::Flag(OptionId::Verbose) => *trace_requests += 1,
            Event::Flag(OptionId::Statistics) => settings.statistics = true,
            Event::Flag(OptionId::Force) => settings.force = true,
            Event::Text(OptionId::Hash, name) => hash = Some(name),
            Event::Text(OptionId::Rollsum, name) => rollsum = Some(name),
            Event::Integer(OptionId::BlockSize, number) => block_len = number,
            Event::Integer(OptionId::SumSize, number) => strong_len = number,
            Event::Integer(OptionId::InputSize, number) => settings.input_len = number,
            Event::Integer(OptionId::OutputSize, number) => settings.output_len = number,
            Event::Flag(_) | Event::Text(..) | Event::Integer(..) => {
                unreachable!("the option table gives each option the kind of value matched above")
            }
        }
    }

    let mut operands = VecDeque::from(scanner.into_operands());
    let action = operands.pop_front().ok_or_else(UsageError::no_action)?;
    let mut next = || operands.pop_front().map(FileName::new);
    let request = match Action::from_prefix(action.as_encoded_bytes()).ok_or_else(UsageError::no_action)? {
        Action::Signature => Invocation::Signature(SignatureRequest {
            basis: next().unwrap_or_default(),
            signature: next().unwrap_or_default(),
            settings,
            block_len,
            strong_len,
            hash,
            rollsum,
            surplus: !operands.is_empty(),
        }),
        Action::Delta => Invocation::Delta(DeltaRequest {
            signature: next().ok_or_else(UsageError::delta_without_signature)?,
            new: next().unwrap_or_default(),
            delta: next().unwrap_or_default(),
            settings,
            surplus: !operands.is_empty(),
        }),
        Action::Patch => Invocation::Patch(PatchRequest {
            basis: next().ok_or_else(UsageError::patch_without_basis)?,
            delta: next().unwrap_or_default(),
            new: next().unwrap_or_default(),
            settings,
            surplus: !operands.is_empty(),
        }),
    };
    Ok(request)
}

/// The word behind `rdiff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Signature,
    Delta,
    Patch,
}

impl Action {
    /// The first action that the word is a prefix of: nothing at all is a prefix of `signature`.
    fn from_prefix(word: &[u8]) -> Option<Self> {
        [(Self::Signature, "signature"), (Self::Delta, "delta"), (Self::Patch, "patch")]
            .into_iter()
            .find_map(|(action, name)| name.as_bytes().starts_with(word).then_some(action))
    }
}
