//! Copies that follow each other, asked for and given at once.

use crate::draw::cases;
use crate::slicing::{Slicing, drive};
use proptest::prelude::*;
use rollsync_core::{Input, Job, Limits, PatchError, PatchJob, PatchStatus, Stats, format::Command};

/// A delta of copies, most of which continue the last one, and some literals.
fn delta_of(pieces: &[(bool, u64, u64)]) -> Vec<u8> {
    let (mut delta, mut end) = (b"rs\x026".to_vec(), 0);
    let command = |command: Command, delta: &mut Vec<u8>| {
        let mut bytes = [0; Command::MAX_ENCODED_LEN];
        let len = command.encode(&mut bytes);
        delta.extend_from_slice(&bytes[..len]);
    };
    for &(is_literal, jump, len) in pieces {
        if is_literal {
            command(Command::Literal { len }, &mut delta);
            delta.extend((0..len).map(|byte| byte.to_le_bytes()[0]));
        } else {
            let offset = end + jump;
            command(Command::Copy { offset, len }, &mut delta);
            end = offset + len;
        }
    }
    command(Command::End, &mut delta);
    delta
}

/// Gives what is wanted, `most` bytes at once at most, into the new file itself.
fn given(
    delta: &[u8],
    basis: &[u8],
    limits: Limits,
    (offered, space, most): (usize, usize, usize),
) -> (Result<Vec<u8>, PatchError>, Stats, usize) {
    let (mut job, mut input) = (PatchJob::new().with_limits(limits), delta);
    let (mut output, mut answers, mut room) = (vec![], 0, vec![0; space]);
    let mut offered_len = offered.min(input.len());
    let result = loop {
        let offer = &input[..offered_len];
        let offer = if offered_len == input.len() { Input::last(offer) } else { Input::more(offer) };
        let progress = match job.step(offer, &mut room) {
            Ok(progress) => progress,
            Err(error) => break Err(error),
        };
        input = &input[progress.consumed..];
        output.extend_from_slice(&room[..progress.produced]);
        // What was offered is offered again.
        offered_len -= progress.consumed;
        match progress.status {
            PatchStatus::NeedInput => offered_len = offered.min(input.len()),
            PatchStatus::NeedOutput | PatchStatus::Busy => {}
            PatchStatus::NeedBasis(range) => {
                answers += 1;
                let wanted = job.basis_wanted();
                assert!(wanted >= range.len as u64);
                let from = basis.get(usize::try_from(range.offset).unwrap()..).unwrap_or(&[]);
                let len = from.len().min(usize::try_from(wanted).unwrap()).min(most);
                output.extend_from_slice(&from[..len]);
                if len == 0 {
                    job.basis_copied(0);
                } else {
                    job.basis_given(len as u64);
                }
                assert_eq!(job.basis_wanted(), 0, "nothing is asked for now");
                job.basis_given(1);
            }
            PatchStatus::Done => break Ok(output),
        }
    };
    (result, job.stats().clone(), answers)
}

proptest! {
    #![proptest_config(cases(400))]

    /// The same as copy by copy: the bytes, the errors, and what is counted.
    #[test]
    fn what_is_given_at_once_changes_nothing(
        pieces in prop::collection::vec(
            (prop::bool::weighted(0.2), prop_oneof![4 => Just(0), 1 => 0..9_u64], 1..40_u64), 0..40),
        basis_len in 0..900_usize,
        cut in prop_oneof![Just(usize::MAX), 0..400_usize],
        limit in prop::option::of(0..900_u64),
        (offered, space, most) in (1..120_usize, 1..120_usize, 1..300_usize),
    ) {
        let basis: Vec<u8> = (0..basis_len).map(|place| (place % 251).to_le_bytes()[0]).collect();
        let mut delta = delta_of(&pieces);
        delta.truncate(cut);
        let limits = Limits { output: limit, ..Limits::default() };
        let one_by_one = drive(&mut PatchJob::new().with_limits(limits), &delta, &basis, &Slicing::whole());
        let (result, stats, _) = given(&delta, &basis, limits, (offered, space, most));
        prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|&error| error.into()), one_by_one.result.as_ref().map(|_| ()).map_err(|&error| error));
        if let Ok(output) = result {
            prop_assert_eq!(output, one_by_one.output);
        }
        prop_assert_eq!(stats, one_by_one.stats);
    }
}

#[test]
fn copies_that_follow_each_other_are_asked_for_once() {
    let pieces: Vec<_> = (0..50).map(|_| (false, 0, 10)).collect();
    let basis = vec![7; 500];
    let (result, stats, answers) =
        given(&delta_of(&pieces), &basis, Limits::default(), (usize::MAX, 1, usize::MAX));
    assert_eq!((result, stats.copy.commands, answers), (Ok(basis), 50, 1));
}

/// The missing bytes are those of the copy in which the basis ends, however many were asked for at once.
#[test]
fn a_basis_that_ends_in_joined_copies_is_missing_one_copy_s_bytes() {
    let pieces = [(false, 0, 10), (false, 0, 10), (false, 0, 10)];
    for most in [1, 10, 25] {
        let (result, stats, _) =
            given(&delta_of(&pieces), &[7; 13], Limits::default(), (usize::MAX, 100, most));
        assert_eq!(result, Err(PatchError::BasisEnded { offset: 13, missing: 7 }));
        assert_eq!(stats.copy.commands, 2);
    }
}

/// Who has no place of his own answers as ever, and is asked for no more than fits.
#[test]
fn the_output_s_space_bounds_what_is_copied_into_it() {
    let mut job = PatchJob::new();
    assert_eq!(job.basis_wanted(), 0);
    let delta = delta_of(&[(false, 0, 10), (false, 0, 10), (true, 0, 1)]);
    let progress = job.step(Input::last(&delta), &mut [0; 4]).unwrap();
    assert!(matches!(progress.status, PatchStatus::NeedBasis(range) if range.len == 4));
    assert_eq!(job.basis_wanted(), 20);
    job.basis_copied(20);
    let rest = &delta[progress.consumed..];
    let progress = job.step(Input::last(rest), &mut [0; 99]).unwrap();
    assert!(matches!(progress.status, PatchStatus::NeedBasis(range) if (range.offset, range.len) == (4, 6)));
    assert_eq!(job.basis_wanted(), 16);
    job.basis_given(u64::MAX);
    let progress = job.step(Input::last(&rest[progress.consumed..]), &mut [0; 99]).unwrap();
    assert_eq!((progress.produced, progress.status), (1, PatchStatus::Done));
}
