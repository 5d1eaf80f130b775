//! The command line programs of rollsync. Each is a module with a `main`; its binary only calls it.

mod guarded_output;
mod inherited;
mod interrupt;
pub mod rdiff;
pub mod rollsync;
mod standard_streams;
