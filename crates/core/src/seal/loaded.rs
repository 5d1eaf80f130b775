//! Finding the seal among the records of a signature.

use super::{FileDigest, FileHasher, SEAL_LEN, SEAL_MAGIC, Seal, SealError, SealFault};
use crate::{Signature, format::SIGNATURE_HEADER_LEN};
use alloc::vec::Vec;

/// Takes the seal's records off a whole signature. `None` when it is not sealed; `header` is what it began with, and `rest`
/// how many bytes stood behind its last record.
pub(crate) fn unseal(
    signature: &mut Signature,
    header: &[u8; SIGNATURE_HEADER_LEN],
    rest: usize,
) -> Result<Option<FileDigest>, SealError> {
    let params = *signature.params();
    let (count, record_len) = (Seal::record_count(&params), params.record_len());
    let found = signature.block_count();
    // A little further back than it can stand in a whole file: something may have been appended.
    let first = found.saturating_sub(2 * count);
    let tail: Vec<u8> = (first..found).flat_map(|block| raw_record(signature, block)).collect();
    let Some(at) = tail
        .chunks(record_len)
        .enumerate()
        .map(|(i, _)| i * record_len)
        .find(|at| tail[*at..].starts_with(&SEAL_MAGIC))
    else {
        return Ok(None);
    };
    let offset = |record: usize| (SIGNATURE_HEADER_LEN + record * record_len) as u64;
    let fault = |offset, fault| Err(SealError { offset, fault });
    let (first, sealed) = (first + at / record_len, &tail[at..]);
    let end = offset(first + count);
    if found < first + count {
        return fault(offset(found) + rest as u64, SealFault::Cut);
    }
    if found > first + count || rest > 0 {
        return fault(end, SealFault::Padding);
    }
    let (record, padding) = sealed.split_first_chunk::<SEAL_LEN>().expect("whole records make up a seal");
    let mut carrier = FileHasher::new();
    carrier.update(header);
    let mut bytes = Vec::with_capacity(RECORDS * record_len);
    for start in (0..first).step_by(RECORDS) {
        bytes.clear();
        bytes.extend((start..first.min(start + RECORDS)).flat_map(|block| raw_record(signature, block)));
        carrier.update(&bytes);
    }
    let Seal::Signature { basis } = Seal::parse(record, &carrier)? else {
        return fault(carrier.len() + 9, SealFault::Kind { found: record[9] });
    };
    if padding.iter().any(|byte| *byte != 0) {
        return fault(carrier.len() + SEAL_LEN as u64, SealFault::Padding);
    }
    let expected = basis.len.div_ceil(params.block_len().get().into());
    if expected != first as u64 {
        return fault(carrier.len(), SealFault::BlockCount { found: first as u64, expected });
    }
    signature.truncate(first);
    Ok(Some(basis))
}

/// So many records are hashed at once.
const RECORDS: usize = 1024;

/// A record as it stood in the file.
fn raw_record(signature: &Signature, block: usize) -> impl Iterator<Item = u8> {
    signature.weak_sum(block).to_be_bytes().into_iter().chain(signature.strong_sum(block).iter().copied())
}
