//! Applying a delta.

mod job;

pub use job::PatchJob;
