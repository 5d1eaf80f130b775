//! Sealing what a job makes.

use super::{FileDigest, FileHasher, Seal};
use crate::{LimitError, Limits, Progress, SignatureParams, Status, step::Room};
use alloc::{boxed::Box, vec::Vec};

/// Follows the bytes in and out of a job, and writes a seal behind them.
#[derive(Clone, Debug)]
pub(crate) struct Follower {
    of: Of,
    input: Box<FileHasher>,
    output: Box<FileHasher>,
    /// The seal, once the job is done, and how much of it is written.
    seal: Option<Vec<u8>>,
    sent: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    Signature(SignatureParams),
    Delta { basis: Option<FileDigest> },
}

impl Follower {
    pub(crate) fn new(of: Of) -> Self {
        Self { of, input: Box::default(), output: Box::default(), seal: None, sent: 0 }
    }

    /// Takes part in a step of the job: `progress` is what that said, of `input` and `output`. Instead of being done it
    /// wants room until the seal is written.
    pub(crate) fn follow(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        progress: Progress,
        limits: &Limits,
    ) -> Result<Progress, LimitError> {
        let Progress { consumed, produced, status } = progress;
        self.input.update(&input[..consumed]);
        let seal = if status == Status::Done && self.seal.is_some() {
            self.seal.get_or_insert_default()
        } else {
            self.output.update(&output[..produced]);
            if status != Status::Done {
                return Ok(progress);
            }
            let new = self.input.finish();
            let seal = match self.of {
                Of::Signature(params) => Seal::Signature { basis: new }.records(&self.output, &params),
                Of::Delta { basis } => Seal::Delta { basis, new }.record(&self.output).to_vec(),
            };
            limits.check_output(self.output.len() + seal.len() as u64)?;
            self.seal.insert(seal)
        };
        let mut room = Room::new(crate::Input::more(&[]), &mut output[produced..]);
        self.sent += room.put(&seal[self.sent..]);
        let sealed = room.progress(status).produced;
        let status = if self.sent == seal.len() { Status::Done } else { Status::NeedOutput };
        Ok(Progress { consumed, produced: produced + sealed, status })
    }
}
