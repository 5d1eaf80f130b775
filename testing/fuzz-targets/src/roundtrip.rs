//! Signature, load, delta and patch of a pair of files, each cut to pieces: the new file comes back.
//!
//! Input: format, block length (2 bytes), strong length, profile, work, empty basis (2 bytes; 1 byte each
//! otherwise), two slicings, a pair of files, places of cuts (2 bytes each).

use crate::load::encode;
use crate::pair::Pair;
use crate::plan::Plan;
use crate::slicing::{Outcome, Slicing, drive};
use rollsync_core::{
    BlockLen, CommandStats, DeltaJob, DeltaOptions, EmptyBasis, Error, ErrorKind, Format, Job, Limits,
    LoadJob, PatchError, PatchJob, Profile, Searched, SignatureIndex, SignatureJob, SignatureParams,
    StrongLen, Work,
};
use rollsync_vectors::Vectors;
use std::num::NonZeroUsize;

/// With truncated sums shorter than this, one block may be taken for another.
const SAFE_STRONG_LEN: u8 = 8;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let params = params(&mut plan);
    let (options, limits) = options(&mut plan);
    let slicings = [Slicing::drawn(&mut plan), Slicing::drawn(&mut plan)];
    let Pair { basis, new } = Pair::drawn(&mut plan, params.block_len().as_usize());
    let [one, other] = slicings.map(|slicing| slicing.for_len(basis.len().max(new.len())));
    let (one, other) = (&one, &other);

    let signature = drive(&mut SignatureJob::new(params), &basis, &[], one);
    let whole = drive(&mut SignatureJob::new(params), &basis, &[], &Slicing::whole());
    assert_eq!(signature.essence(), whole.essence());
    assert_eq!(signature.result, Ok(()));
    assert_eq!(signature.stats.blocks, (basis.len() as u64).div_ceil(params.block_len().get().into()));

    let mut load = LoadJob::new();
    assert_eq!(drive(&mut load, &signature.output, &[], other).result, Ok(()));
    let loaded = load.into_signature().expect("it is done");
    assert_eq!(*loaded.params(), params);
    assert_eq!(encode(&loaded), signature.output);
    let index = SignatureIndex::build(loaded, &Limits::default()).expect("there is so much memory");

    let job = || DeltaJob::new(&index, options).with_limits(limits);
    let delta = drive(&mut job(), &new, &[], one);
    assert_eq!(delta.result, Ok(()));
    delta_counts(&delta, &new, options.profile);
    assert_eq!(delta.essence(), drive(&mut job(), &new, &[], other).essence());
    let mut ahead = job();
    for segment in segments(&index, options, &limits, &new, &mut plan) {
        ahead.searched(segment);
    }
    assert_eq!(delta.essence(), drive(&mut ahead, &new, &[], other).essence(), "with segments");

    limited(|limits| SignatureJob::new(params).with_limits(limits), &basis, &signature, other);
    let limited_job = |given: Limits| job().with_limits(Limits { work: limits.work, ..given });
    limited(limited_job, &new, &delta, other);

    let patched = drive(&mut PatchJob::new(), &delta.output, &basis, other);
    assert_eq!(patched.essence(), drive(&mut PatchJob::new(), &delta.output, &basis, one).essence());
    if params.strong_len().get() >= SAFE_STRONG_LEN {
        assert_eq!(patched.result, Ok(()));
        assert!(patched.output == new, "another file comes back");
    }
    match patched.result {
        Ok(()) => {
            assert_eq!(patched.output.len(), new.len());
            assert_eq!(
                (patched.stats.literal, patched.stats.copy),
                (delta.stats.literal, delta.stats.copy),
                "read as written"
            );
        }
        // The short last block was taken for a longer one.
        Err(Error::Patch(PatchError::BasisEnded { .. })) => {}
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn params(plan: &mut Plan<'_>) -> SignatureParams {
    let format = plan.pick(&Format::ALL);
    let block_len = BlockLen::new(plan.short().max(1) as u64).expect("it is in range");
    let most = StrongLen::max(format).get();
    let strong_len = StrongLen::new(u64::from(plan.byte() % most) + 1).expect("it is in range");
    SignatureParams::new(format, block_len, strong_len).expect("it suits the format")
}

pub(crate) fn options(plan: &mut Plan<'_>) -> (DeltaOptions, Limits) {
    let profile = plan.pick(&Profile::ALL).0;
    let work = match plan.byte() {
        0 => Work::OfProfile,
        1 => Work::Unlimited,
        most => Work::PerByte(u32::from(most) - 2),
    };
    let [kind, len] = [plan.byte(), plan.byte()];
    let len = NonZeroUsize::new(usize::from(len) * 3 + 1).expect("it is above 0");
    let empty_basis = match kind % 4 {
        0 => None,
        1 => Some(EmptyBasis::Cut(len)),
        _ => Some(EmptyBasis::Buffers { input: len, output: NonZeroUsize::new(kind.into()).unwrap_or(len) }),
    };
    (DeltaOptions { profile, empty_basis }, Limits { work, ..Limits::default() })
}

/// What others have searched: each from a cut to the next, some left out.
fn segments(
    index: &SignatureIndex,
    options: DeltaOptions,
    limits: &Limits,
    new: &[u8],
    plan: &mut Plan<'_>,
) -> Vec<Searched> {
    let mut cuts = vec![0, new.len()];
    while !plan.is_empty() && cuts.len() < 10 {
        cuts.push(plan.short() % (new.len() + 1));
    }
    cuts.sort_unstable();
    let beyond = index.signature().params().block_len().as_usize() + 1;
    let searched = |cut: &[usize]| {
        let data = &new[cut[0]..new.len().min(cut[1] + beyond)];
        let last = cut[0] + data.len() == new.len();
        Searched::segment(index, options, limits, data, cut[0] as u64, cut[1] - cut[0], last)
    };
    cuts.windows(2).filter(|cut| cut[1] % 5 != 1).map(searched).collect()
}

/// As much output as it takes is enough, a byte less is not; with little memory it comes to the same, or to an error that
/// says so.
fn limited<J: Job>(job: impl Fn(Limits) -> J, input: &[u8], unlimited: &Outcome, slicing: &Slicing) {
    let output = unlimited.output.len() as u64;
    let run = |limits| drive(&mut job(limits), input, &[], slicing);
    let enough = run(Limits { output: Some(output), ..Limits::default() });
    assert_eq!(enough.essence(), unlimited.essence());
    let result = run(Limits { output: Some(output - 1), ..Limits::default() }).result;
    assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::Limit));
    let scarce = run(Limits { memory: Some(input.len() as u64 / 2), ..Limits::default() });
    match scarce.result {
        Ok(()) => assert_eq!(scarce.essence(), unlimited.essence()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Limit),
    }
}

/// What was counted belongs to what was written.
fn delta_counts(delta: &Outcome, new: &[u8], profile: Profile) {
    let (literal, copy, search) = (delta.stats.literal, delta.stats.copy, delta.stats.search);
    assert_eq!(literal.bytes + copy.bytes, new.len() as u64);
    let len = 4 + literal.command_bytes + literal.bytes + copy.command_bytes + 1;
    assert_eq!(len, delta.output.len() as u64);
    assert!(copy.commands <= search.matches && search.matches <= search.strong_sums);
    assert!(search.strong_sums <= search.searches && search.searches <= new.len() as u64 + 1);
    for CommandStats { commands, bytes, command_bytes } in [literal, copy] {
        assert!(commands <= bytes && commands <= command_bytes && command_bytes <= 17 * commands);
    }
    if profile == Profile::Compact {
        assert_eq!(literal.commands.min(1), literal.bytes.min(1));
    }
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let slicings = [Slicing::SEED_WHOLE, Slicing::SEED_PIECES];
    let mut seeds = Vec::new();
    for (i, case) in vectors.deltas.iter().enumerate().filter(|(_, case)| is_short(case)) {
        let number = u8::try_from(i % 256).expect("it is below 256");
        let block_len = u16::try_from(case.signature.block_len).unwrap_or(0);
        let block_len = if block_len == 0 { 256 } else { block_len }.to_be_bytes();
        let head = [number, block_len[0], block_len[1], 15, number % 3, 0, number, 40];
        let pair = Pair::encode(&case.signature.basis, &case.new);
        seeds.push([&head[..], slicings[i % 2], slicings[(i + 1) % 2], &pair, &[0, 99, 1, 0]].concat());
    }
    for ((block_len, strong_len, pair), number) in Pair::SEEDS.into_iter().cycle().zip(0..24) {
        let [high, low] = block_len.to_be_bytes();
        let head = [number / 4, high, low, strong_len - 1, number / 2, 0, 0, 0];
        seeds.push([&head[..], slicings[0], slicings[1], pair, &[3, 99, 40, 0]].concat());
    }
    seeds
}

/// Whether a case makes a short input.
pub(crate) fn is_short(case: &rollsync_vectors::DeltaCase) -> bool {
    case.signature.basis.len() + case.new.len() < 2500
}
