//! What `inspect` says of any bytes, held against what loading and applying them come to.
//!
//! Input: the longest read (1 byte, 0: no limit), the file.

use crate::patch::OUTPUT_MAX;
use crate::plan::Plan;
use rollsync::{Error, Inspection, inspect};
use rollsync_core::{
    Error as EngineError, Input, Job, Limits, LoadJob, PatchError, PatchJob, PatchStatus, Progress,
};
use rollsync_vectors::Vectors;
use std::io::{self, Read};

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let piece = match plan.byte() {
        0 => usize::MAX,
        len => len.into(),
    };
    let bytes = plan.rest();
    let limits = Limits { output: Some(OUTPUT_MAX), records: Some(1000), ..Limits::default() };
    let said = inspect(bytes, &limits);
    let again = inspect(Pieces { bytes, piece }, &limits);
    match (&said, &again) {
        // How much of it was read is the reader's affair.
        (Ok(Inspection::Neither { first, .. }), Ok(Inspection::Neither { first: other, .. })) => {
            assert_eq!(first, other);
        }
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => assert_eq!(engine(one), engine(other)),
        _ => panic!("{said:?}, and in pieces {again:?}"),
    }

    let is_delta = bytes.starts_with(b"rs\x026");
    match said {
        Ok(Inspection::Signature(summary)) => {
            let signature = load(bytes, limits).expect("it is told of as whole");
            assert_eq!(summary.params, *signature.params());
            assert_eq!((summary.blocks, summary.len), (signature.block_count() as u64, bytes.len() as u64));
            let encoded = 12 + summary.blocks * summary.params.record_len() as u64;
            assert_eq!(encoded + summary.trailing, summary.len);
            assert!(summary.trailing < 4 && summary.basis_len_min() <= summary.basis_len_max());
        }
        Ok(Inspection::Delta(summary)) => {
            assert_eq!(apply(bytes, limits, summary.basis_len_min), Ok(summary.new_len));
            assert_eq!(summary.len + summary.trailing, bytes.len() as u64);
            assert_eq!(summary.copy.bytes + summary.literal.bytes, summary.new_len);
            let commands = summary.copy.command_bytes + summary.literal.command_bytes;
            assert_eq!(4 + commands + summary.literal.bytes + 1, summary.len);
            assert!(summary.longest_copy <= summary.copy.bytes);
            assert!(summary.longest_literal <= summary.literal.bytes);
        }
        Ok(Inspection::Neither { first, len }) => {
            assert_eq!(first[..len], bytes[..bytes.len().min(4)]);
            assert!(apply(bytes, limits, u64::MAX).is_err());
            assert!(load(bytes, limits).is_err(), "what can be loaded is a signature");
        }
        // What applying it does not look at.
        Err(Error::Engine(EngineError::Patch(PatchError::Seal(_)))) => {}
        Err(error) if is_delta => assert_eq!(apply(bytes, limits, u64::MAX), Err(engine(&error))),
        Err(error) => assert_eq!(load(bytes, limits), Err(engine(&error))),
        Ok(other) => panic!("{other:?}"),
    }
}

fn engine(error: &Error) -> rollsync_core::Error {
    match error {
        Error::Engine(error) => *error,
        other => panic!("reading does not fail here: {other}"),
    }
}

fn load(bytes: &[u8], limits: Limits) -> Result<rollsync_core::Signature, rollsync_core::Error> {
    let mut job = LoadJob::new().with_limits(limits);
    let _: Progress = job.step(Input::last(bytes), &mut [])?;
    Ok(job.into_signature().expect("it is done"))
}

/// The length of the new file, from a basis of which only the length counts.
fn apply(delta: &[u8], limits: Limits, basis_len: u64) -> Result<u64, rollsync_core::Error> {
    let mut job = PatchJob::new().with_limits(limits);
    let (mut rest, mut space, mut len) = (delta, vec![0; 1 << 16], 0);
    loop {
        let progress = job.step(Input::last(rest), &mut space)?;
        rest = &rest[progress.consumed..];
        len += progress.produced as u64;
        match progress.status {
            PatchStatus::NeedBasis(range) => {
                let there = basis_len.saturating_sub(range.offset).min(range.len as u64);
                job.basis_copied(usize::try_from(there).expect("no more than was asked for"));
                len += there;
            }
            PatchStatus::Done => return Ok(len),
            PatchStatus::NeedOutput | PatchStatus::Busy => {}
            PatchStatus::NeedInput => panic!("there is no more"),
        }
    }
}

struct Pieces<'a> {
    bytes: &'a [u8],
    piece: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = place.len().min(self.piece);
        self.bytes.read(&mut place[..len])
    }
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let signatures = vectors.loadsigs.iter().map(|case| &case.sig);
    let deltas = vectors.patches.iter().map(|case| &case.delta).filter(|delta| delta.len() < 1000);
    signatures.chain(deltas).map(|bytes| [&[5], &bytes[..]].concat()).collect()
}
