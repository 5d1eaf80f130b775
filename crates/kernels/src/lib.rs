//! The hot loops of the rsync algorithm: [weak] and [strong] block sums, one
//! block or many at once, and the [rolling scan](scan) of a slice against a [`Filter`](scan::Filter).
//!
//! Nothing here knows a file format or a job. Every function takes an [`Isa`], the proof that the
//! instructions it may use are there; the answer never depends on which one it is.
//!
//! The crate is `no_std` (with `alloc`) when its feature `std` is off.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod isa;
mod prefetch;
pub mod scan;
pub mod strong;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vector;
pub mod weak;

pub use isa::Isa;
pub use prefetch::prefetch;
