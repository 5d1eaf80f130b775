//! A slow, obvious implementation of the rsync algorithm in librsync's formats: the oracle of the property tests.
//!
//! Everything is a pure function over byte slices, written for reading rather than speed, and shares no code with the
//! engine that it judges. A whole round:
//!
//! ```
//! use rollsync_reference::{Format, Params, Rules, Signature, delta, patch};
//!
//! let (basis, new) = (b"hello world, this is".as_slice(), b"oh, hello world".as_slice());
//! let params = Params::new(Format::RABINKARP_BLAKE2, 4, 32).unwrap();
//! let signature = Signature::load(&Signature::of(basis, params).to_bytes()).unwrap();
//! let found = delta(&signature, new, &Rules::release_2_3_2(signature.params.block_len()));
//! let patched = patch(basis, &found.bytes);
//! assert_eq!(patched.result, Ok(()));
//! assert_eq!(patched.output, new);
//! assert_eq!(found.search.matches, 2);
//! ```

mod command;
mod delta;
mod empty_basis;
mod format;
mod index;
mod index_model;
mod load;
mod mix;
mod params;
mod parse;
mod patch;
mod rabinkarp;
mod rollsum;
mod rules;
mod sig_args;
mod signature;
mod stats;
mod strong;
mod weak;
mod work;

pub use command::{Command, DELTA_MAGIC, encode_command, encode_delta};
pub use delta::{Delta, Match, delta};
pub use empty_basis::{EmptyBasis, literal_lens};
pub use format::{Format, StrongKind, WeakKind};
pub use index::{Index, index_key};
pub use index_model::{IndexModel, Probes};
pub use load::LoadError;
pub use mix::mix32;
pub use params::{ParamError, Params};
pub use parse::{
    DeltaError, DeltaErrorKind, Header, Located, ParsedDelta, parse_delta, parse_header, parse_magic,
};
pub use patch::{PatchError, Patched, patch};
pub use rabinkarp::{RabinKarp, rabinkarp};
pub use rollsum::{Rollsum, rollsum};
pub use rules::{CopyChoice, Rules};
pub use sig_args::{
    Advised, RECOMMENDED, STRONG_LEN_MAX, STRONG_LEN_MIN, SigArgsError, SigArgsWarning, sig_args,
};
pub use signature::{Record, Signature};
pub use stats::{MatchStats, Stats};
pub use strong::strong_sum;
pub use weak::{Rolling, weak_sum};
pub use work::{Work, WorkMeter};
