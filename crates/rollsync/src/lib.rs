//! The rsync algorithm as an engine: signatures, deltas and patches in librsync's formats.
//!
//! This crate adds to the state machines of `rollsync-core`, all of which it re-exports, what most programs need:
//!
//! - [`Drive`]: the loop around a job, over any [`Read`](std::io::Read) and [`Write`](std::io::Write), or one
//!   [`Action`] at a time for those who do their own I/O;
//! - [`JobReader`] and [`JobWriter`]: a job as a reader or as a writer;
//! - [`Basis`]: where a patch finds the old bytes;
//! - [`FileBacked`]: writers into which the system may copy by itself;
//! - [`OutputFile`]: a file that appears whole or not at all.
//!
//! ```
//! use rollsync::{DeltaJob, DeltaOptions, Drive, Limits, LoadJob, PatchJob, SignatureIndex, SignatureJob, SignatureParams};
//!
//! let basis = b"the quick brown fox jumps over the lazy dog".repeat(100);
//! let new = [&basis[..2000], b"and then it rests", &basis[2000..]].concat();
//!
//! // Where the basis is: its signature.
//! let mut signature = Vec::new();
//! let params = SignatureParams::recommended(Some(basis.len() as u64));
//! Drive::new(SignatureJob::new(params)).run(&basis[..], &mut signature)?;
//!
//! // Where the new file is: the difference.
//! let mut load = Drive::new(LoadJob::new());
//! load.run(&signature[..], std::io::sink())?;
//! let loaded = load.into_job().into_signature().expect("the job is done");
//! let index = SignatureIndex::build(loaded, &Limits::default()).map_err(rollsync::Error::from)?;
//! let mut delta = Vec::new();
//! Drive::new(DeltaJob::new(&index, DeltaOptions::default())).run(&new[..], &mut delta)?;
//! assert!(delta.len() < new.len() / 4);
//!
//! // Where the basis is: the new file.
//! let mut result = Vec::new();
//! Drive::new(PatchJob::new()).run_with_basis(&delta[..], &mut &basis[..], &mut result)?;
//! assert_eq!(result, new);
//! # Ok::<(), rollsync::Error>(())
//! ```

#![forbid(unsafe_code)]

mod basis;
mod buffer;
mod cancel;
mod drive;
mod error;
mod file_backed;
mod file_error;
mod file_source;
mod files;
mod inspect;
mod job_reader;
mod job_writer;
pub mod librsync;
mod options;
mod output_file;
mod parallel;
mod sealed;
mod spill;
mod streams;
#[cfg(feature = "tokio")]
pub mod tokio;

pub use basis::{Basis, NoBasis, SeekBasis};
pub use cancel::CancelToken;
pub use drive::{Action, Buffers, Drive, Fed};
pub use error::{Error, Side};
pub use file_backed::FileBacked;
pub use file_error::{FileError, Role};
pub use file_source::FileSource;
pub use files::{delta_file, diff_file, patch_file, signature_file};
pub use inspect::{DeltaSummary, Inspection, SignatureSummary, inspect};
pub use job_reader::JobReader;
pub use job_writer::JobWriter;
pub use options::{Options, Phase, Report};
pub use output_file::{OutputError, OutputFile, OutputOptions, OutputStep};
pub use parallel::{Threads, index_signature};
pub use rollsync_core::{
    BasisRange, BlockLen, CommandReader, CommandStats, DELTA_MAGIC, DeltaJob, DeltaOptions, DeltaPart,
    EmptyBasis, EndCheck, Error as EngineError, ErrorKind, Format, Input, Isa, Job, LimitError, LimitKind,
    Limits, LoadError, LoadJob, ParamError, PatchError, PatchJob, PatchStatus, Profile, Progress,
    ResourceError, SearchStats, Signature, SignatureIndex, SignatureJob, SignatureOptions, SignatureParams,
    Stats, Status, StrongKind, StrongLen, StrongLenChoice, UnknownProfile, WeakKind, Work, format, seal,
};
pub use sealed::{Checked, HashingWriter, HoldStep, Mismatch, SealCheck, SealHold, digest, peek_seal};
pub use spill::spill;
pub use streams::{
    delta, delta_from, index_basis, index_basis_from, load, load_from, patch, patch_onto, signature,
    signature_from,
};
