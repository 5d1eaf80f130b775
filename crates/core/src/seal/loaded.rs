//! Finding the seal among the records of a signature.

use super::{FileDigest, FileHasher, SEAL_LEN, SEAL_MAGIC, Seal, SealError, SealFault};
use crate::{Signature, SignatureParams, format::SIGNATURE_HEADER_LEN};
use alloc::vec::Vec;

/// Takes the seal's records off a whole signature. `None` when it is not sealed; `header` is what it began with, and `rest`
/// how many bytes stood behind its last record.
pub(crate) fn unseal(
    signature: &mut Signature,
    header: &[u8; SIGNATURE_HEADER_LEN],
    rest: usize,
) -> Result<Option<FileDigest>, SealError> {
    let params = *signature.params();
    let found = signature.block_count();
    let first = found.saturating_sub(window(&params));
    let tail: Vec<u8> = (first..found).flat_map(|block| raw_record(signature, block)).collect();
    let tail = Tail { params, first: first as u64, bytes: &tail, rest };
    let Some(at) = tail.seal_at() else { return Ok(None) };
    // Only now that there is a seal the records are worth hashing.
    let mut carrier = FileHasher::new();
    carrier.update(header);
    let mut bytes = Vec::with_capacity(RECORDS * params.record_len());
    for start in (0..first).step_by(RECORDS) {
        bytes.clear();
        bytes.extend((start..first.min(start + RECORDS)).flat_map(|block| raw_record(signature, block)));
        carrier.update(&bytes);
    }
    let basis = tail.judge(at, carrier)?;
    signature.truncate(first + at);
    Ok(Some(basis))
}

/// So many records are hashed at once.
const RECORDS: usize = 1024;

/// A record as it stood in the file.
fn raw_record(signature: &Signature, block: usize) -> impl Iterator<Item = u8> {
    signature.weak_sum(block).to_be_bytes().into_iter().chain(signature.strong_sum(block).iter().copied())
}

/// In so many records at the end a seal is looked for: twice what it takes, for something may have been appended.
fn window(params: &SignatureParams) -> usize {
    2 * Seal::record_count(params)
}

/// The end of a signature.
struct Tail<'a> {
    params: SignatureParams,
    /// The number of its first record.
    first: u64,
    /// Whole records.
    bytes: &'a [u8],
    /// How many bytes stand behind them.
    rest: usize,
}

impl Tail<'_> {
    /// The record with which a seal begins.
    fn seal_at(&self) -> Option<usize> {
        let record_len = self.params.record_len();
        (0..self.bytes.len() / record_len).find(|at| self.bytes[at * record_len..].starts_with(&SEAL_MAGIC))
    }

    /// Checks the seal that begins with record `at`; `carrier` has seen everything before the tail.
    fn judge(&self, at: usize, mut carrier: FileHasher) -> Result<FileDigest, SealError> {
        let (count, record_len) = (Seal::record_count(&self.params), self.params.record_len());
        let (before, sealed) = self.bytes.split_at(at * record_len);
        carrier.update(before);
        let offset = carrier.len();
        let fault = |at: usize, fault| Err(SealError { offset: offset + at as u64, fault });
        let Some((seal, behind)) = sealed.split_at_checked(count * record_len) else {
            return fault(sealed.len() + self.rest, SealFault::Cut);
        };
        if !behind.is_empty() || self.rest > 0 {
            return fault(seal.len(), SealFault::Padding);
        }
        let (record, padding) = seal.split_first_chunk::<SEAL_LEN>().expect("whole records make up a seal");
        let Seal::Signature { basis } = Seal::parse(record, &carrier)? else {
            return fault(9, SealFault::Kind { found: record[9] });
        };
        if padding.iter().any(|byte| *byte != 0) {
            return fault(SEAL_LEN, SealFault::Padding);
        }
        let found = self.first + at as u64;
        let expected = basis.len.div_ceil(self.params.block_len().get().into());
        if expected != found {
            return fault(0, SealFault::BlockCount { found, expected });
        }
        Ok(basis)
    }
}

/// Looks for the seal of a signature that is read and not kept.
#[derive(Clone, Debug)]
pub struct SealFinder {
    params: SignatureParams,
    /// Has seen everything before the tail.
    carrier: FileHasher,
    /// The number of the tail's first record.
    first: u64,
    tail: Vec<u8>,
}

impl SealFinder {
    /// A finder for a signature that begins with `header`, which says `params`.
    #[must_use]
    pub fn new(header: &[u8; SIGNATURE_HEADER_LEN], params: SignatureParams) -> Self {
        let mut carrier = FileHasher::new();
        carrier.update(header);
        Self { params, carrier, first: 0, tail: Vec::new() }
    }

    /// Takes the next bytes of the signature.
    pub fn update(&mut self, bytes: &[u8]) {
        let kept = window(&self.params) * self.params.record_len();
        for part in bytes.chunks(PART) {
            self.tail.extend_from_slice(part);
            let gone = self.tail.len().saturating_sub(kept) / self.params.record_len();
            let len = gone * self.params.record_len();
            self.carrier.update(&self.tail[..len]);
            self.tail.drain(..len);
            self.first += gone as u64;
        }
    }

    /// The basis' length and digest, and how many blocks it has, if the signature is sealed.
    ///
    /// # Errors
    /// When it is, and the seal does not hold.
    pub fn finish(self) -> Result<Option<(FileDigest, u64)>, SealError> {
        let whole = self.tail.len() / self.params.record_len() * self.params.record_len();
        let (bytes, rest) = self.tail.split_at(whole);
        let tail = Tail { params: self.params, first: self.first, bytes, rest: rest.len() };
        let Some(at) = tail.seal_at() else { return Ok(None) };
        Ok(Some((tail.judge(at, self.carrier)?, self.first + at as u64)))
    }
}

/// So many bytes are taken at once.
const PART: usize = 64 << 10;
