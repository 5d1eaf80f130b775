//! Applying any delta beside the real librsync: the same result codes, bytes and counts.
//!
//! Input: release, drive, two buffer lengths (1 byte each), the basis behind its length (2 bytes), the delta.

use crate::librsync_delta::same;
use crate::plan::{Plan, with_len};
use rollsync_conformance::{Buffers, Ours, RealLibrsync, Release};
use rollsync_vectors::Vectors;

/// Both write what a delta says, so a basis is short, and a delta's commands few.
const BASIS_MAX: usize = 600;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let release = plan.pick(&[Release::V2_3_4, Release::V2_3_2]);
    let real = RealLibrsync::of(release).expect("Target::oracles was asked");
    let is_whole_file = plan.byte() % 16 == 15;
    let lens = [0, 0, 1, 3, 100, 1000, 65_536];
    let buffers = Buffers { input: plan.pick(&lens), output: plan.pick(&lens) };
    let basis_len = plan.short().min(BASIS_MAX);
    let basis = plan.bytes(basis_len);
    let delta = plan.rest();

    let ours = Ours(release.profile()).patch(basis, delta, buffers);
    if is_whole_file && !is_far(delta) {
        same(&ours, &real.whole_file(Buffers::default()).patch(basis, delta), "patch of files");
    } else {
        same(&ours, &real.patch(basis, delta, buffers), "patch");
    }
}

/// Whether a copy may reach further off than any file system goes: there a real file fails in its own way.
fn is_far(delta: &[u8]) -> bool {
    delta.iter().any(|opcode| (0x51..=0x54).contains(opcode))
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let short =
        |case: &&rollsync_vectors::PatchCase| case.basis.len() <= BASIS_MAX && case.delta.len() < 1500;
    let seed = |(i, case): (usize, &rollsync_vectors::PatchCase)| {
        let number = u8::try_from(i % 256).expect("it is below 256");
        [&[number, number, number, number][..], &with_len(&case.basis), &case.delta].concat()
    };
    vectors.patches.iter().filter(short).enumerate().map(seed).collect()
}
