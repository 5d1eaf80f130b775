//! Making a delta: [`scan`] finds blocks of the basis in the new file, [`emit`] writes commands, [`job`] moves the bytes.

mod ahead;
mod batch;
mod budget;
mod emit;
mod empty;
mod event;
mod foresight;
mod job;
mod mark;
mod options;
mod scan;
mod searched;
mod strongs;
mod view;

pub use job::DeltaJob;
pub use options::{DeltaOptions, EmptyBasis, Profile, UnknownProfile};
pub use searched::{Searched, SegmentSearch};

#[cfg(test)]
mod tests;
