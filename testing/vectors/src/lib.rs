//! Golden vectors made by real librsync, and their loader.
//!
//! [`load`] reads `golden.json` (see the README for its notation) with every input already built into bytes; the
//! tables of the primitives are in [`primitives`] and [`sig_args`].

mod cases;
mod expected;
pub mod primitives;
mod segments;
pub mod sig_args;

pub use cases::{DeltaCase, LoadsigCase, PatchCase, SignatureCase, Vectors, load};
pub use expected::Expected;
