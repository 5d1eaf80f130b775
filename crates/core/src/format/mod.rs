//! The wire formats, and nothing but them: how numbers, headers and commands are written as bytes.

mod command;
mod magic;
mod netint;
mod signature;

pub use command::{Command, CommandDecoder, CommandError};
pub use magic::{DELTA_MAGIC, Format};
pub(crate) use signature::SIGNATURE_HEADER_LEN;
