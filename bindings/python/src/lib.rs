//! The extension module `rollsync._engine`: what the Python package `rollsync` is made of.
//!
//! It only translates. Python's arguments become the engine's ([`source`], [`target`], [`settings`]), the work is done
//! while the interpreter is free for other threads ([`watch`]), and what comes of it becomes Python's again ([`errors`],
//! [`stats`]).

mod blame;
mod calls;
mod digest;
mod errors;
mod guard;
mod inspection;
mod job;
mod limits;
mod number;
mod object;
mod push;
mod settings;
mod signature;
mod source;
mod stats;
mod storage;
mod sums;
mod target;
mod watch;

use pyo3::prelude::*;

/// The engine of the package `rollsync`.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use crate::{
        calls::{delta, diff, digest, inspect, load, patch, signature},
        digest::Digest,
        inspection::{DeltaInfo, SignatureInfo},
        job::{DeltaJob, LoadJob, PatchJob, SignatureJob},
        limits::Limits,
        signature::Signature,
        stats::Stats,
        sums::{RollingSum, strong_sum, weak_sum},
        watch::{Cancel, Report},
    };

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python has for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
