//! The rsync algorithm as sans-IO state machines, compatible with librsync.
//!
//! Three steps move a change from one machine to another: the *signature* of the basis (a [`SignatureJob`]: a weak and
//! a strong sum for each block), the *delta* of the new file against that signature alone (a [`LoadJob`], then a
//! [`DeltaJob`]: copies and literals), and the *patch* of the basis with the delta (a [`PatchJob`]). Each is a [`Job`]:
//! bytes in, bytes out, no I/O, clock, thread or global. Whoever drives it owns the buffers.
//!
//! All four signature formats and the delta format of librsync are read and written; with a librsync [`Profile`] the
//! deltas are its own, byte for byte. Nothing that comes from outside is trusted: lengths grow memory only with what
//! has arrived, and [`Limits`] bound what a job may take.
//!
//! The crate is `no_std` (with `alloc`) when its feature `std` is off.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod delta;
mod error;
pub mod format;
mod index;
mod limits;
mod lookahead;
mod params;
mod patch;
mod pending;
pub mod seal;
mod signature;
mod stats;
mod step;

pub use delta::{DeltaJob, DeltaOptions, EmptyBasis, Profile, Searched, SegmentSearch, UnknownProfile};
pub use error::{
    DeltaPart, Error, ErrorKind, LimitError, LimitKind, LoadError, ParamError, PatchError, ResourceError,
};
pub use format::{DELTA_MAGIC, Format};
pub use index::{IndexBuilder, IndexPart, IndexShare, SignatureIndex};
pub use limits::{Limits, Work};
pub use params::{BlockLen, SignatureOptions, SignatureParams, StrongLen, StrongLenChoice};
pub use patch::{CommandReader, EndCheck, PatchJob};
pub use rollsync_kernels::{Isa, strong::StrongKind, weak::WeakKind};
pub use signature::{LoadJob, Records, Signature, SignatureJob};
pub use stats::{CommandStats, SearchStats, Stats};
pub use step::{BasisRange, Input, Job, PatchStatus, Progress, Status};

use format::{Command, CommandDecoder};
