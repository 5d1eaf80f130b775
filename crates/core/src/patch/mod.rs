//! Applying a delta.

mod job;
mod reader;

pub use job::PatchJob;
pub use reader::CommandReader;
