//! Any bytes as a delta, with any basis.
//!
//! Input: two slicings, the basis behind its length (2 bytes), the delta.

use crate::plan::{Plan, with_len};
use crate::slicing::{Slicing, drive};
use rollsync_core::{Error, LimitError, LimitKind, Limits, PatchError, PatchJob};
use rollsync_vectors::Vectors;

/// The most bytes of a new file.
pub(crate) const OUTPUT_MAX: u64 = 1 << 20;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let slicings = [Slicing::drawn(&mut plan), Slicing::drawn(&mut plan)];
    let basis_len = plan.short();
    let basis = plan.bytes(basis_len);
    let delta = plan.rest();

    let slicings = slicings.map(|slicing| slicing.for_len(basis.len() * delta.len() / 4));
    let limits = Limits { output: Some(OUTPUT_MAX), ..Limits::default() };
    let [one, other] =
        slicings.map(|slicing| drive(&mut PatchJob::new().with_limits(limits), delta, basis, &slicing));
    assert_eq!(one.essence(), other.essence());
    assert!(one.output.len() as u64 <= OUTPUT_MAX);
    let len = delta.len() as u64;
    match one.result {
        Ok(()) => {
            assert_eq!(one.stats.literal.bytes + one.stats.copy.bytes, one.output.len() as u64);
        }
        Err(Error::Patch(error)) => match error {
            PatchError::InputEnded { offset, .. } => assert_eq!(offset, len),
            PatchError::Command { offset, .. } => assert!((4..len).contains(&offset)),
            PatchError::BadMagic { found } => assert_eq!(found.to_be_bytes(), delta[..4]),
            PatchError::BasisEnded { offset, missing } => {
                assert!(offset >= basis.len() as u64 && missing > 0);
            }
            PatchError::Limit(LimitError { kind, limit, needed }) => {
                assert_eq!((kind, limit), (LimitKind::Output, OUTPUT_MAX));
                assert!(needed > limit);
            }
            _ => panic!("{error}"),
        },
        Err(error) => panic!("no error of a patch: {error}"),
    }
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let slicings =
        [[Slicing::SEED_WHOLE, Slicing::SEED_PIECES].concat(), [Slicing::SEED_PIECES, &[1]].concat()];
    let patches = vectors.patches.iter().filter(|case| case.basis.len() + case.delta.len() < 2000);
    let slicings = slicings.iter().cycle();
    patches
        .zip(slicings)
        .map(|(case, slicing)| [&slicing[..], &with_len(&case.basis), &case.delta].concat())
        .collect()
}
