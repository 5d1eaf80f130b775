//! The job contract, line by line, for each of the four jobs.
//!
//! 1. Memory is measured in `memory`.
//! 2. `NeedInput` and `NeedOutput`, 3. the bounds of `NeedBasis`, and 4. what comes after the end and after an error are
//!    held by [`drive`] at every step of every test of this binary.
//! 5. That what comes out does not depend on the slicing, is the matter of this module, and that of `empty_basis` for
//!    signatures without records.

use crate::draw::{Random, cases};
use crate::engine::{delta_of, index_of, load, params, patch_of, signature_of};
use crate::files::{Pair, any_params, mutations};
use crate::slicing::{Slicing, drive};
use proptest::prelude::*;
use rollsync_core::{
    DeltaJob, DeltaOptions, Format, Input, Job, Limits, LoadError, LoadJob, PatchError, PatchJob,
    PatchStatus, Profile, SignatureJob, Status, Work,
};

fn any_profile() -> impl Strategy<Value = Profile> {
    prop::sample::select(vec![Profile::Librsync232, Profile::Librsync234, Profile::Compact])
}

fn any_work() -> impl Strategy<Value = Work> {
    prop_oneof![Just(Work::OfProfile), Just(Work::Unlimited), (0..4_u32).prop_map(Work::PerByte)]
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn a_signature_does_not_depend_on_slicing(
        pair in Pair::any(3000), params in any_params(), slicing in Slicing::any(5000),
    ) {
        let (basis, _) = pair.build();
        let whole = drive(&mut SignatureJob::new(params), &basis, &[], &Slicing::whole());
        for slicing in [slicing, Slicing::bytes()] {
            let sliced = drive(&mut SignatureJob::new(params), &basis, &[], &slicing);
            prop_assert_eq!(sliced.essence(), whole.essence());
            prop_assert_eq!(sliced.consumed, basis.len());
        }
    }

    #[test]
    fn a_loaded_signature_does_not_depend_on_slicing(
        pair in Pair::any(2000), params in any_params(), mutations in mutations(), slicing in Slicing::any(5000),
    ) {
        let mut bytes = signature_of(&pair.build().0, params);
        mutations.into_iter().for_each(|mutation| mutation.apply(&mut bytes));
        let load = |slicing: &Slicing| {
            let mut job = LoadJob::new();
            let outcome = drive(&mut job, &bytes, &[], slicing);
            (outcome.result, outcome.output, outcome.stats, job.into_signature())
        };
        let whole = load(&Slicing::whole());
        prop_assert_eq!(whole.0.is_ok(), whole.3.is_some());
        prop_assert_eq!(&whole.1, b"");
        prop_assert_eq!(load(&slicing), whole.clone());
        prop_assert_eq!(load(&Slicing::bytes()), whole);
    }

    #[test]
    fn a_delta_does_not_depend_on_slicing(
        pair in Pair::any(2500), params in any_params(), slicing in Slicing::any(5000),
        profile in any_profile(), work in any_work(),
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let whole = delta_of(&index, &new, profile, work);
        for slicing in [slicing, Slicing::bytes()] {
            let options = DeltaOptions { profile, ..DeltaOptions::default() };
            let mut job = DeltaJob::new(&index, options).with_limits(Limits { work, ..Limits::default() });
            let sliced = drive(&mut job, &new, &[], &slicing);
            prop_assert_eq!(sliced.essence(), whole.essence());
            prop_assert_eq!(sliced.consumed, new.len());
        }
    }

    #[test]
    fn a_patched_file_does_not_depend_on_slicing(
        pair in Pair::any(1500), params in any_params(), mutations in mutations(), slicing in Slicing::any(5000),
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let mut delta = delta_of(&index, &new, Profile::Compact, Work::OfProfile).output;
        mutations.into_iter().for_each(|mutation| mutation.apply(&mut delta));
        let whole = patch_of(&basis, &delta);
        for slicing in [slicing, Slicing::bytes()] {
            let sliced = drive(&mut PatchJob::new(), &delta, &basis, &slicing);
            prop_assert_eq!(sliced.essence(), whole.essence());
            if sliced.result.is_ok() {
                prop_assert_eq!(sliced.consumed, whole.consumed, "nothing behind the end is taken");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(12))]

    /// Literals over every profile's cut, and a look-ahead that has to move its bytes.
    #[test]
    fn a_long_delta_does_not_depend_on_slicing(
        pair in Pair::any(150_000), params in any_params(), slicing in Slicing::any(120_000), profile in any_profile(),
    ) {
        let (basis, new) = pair.build();
        let index = index_of(&signature_of(&basis, params));
        let whole = delta_of(&index, &new, profile, Work::OfProfile);
        let options = DeltaOptions { profile, ..DeltaOptions::default() };
        let sliced = drive(&mut DeltaJob::new(&index, options), &new, &[], &slicing);
        prop_assert_eq!(sliced.essence(), whole.essence());
    }
}

/// Nothing offered and no space is no error, nor the end: the job says what it needs.
#[test]
fn a_step_without_anything_says_what_is_needed() {
    let params = crate::engine::params(rollsync_core::Format::default(), 4, 8);
    let index = index_of(&signature_of(b"some basis", params));
    let mut signature = SignatureJob::new(params);
    let mut delta = DeltaJob::new(&index, DeltaOptions::default());
    let (mut load, mut patch) = (LoadJob::new(), PatchJob::new());
    for _ in 0..3 {
        let nothing = || Input::more(&[]);
        assert_eq!(signature.step(nothing(), &mut []).unwrap().status, Status::NeedOutput);
        assert_eq!(delta.step(nothing(), &mut []).unwrap().status, Status::NeedOutput);
        assert_eq!(load.step(nothing(), &mut []).unwrap().status, Status::NeedInput);
        assert_eq!(patch.step(nothing(), &mut []).unwrap().status, PatchStatus::NeedInput);
    }
}

/// The other half of line 3: what is asked for again, and what an answer can be.
#[test]
fn the_basis_is_asked_for_until_it_is_given() {
    let delta = b"rs\x026\x45\x06\x05\0"; // COPY 6, 5
    let ask = |job: &mut PatchJob, rest: &[u8], space: usize| {
        let progress = job.step(Input::last(rest), &mut vec![0; space]).unwrap();
        (progress.consumed, progress.status)
    };
    let needs = |offset, len| PatchStatus::NeedBasis(rollsync_core::BasisRange { offset, len });
    let mut job = PatchJob::new();
    assert_eq!(ask(&mut job, delta, 3), (7, needs(6, 3)));
    // Not answered: asked again, for as much as there is space for now.
    assert_eq!(ask(&mut job, &delta[7..], 4), (0, needs(6, 4)));
    job.basis_copied(1);
    // Nothing is asked for now: nothing happens.
    job.basis_copied(2);
    job.basis_copied(0);
    assert_eq!(ask(&mut job, &delta[7..], 9), (0, needs(7, 4)));
    // More than was asked for counts as so much.
    job.basis_copied(usize::MAX);
    assert_eq!(ask(&mut job, &delta[7..], 9), (1, PatchStatus::Done));
}

#[test]
fn a_basis_that_ends_early_is_an_error_that_says_where() {
    let delta = b"rs\x026\x45\x06\x05\0";
    for slicing in [Slicing::whole(), Slicing::bytes()] {
        let outcome = drive(&mut PatchJob::new(), delta, b"hello wo", &slicing);
        let error = rollsync_core::PatchError::BasisEnded { offset: 8, missing: 3 };
        assert_eq!(outcome.result, Err(error.into()));
        assert_eq!(outcome.output, b"wo");
    }
}

#[test]
fn an_index_serves_many_jobs() {
    let params = crate::engine::params(rollsync_core::Format::default(), 4, 8);
    let index = std::sync::Arc::new(index_of(&signature_of(b"some basis", params)));
    let make = || DeltaJob::new(std::sync::Arc::clone(&index), DeltaOptions::default());
    let first = drive(&mut make(), b"basis some", &[], &Slicing::whole());
    let jobs: Vec<_> = (0..3).map(|_| make()).collect();
    drop(index);
    for mut job in jobs {
        assert_eq!(drive(&mut job, b"basis some", &[], &Slicing::bytes()).essence(), first.essence());
    }
}

/// An input that seemed to end goes on where it stopped, wherever that was.
#[test]
fn what_ended_too_early_can_go_on() {
    let basis = Random::new(9).bytes(500, 0);
    let signature = signature_of(&basis, params(Format::default(), 100, 8));
    let delta = [b"rs\x026\x45\x05\x20\x41\x46", &basis[..70], b"\0"].concat();
    let (whole_load, whole_patch) = (load(&signature).unwrap(), patch_of(&basis, &delta).output);
    for cut in 0..signature.len() {
        let mut job = LoadJob::new();
        let result = job.step(Input::last(&signature[..cut]), &mut []);
        // In a weak sum, or between two records, it has ended.
        if let Err(error) = result {
            assert!(matches!(error, LoadError::InputEnded { .. }), "{error}");
            assert_eq!(job.step(Input::last(&[]), &mut []), Err(error), "until it is re-armed");
            job.rearm();
            assert_eq!(job.step(Input::last(&signature[cut..]), &mut []).unwrap().status, Status::Done);
            assert_eq!(job.into_signature().unwrap(), whole_load);
        }
    }
    for cut in 0..delta.len() {
        let mut job = PatchJob::new();
        let mut space = [0; 200];
        let mut output = vec![];
        let mut apply = |job: &mut PatchJob, mut input: &[u8]| loop {
            let progress = job.step(Input::more(input), &mut space).unwrap();
            input = &input[progress.consumed..];
            output.extend_from_slice(&space[..progress.produced]);
            match progress.status {
                PatchStatus::NeedBasis(range) => {
                    let from = usize::try_from(range.offset).unwrap();
                    output.extend_from_slice(&basis[from..from + range.len]);
                    job.basis_copied(range.len);
                }
                status => return status,
            }
        };
        assert_eq!(apply(&mut job, &delta[..cut]), PatchStatus::NeedInput);
        let error = job.step(Input::last(&[]), &mut []).unwrap_err();
        assert!(matches!(error, PatchError::InputEnded { .. }), "{error}");
        assert_eq!(job.step(Input::more(b"\0"), &mut []), Err(error), "until it is re-armed");
        job.rearm();
        assert_eq!(apply(&mut job, &delta[cut..]), PatchStatus::Done);
        assert_eq!(output, whole_patch, "cut at {cut}");
    }
    let mut broken = PatchJob::new();
    let error = broken.step(Input::last(b"rs\x026\x55"), &mut []).unwrap_err();
    broken.rearm();
    assert_eq!(broken.step(Input::last(&[]), &mut []).unwrap_err(), error, "what is corrupt stays so");
}

/// Limits set in the middle hold from there on, and lose nothing.
#[test]
fn limits_set_in_the_middle_lose_nothing() {
    let basis = Random::new(10).bytes(3000, 0);
    let index = index_of(&signature_of(&basis, params(Format::default(), 100, 8)));
    let new = [&basis[..1500], b"something new", &basis[1000..]].concat();
    let whole = delta_of(&index, &new, Profile::Compact, Work::OfProfile).output;
    for cut in [0, 1, 1400, 1505, new.len()] {
        let mut job = DeltaJob::new(&index, DeltaOptions::default());
        let mut space = vec![0; 8000];
        let first = job.step(Input::more(&new[..cut]), &mut space).unwrap();
        assert_eq!(first.consumed, cut);
        let mut output = space[..first.produced].to_vec();
        let limits = Limits { output: Some(whole.len() as u64), ..Limits::default() };
        let mut job = job.with_limits(limits);
        let second = job.step(Input::last(&new[cut..]), &mut space).unwrap();
        output.extend_from_slice(&space[..second.produced]);
        assert_eq!((second.status, &output), (Status::Done, &whole), "cut at {cut}");
    }
}
