//! Any bytes as a signature.
//!
//! Input: a slicing, a limit of records and the place of a pause (1 byte), a limit of memory (2 bytes), the signature.

use crate::plan::Plan;
use crate::slicing::{Outcome, Slicing, drive};
use rollsync_core::{
    DeltaJob, DeltaOptions, Error, ErrorKind, Input, Job, Limits, LoadError, LoadJob, Signature,
    SignatureIndex,
};
use rollsync_vectors::Vectors;

/// What the index of any signature takes, however short it is.
const FILTER_MIN: u64 = 16 << 10;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let slicing = Slicing::drawn(&mut plan);
    let (cut, memory) = (plan.byte(), plan.short() as u64);
    let records = u64::from(cut);
    let bytes = plan.rest();

    let (whole, loaded) = load(bytes, Limits::default(), &Slicing::whole());
    let (sliced, again) = load(bytes, Limits::default(), &slicing);
    assert_eq!((whole.result, &whole.stats), (sliced.result, &sliced.stats));
    assert_eq!(loaded, again);
    if let Err(Error::Load(LoadError::InputEnded { offset, missing })) = whole.result {
        assert_eq!(offset, bytes.len() as u64);
        assert!((1..=36).contains(&missing), "{missing} bytes are missing");
    }
    limited(
        bytes,
        Limits { records: Some(records), memory: Some(memory), ..Limits::default() },
        &slicing,
        &whole,
    );

    resumed(bytes, usize::from(cut), loaded.as_ref());

    let Some(signature) = loaded else { return };
    assert_eq!(whole.stats.blocks, signature.block_count() as u64);
    let encoded = encode(&signature);
    let records = 12..bytes.len() - bytes.len().saturating_sub(12) % signature.params().record_len();
    assert_eq!(encoded[12..], bytes[records], "a record for a record");
    let (_, reloaded) = load(&encoded, Limits::default(), &slicing);
    assert_eq!(reloaded.as_ref(), Some(&signature));

    let most = 1024 + 32 * bytes.len() as u64;
    assert!(signature.memory() <= most, "{} bytes of memory", signature.memory());
    let index = SignatureIndex::build(signature, &Limits::default()).expect("there is so much memory");
    assert!(index.memory() <= FILTER_MIN + 2 * most, "{} bytes of memory", index.memory());
    // The signature as the new file: what comes of it is a delta, and no longer than it must be.
    let delta = drive(&mut DeltaJob::new(&index, DeltaOptions::default()), bytes, &[], &slicing);
    assert_eq!(delta.result, Ok(()));
    assert!(delta.output.len() <= bytes.len() + 64 + 4 * usize::try_from(delta.stats.copy.commands).unwrap());
}

fn load(bytes: &[u8], limits: Limits, slicing: &Slicing) -> (Outcome, Option<Signature>) {
    let mut job = LoadJob::new().with_limits(limits);
    let outcome = drive(&mut job, bytes, &[], slicing);
    let signature = job.into_signature();
    assert_eq!(signature.is_some(), outcome.result.is_ok());
    (outcome, signature)
}

/// An end that comes too early can be taken back, and nothing is lost.
fn resumed(bytes: &[u8], cut: usize, loaded: Option<&Signature>) {
    let (first, rest) = bytes.split_at(cut.min(bytes.len()));
    let (mut job, mut place) = (LoadJob::new(), []);
    if job.step(Input::more(first), &mut place).is_err() {
        return;
    }
    if let Err(LoadError::InputEnded { offset, .. }) = job.step(Input::last(&[]), &mut place) {
        assert_eq!(offset, first.len() as u64);
        job.rearm();
        let done = job.step(Input::last(rest), &mut place).is_ok();
        assert_eq!((done, job.into_signature().as_ref()), (loaded.is_some(), loaded));
    }
}

/// With limits it comes to the same, or to an error that names one of them.
fn limited(bytes: &[u8], limits: Limits, slicing: &Slicing, unlimited: &Outcome) {
    let (outcome, signature) = load(bytes, limits, slicing);
    match outcome.result {
        Err(error) if error.kind() == ErrorKind::Limit => {}
        result => assert_eq!(result, unlimited.result),
    }
    let Some(signature) = signature else { return };
    assert!(signature.block_count() as u64 <= limits.records.unwrap());
    assert!(signature.memory() <= limits.memory.unwrap());
    if let Ok(index) = SignatureIndex::build(signature, &limits) {
        assert!(index.memory() <= limits.memory.unwrap());
    }
}

/// A signature's bytes, in the one way in which librsync writes them.
pub(crate) fn encode(signature: &Signature) -> Vec<u8> {
    let mut bytes = signature.params().header().to_vec();
    for block in 0..signature.block_count() {
        bytes.extend(signature.weak_sum(block).to_be_bytes());
        bytes.extend(signature.strong_sum(block));
    }
    bytes
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let broken = vectors.loadsigs.iter().map(|case| case.sig.clone());
    let made = vectors.signatures.iter().filter_map(signature_of);
    let slicings = [Slicing::SEED_WHOLE, Slicing::SEED_PIECES].into_iter().cycle();
    broken.chain(made).zip(slicings).map(|(bytes, slicing)| [slicing, &[4, 2, 0], &bytes].concat()).collect()
}

/// The signature of a case, unless it is long.
pub(crate) fn signature_of(case: &rollsync_vectors::SignatureCase) -> Option<Vec<u8>> {
    use rollsync_conformance::{Buffers, Ours, SignatureArguments};
    let arguments = SignatureArguments {
        format: rollsync_core::Format::from_magic(case.magic)?,
        block_len: case.block_len as usize,
        strong_len: case.strong_len,
    };
    let ours = Ours(rollsync_core::Profile::Librsync234);
    let signature = ours.signature(&case.basis, case.size_known, &arguments, Buffers::default());
    (signature.code == 0 && signature.output.len() <= 600).then_some(signature.output)
}
