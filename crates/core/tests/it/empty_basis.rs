//! How literals are cut when the signature has no records.

use crate::draw::{Random, cases};
use crate::engine::{params, reference_rules, spans};
use crate::slicing::{Outcome, Slicing, drive};
use proptest::prelude::*;
use rollsync_core::{
    DeltaJob, DeltaOptions, EmptyBasis, Format, Input, Job, Limits, Profile, Signature, SignatureIndex,
    Status,
};
use rollsync_reference as reference;
use std::num::NonZeroUsize;

fn index(block_len: usize) -> SignatureIndex {
    let signature = Signature::empty(params(Format::default(), block_len, 8));
    SignatureIndex::build(signature, &Limits::default()).unwrap()
}

fn delta(block_len: usize, new: &[u8], options: DeltaOptions, slicing: &Slicing) -> Outcome {
    let outcome = drive(&mut DeltaJob::new(&index(block_len), options), new, &[], slicing);
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.stats.search, rollsync_core::SearchStats::default());
    outcome
}

fn literal_lens(delta: &[u8]) -> Vec<usize> {
    let spans = spans(delta);
    assert!(spans.iter().all(|(_, _, from)| from.is_none()));
    spans.iter().map(|(_, len, _)| usize::try_from(*len).unwrap()).collect()
}

fn any_len(max: usize) -> impl Strategy<Value = NonZeroUsize> {
    prop_oneof![1..40_usize, 1..=max].prop_map(|len| NonZeroUsize::new(len).unwrap())
}

proptest! {
    #![proptest_config(cases(1200))]

    #[test]
    fn cut_and_buffers_are_the_references(
        len in prop_oneof![0..40_usize, 0..3000_usize], input in any_len(1000), output in any_len(3000),
        slicing in Slicing::any(1200),
    ) {
        let new = Random::new(5).bytes(len, 0);
        for (rule, expected) in [
            (EmptyBasis::Cut(input), reference::EmptyBasis::Cut(input.get())),
            (
                EmptyBasis::Buffers { input, output },
                reference::EmptyBasis::Buffers { input: input.get(), output: output.get() },
            ),
        ] {
            for profile in [Profile::Librsync232, Profile::Librsync234, Profile::Compact] {
                let options = DeltaOptions { profile, empty_basis: Some(rule) };
                let whole = delta(64, &new, options, &Slicing::whole());
                prop_assert_eq!(literal_lens(&whole.output), reference::literal_lens(len, expected));
                for slicing in [&slicing, &Slicing::bytes()] {
                    let sliced = delta(64, &new, options, slicing);
                    prop_assert_eq!(sliced.essence(), whole.essence());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(30))]

    /// What each profile does by itself, over sizes around its buffers.
    #[test]
    fn every_profile_has_its_rule(
        block_len in prop_oneof![Just(1_usize), Just(256), Just(2048), 1..70_000_usize],
        len in prop_oneof![0..4000_usize, 60_000..70_000_usize, 250_000..600_000_usize],
        slicing in Slicing::any(200_000),
    ) {
        let new = Random::new(6).bytes(len, 0);
        for profile in [Profile::Librsync232, Profile::Librsync234, Profile::Compact] {
            let options = DeltaOptions { profile, empty_basis: None };
            let whole = delta(block_len, &new, options, &Slicing::whole());
            let rules = reference_rules(profile, block_len);
            prop_assert_eq!(literal_lens(&whole.output), reference::literal_lens(len, rules.empty_basis));
            let empty = reference::Signature {
                params: reference::Params::new(reference::Format::RABINKARP_BLAKE2, block_len, 8).unwrap(),
                records: vec![],
            };
            prop_assert!(whole.output == reference::delta(&empty, &new, &rules).bytes);
            let sliced = delta(block_len, &new, options, &slicing);
            prop_assert!(sliced.essence() == whole.essence());
        }
    }

    /// One literal for each offer that has bytes, as long as it, whatever the space.
    #[test]
    fn as_offered_is_one_literal_an_offer(
        offers in prop::collection::vec(prop_oneof![Just(0), 1..100_usize, 1..70_000_usize], 0..12),
        space in prop_oneof![1..5_usize, 1..100_000_usize], end_apart in any::<bool>(),
    ) {
        let new = Random::new(7).bytes(offers.iter().sum(), 0);
        let index = index(2048);
        let empty_basis = Some(EmptyBasis::AsOffered);
        let mut job = DeltaJob::new(&index, DeltaOptions { empty_basis, ..DeltaOptions::default() });
        let (mut rest, mut delta, mut space) = (&new[..], vec![], vec![0; space]);
        let mut step = |input: Input<'_>| loop {
            let progress = job.step(input, &mut space).unwrap();
            delta.extend_from_slice(&space[..progress.produced]);
            // While output is due, an offer is either taken whole or not at all.
            if progress.consumed == input.bytes().len() && progress.status != Status::NeedOutput {
                return progress.status;
            }
            if progress.consumed > 0 {
                assert_eq!(progress.consumed, input.bytes().len());
                // Taken: what it still needs is space.
                let rest = if input.is_last() { Input::last(&[]) } else { Input::more(&[]) };
                loop {
                    let progress = job.step(rest, &mut space).unwrap();
                    delta.extend_from_slice(&space[..progress.produced]);
                    if progress.status != Status::NeedOutput {
                        return progress.status;
                    }
                }
            }
        };
        let mut status = Status::NeedInput;
        for (i, offer) in offers.iter().enumerate() {
            let (bytes, after) = rest.split_at(*offer);
            rest = after;
            let last = !end_apart && i + 1 == offers.len();
            status = step(if last { Input::last(bytes) } else { Input::more(bytes) });
            prop_assert_eq!(status, if last { Status::Done } else { Status::NeedInput });
        }
        if status != Status::Done {
            prop_assert_eq!(step(Input::last(&[])), Status::Done);
        }
        let lens: Vec<usize> = offers.into_iter().filter(|len| *len > 0).collect();
        prop_assert_eq!(literal_lens(&delta), lens);
        prop_assert_eq!(reference::patch(&[], &delta).output, new);
    }
}
