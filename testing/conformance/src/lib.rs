//! The real librsync beside rollsync: both answer the same calls with an [`Outcome`], so that a test compares two
//! values.
//!
//! - [`RealLibrsync`] is a librsync of the machine, loaded into this process: [`Release::V2_3_2`] is Debian's, in
//!   [`Release::V2_3_4`] literals are cut elsewhere;
//! - [`Ours`] is the engine in the profile of a release;
//! - [`Tool`] runs a command: the real `rdiff`, ours, or `rollsync`;
//! - [`Client`] is a program that loads librsync, on Debian's or on ours;
//! - [`Case`] draws a basis, a new file and parameters from a seed.
//!
//! A build that is not on the machine is said so by [`present`], loudly.

mod arguments;
mod case;
mod client;
mod missing;
mod ours;
mod outcome;
mod random;
mod real;
mod release;
mod tool;

pub use arguments::SignatureArguments;
pub use case::{Case, Class};
pub use client::Client;
pub use missing::{Missing, present};
pub use ours::{Ours, result_code};
pub use outcome::{Counts, Outcome, Searches};
pub use random::Random;
pub use real::{LoadedSignature, RealLibrsync, WholeFile};
pub use release::Release;
pub use tool::{Run, Stdin, Tool, stderr_lines};

/// How many bytes are offered and asked for at once; 0 leaves it to whoever is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// Bytes of input.
    pub input: usize,
    /// Bytes of output space.
    pub output: usize,
}
