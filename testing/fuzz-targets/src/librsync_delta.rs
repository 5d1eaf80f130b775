//! Loading a signature and making a delta, beside the real librsync: the same result codes, bytes and counts.
//!
//! Input: release, drive, two buffer lengths, the signature's format, block length (2 bytes) and strong length, where
//! the signature comes from (1 byte each otherwise); then the signature behind its length and the new file, or a pair
//! of files and changes to the signature.

use crate::altered::alter;
use crate::load::signature_of;
use crate::pair::Pair;
use crate::plan::{Plan, with_len};
use crate::roundtrip::is_short;
use rollsync_conformance::{Buffers, Ours, Outcome, RealLibrsync, Release, SignatureArguments};
use rollsync_core::{EmptyBasis, Format, seal::SEAL_MAGIC};
use rollsync_vectors::Vectors;

/// librsync takes memory as the header says: a few block lengths, even if the new file is a byte. (The engine does not.)
const BLOCK_LEN_MAX: usize = 1 << 20;

/// `RS_CORRUPT`.
const CORRUPT: i32 = 106;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let release = plan.pick(&[Release::V2_3_4, Release::V2_3_2]);
    let real = RealLibrsync::of(release).expect("Target::oracles was asked");
    let ours = Ours(release.profile());
    let is_whole_file = plan.byte() % 8 == 7;
    let lens = [0, 0, 1, 3, 100, 1000, 65_536];
    let buffers = Buffers { input: plan.pick(&lens), output: plan.pick(&lens) };
    let (signature, new) = signature_and_new(&mut plan);

    let (their_load, their_signature) = real.load(&signature, buffers);
    let (our_load, index) = ours.load(&signature, buffers);
    if our_load.code == CORRUPT && signature.windows(SEAL_MAGIC.len()).any(|bytes| bytes == SEAL_MAGIC) {
        // The broken rest of a seal, which librsync takes for records.
        return;
    }
    same(&our_load, &their_load, "load");
    let (Some(their_signature), Some(index)) = (their_signature, index) else {
        assert_ne!(our_load.code, 0, "a signature that is loaded is there");
        return;
    };
    let is_empty = index.signature().is_empty();
    if index.signature().params().block_len().as_usize() > BLOCK_LEN_MAX {
        return;
    }
    let (our_delta, their_delta) = if is_whole_file {
        let (delta, searches) = ours.delta(&index, &new, None, Buffers::default());
        ((delta, searches), real.whole_file(Buffers::default()).delta(&their_signature, &new))
    } else if is_empty {
        // Each step's input is a literal of its own: all of it is offered at once.
        let buffers = Buffers { input: new.len().max(1), output: 0 };
        let delta = ours.delta(&index, &new, Some(EmptyBasis::AsOffered), buffers);
        (delta, real.delta(&their_signature, &new, buffers))
    } else {
        (ours.delta(&index, &new, None, buffers), real.delta(&their_signature, &new, buffers))
    };
    let (our_delta, searches) = our_delta;
    same(&our_delta, &their_delta, "delta");
    if !is_empty {
        assert_eq!(Some(searches), their_signature.searches(), "searches");
    }
}

/// Panics where two outcomes differ.
pub(crate) fn same(ours: &Outcome, theirs: &Outcome, what: &str) {
    assert_eq!(ours.code, theirs.code, "result codes of {what} (ours, theirs): {:?}", theirs.log);
    if ours.code == 0 && ours.output != theirs.output {
        let at = ours.output.iter().zip(&theirs.output).take_while(|(ours, theirs)| ours == theirs).count();
        panic!(
            "{what}: ours has {} bytes, theirs {}; they differ at {at}",
            ours.output.len(),
            theirs.output.len()
        );
    }
    assert_eq!(ours.counts.of_the_job(), theirs.counts.of_the_job(), "counts of {what} (ours, theirs)");
}

fn signature_and_new(plan: &mut Plan<'_>) -> (Vec<u8>, Vec<u8>) {
    let arguments = SignatureArguments {
        format: plan.pick(&Format::ALL),
        block_len: plan.short(),
        strong_len: i64::from(plan.byte() % 18) - 1,
    };
    if plan.byte() == 0 {
        let len = plan.short();
        let signature = plan.bytes(len).to_vec();
        (signature, plan.clone().rest().to_vec())
    } else {
        let Pair { basis, new } = Pair::drawn(plan, arguments.block_len);
        let ours = Ours(rollsync_core::Profile::Librsync234);
        let mut signature = ours.signature(&basis, true, &arguments, Buffers::default()).output;
        alter(&mut signature, plan);
        (signature, new)
    }
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (i, case) in vectors.loadsigs.iter().enumerate() {
        let head = [u8::from(i % 2 == 1), 0, 0, 0, 0, 0, 0, 0, 0];
        let new = &case.new[..case.new.len().min(1000)];
        seeds.push([&head[..], &with_len(&case.sig), new].concat());
    }
    for (i, case) in vectors.deltas.iter().enumerate().filter(|(_, case)| is_short(case)) {
        let number = u8::try_from(i % 256).expect("it is below 256");
        if i % 3 == 0 {
            let Some(signature) = signature_of(&case.signature) else { continue };
            let head = [number, number, number, 0, 0, 0, 0, 0, 0];
            seeds.push([&head[..], &with_len(&signature), &case.new].concat());
        } else {
            let block_len = u16::try_from(case.signature.block_len).unwrap_or(0).to_be_bytes();
            let head = [number, number, number, number, number, block_len[0], block_len[1], number, 1];
            let pair = Pair::encode(&case.signature.basis, &case.new);
            seeds.push([&head[..], &pair, &[1, 0, 12, 0, 0]].concat());
        }
    }
    for ((block_len, strong_len, pair), number) in Pair::SEEDS.into_iter().cycle().zip(0..24) {
        let [high, low] = block_len.to_be_bytes();
        let head = [number / 2, number, number, number, number / 4, high, low, strong_len + 1, 1];
        seeds.push([&head[..], pair, &[0]].concat());
    }
    seeds
}
