//! Applying a delta.

mod job;
mod reader;

pub use job::{EndCheck, PatchJob};
pub use reader::CommandReader;
