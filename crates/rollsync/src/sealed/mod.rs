//! Holding a patch to its delta's seal.

mod checked;
mod digest;
mod hold;
mod mismatch;
mod reread;

pub use checked::{Checked, peek_seal};
pub use digest::{HashingWriter, digest};
pub use hold::{HoldStep, SealHold};
pub use mismatch::Mismatch;

use rollsync_core::EndCheck;

/// What a patch does about its delta's [seal](crate::seal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SealCheck {
    /// One that is there must hold. The delta is read to its end, where nothing else may stand; what is written is hashed,
    /// and so passes through this process.
    #[default]
    IfThere,
    /// The same, and it is an error if there is none.
    Required,
    /// There is none, as far as the caller [knows](peek_seal): one that is there is an error. The delta is read to its end.
    Plain,
    /// Nothing behind END is read.
    Ignored,
}

impl SealCheck {
    /// How a [`PatchJob`](rollsync_core::PatchJob) is told.
    #[must_use]
    pub const fn end_check(self) -> EndCheck {
        match self {
            Self::IfThere | Self::Required => EndCheck::Seal,
            Self::Plain => EndCheck::Plain,
            Self::Ignored => EndCheck::None,
        }
    }
}
