//! Sealed files that somebody has changed: a seal that is believed is one that holds.
//!
//! Input: block length - 1 (1 byte), strong length - 1 (1 byte), a slicing, changes (their number in 1 byte, then for each what
//! is done in 1 byte and where in 2), the basis behind its length (2 bytes), the new file.

use crate::plan::{Plan, with_len};
use crate::slicing::{Slicing, drive};
use rollsync::{Inspection, inspect};
use rollsync_core::{
    BlockLen, DeltaJob, DeltaOptions, EndCheck, Format, Limits, LoadJob, PatchJob, Signature, SignatureIndex,
    SignatureJob, SignatureParams, StrongLen,
    seal::{FileDigest, SEAL_LEN, Seal, Trailer},
};
use rollsync_vectors::Vectors;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let block_len = BlockLen::new(u64::from(plan.byte()) + 1).expect("1 to 256");
    let strong_len = StrongLen::new(u64::from(plan.byte() % 32) + 1).expect("1 to 32");
    let params =
        SignatureParams::new(Format::default(), block_len, strong_len).expect("they suit each other");
    let slicing = Slicing::drawn(&mut plan);
    let changes: Vec<(u8, usize)> = (0..plan.byte() % 8).map(|_| (plan.byte(), plan.short())).collect();
    let basis_len = plan.short();
    let basis = plan.bytes(basis_len);
    let new = plan.rest();
    any_bytes(new);
    let slicing = slicing.for_len(basis.len() + new.len());

    let sealed = drive(&mut SignatureJob::new(params).sealed(), basis, &[], &slicing).output;
    let whole = load(&sealed, &slicing).expect("it is as it was made");
    assert_eq!(whole.basis(), Some(FileDigest::of(basis)));
    let changed = change(&sealed, &changes);
    let loaded = load(&changed, &slicing);
    if let Some(Some(basis)) = loaded.as_ref().map(Signature::basis) {
        assert!(changed == sealed && Some(basis) == whole.basis());
    }
    match (loaded, inspect(&changed[..], &Limits::default())) {
        (Some(signature), Ok(Inspection::Signature(summary))) => {
            assert_eq!(signature.basis(), summary.basis);
            assert_eq!(signature.block_count() as u64, summary.blocks);
        }
        (None, Err(_)) | (_, Ok(Inspection::Neither { .. } | Inspection::Delta(_))) => {}
        (loaded, said) => panic!("{said:?}, and loaded {loaded:?}"),
    }

    let index = SignatureIndex::build(whole, &Limits::default()).expect("there is memory");
    let sealed =
        drive(&mut DeltaJob::new(&index, DeltaOptions::default()).sealed(), new, &[], &slicing).output;
    let changed = change(&sealed, &changes);
    let limits = Limits { output: Some(crate::patch::OUTPUT_MAX), ..Limits::default() };
    let mut job = PatchJob::new().with_limits(limits).with_end_check(EndCheck::Seal);
    let applied = drive(&mut job, &changed, basis, &slicing);
    if let (Ok(()), Some(seal)) = (applied.result, job.seal()) {
        let made = Seal::Delta { basis: Some(FileDigest::of(basis)), new: FileDigest::of(new) };
        assert!(changed == sealed && seal == made && applied.output == new);
    } else {
        assert!(changed != sealed, "{:?}", applied.result);
    }
    if let Ok(Inspection::Delta(summary)) = inspect(&changed[..], &limits)
        && applied.result.is_ok()
    {
        assert_eq!(summary.seal, job.seal());
    }
}

/// Bytes that nobody has sealed.
fn any_bytes(bytes: &[u8]) {
    let mut trailer = Trailer::new();
    let fits = trailer.take(bytes);
    assert_eq!(fits, bytes.len() <= SEAL_LEN);
    let judged = trailer.judge(7, None);
    assert_eq!(judged.is_ok(), bytes.is_empty() || bytes == [0; 3]);
    if let Some(record) = bytes.first_chunk::<SEAL_LEN>()
        && let Err(error) = Seal::parse_fields(record, 7)
    {
        assert!((7..7 + SEAL_LEN as u64).contains(&error.offset), "{error}");
    }
}

/// Bytes flipped, put in, taken out, or cut off.
fn change(bytes: &[u8], changes: &[(u8, usize)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for &(how, at) in changes {
        let at = at % (bytes.len() + 1);
        match how % 4 {
            0 if at < bytes.len() => bytes[at] ^= how | 1,
            1 => bytes.insert(at, how),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes.truncate(at),
            _ => {}
        }
    }
    bytes
}

fn load(bytes: &[u8], slicing: &Slicing) -> Option<Signature> {
    let mut job = LoadJob::new();
    drive(&mut job, bytes, &[], slicing).result.ok()?;
    job.into_signature()
}

pub(crate) fn seeds(_: &Vectors) -> Vec<Vec<u8>> {
    let basis = with_len(b"a basis of some blocks, and one of them is short");
    let new = b"a basis of blocks, and one of them is new and short";
    let head = |strong_len: u8, changes: &[u8]| {
        [&[7, strong_len], Slicing::SEED_WHOLE, &[u8::try_from(changes.len() / 3).unwrap_or(0)], changes]
            .concat()
    };
    [
        head(31, &[]),
        head(0, &[]),
        head(7, &[0, 0, 20]),
        head(7, &[1, 0, 90, 2, 0, 90]),
        head(11, &[3, 0, 200]),
        head(11, &[1, 255, 255, 4, 0, 3]),
    ]
    .map(|head| [&head[..], &basis, new].concat())
    .to_vec()
}
