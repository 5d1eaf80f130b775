//! A limit that was reached.

use super::super::{
    exit::Exit,
    failure::Failure,
    input::{self, Input},
    limits::OutputLimit,
    size::Size,
};
use rollsync::{EngineError, Error, LimitError, LimitKind, LoadError, PatchError, ResourceError};

/// The limit that was reached, if it was one.
pub(super) fn limit_of(error: &Error) -> Option<LimitError> {
    match error {
        Error::Engine(
            EngineError::Patch(PatchError::Limit(limit))
            | EngineError::Resource(ResourceError::Limit(limit))
            | EngineError::Load(LoadError::Resource(ResourceError::Limit(limit))),
        ) => Some(*limit),
        _ => None,
    }
}

/// A delta that asks for more than it may.
pub(super) fn patch_limit(limit: LimitError, delta: &Input, origin: OutputLimit) -> Failure {
    let allowed = limit.limit;
    if limit.kind != LimitKind::Output {
        return over_limit(limit, delta);
    }
    let (which, hint) = match origin {
        OutputLimit::Asked => {
            ("as --max-output says", "if you trust it, give a larger --max-output, or none")
        }
        OutputLimit::Sealed => ("which is what it is sealed for", "do not use it: it is not what it says"),
        OutputLimit::LooksSealed => (
            "which is what its end says, that looks like a seal and is none",
            "if you trust it, give a --max-output, or none",
        ),
        OutputLimit::Unsealed => (
            "the limit for an unsealed delta, 1 GiB and 1024 times basis and delta",
            "if you trust it, give a larger --max-output, or none",
        ),
        OutputLimit::Piped => (
            "the limit for a piped delta",
            "if you trust it, give a larger --max-output, or none; or name it as a file",
        ),
    };
    let message = format!(
        "{} makes a new file of more than {allowed} bytes ({}), {which}",
        input::name("delta", &delta.place),
        Size(allowed)
    );
    Failure::new(Exit::Limit, message).hint(hint).at(&delta.place, None)
}

/// Work that takes more than it may.
pub(super) fn over_limit(limit: LimitError, input: &Input) -> Failure {
    let LimitError { kind, limit: allowed, needed } = limit;
    let (what, option) = match kind {
        LimitKind::Output => (format!("more than {allowed} bytes would be written"), "--max-output"),
        LimitKind::Records => {
            (format!("there are more than {allowed} blocks, {needed} at least"), "--max-records")
        }
        LimitKind::Memory => {
            (format!("{needed} bytes of memory are wanted, {allowed} allowed"), "--max-memory")
        }
        LimitKind::Literal => {
            (format!("a literal of {needed} bytes, and {allowed} are allowed"), "--max-literal")
        }
        LimitKind::Input => {
            return Failure::new(
                Exit::Limit,
                format!("{}: {}", input.name(), format_args!("more than {allowed} bytes are piped")),
            )
            .hint("name it as a file; or --max-output none keeps as much as there is")
            .at(&input.place, None);
        }
        _ => (limit.to_string(), "the limit"),
    };
    let hint = match kind {
        LimitKind::Memory => format!("{option} allows more; longer blocks take less"),
        LimitKind::Records => format!("{option} allows more; longer blocks are fewer"),
        _ => format!("{option} allows more"),
    };
    Failure::new(Exit::Limit, format!("{}: {what}", input.name())).hint(hint).at(&input.place, None)
}
