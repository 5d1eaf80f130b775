//! A step does not work for ever: where a delta has to hash much, its caller gets a turn in between.

use crate::engine::{delta_of, index_of, params, signature_of};
use rollsync_core::{
    DeltaJob, DeltaOptions, Format, Input, Job, Limits, Profile, Searched, SignatureIndex, Status, Work,
};
use std::cell::Cell;

const BLOCK_LEN: usize = 1 << 20;
/// What a step may hash: 32 MiB, and a batch of blocks.
const TURN: u64 = 32 << 20;
const BATCH: u64 = 16 * BLOCK_LEN as u64;

/// Of a block of zeros the weak sum, and another strong sum: every window of zeros has to be hashed, in vain.
fn every_window_is_hashed() -> SignatureIndex {
    let format = Format::default();
    let mut signature = signature_of(&vec![0; BLOCK_LEN], params(format, BLOCK_LEN, 32));
    *signature.last_mut().unwrap() ^= 1;
    index_of(&signature)
}

fn options() -> DeltaOptions {
    DeltaOptions { profile: Profile::Librsync234, ..DeltaOptions::default() }
}

#[test]
fn a_step_hashes_so_much_and_no_more() {
    let index = every_window_is_hashed();
    // At the end the window shrinks, and most of its positions are no hits: a smaller window of zeros has another sum.
    let new = vec![0; BLOCK_LEN + 200];
    let whole = delta_of(&index, &new, Profile::Librsync234, Work::OfProfile).output;
    let mut job = DeltaJob::new(&index, options());
    let (mut rest, mut delta, mut space, mut busy) = (&new[..], Vec::new(), [0; 5000], 0);
    loop {
        let before = job.hashed_bytes();
        let progress = job.step(Input::last(rest), &mut space).unwrap();
        let hashed = job.hashed_bytes() - before;
        assert!(hashed < TURN + BATCH, "{hashed} in a step");
        rest = &rest[progress.consumed..];
        delta.extend_from_slice(&space[..progress.produced]);
        match progress.status {
            Status::NeedInput => panic!("there is no more"),
            Status::NeedOutput => {}
            Status::Busy => {
                assert!(hashed >= TURN, "busy with {hashed}");
                busy += 1;
            }
            Status::Done => break,
        }
    }
    assert!(busy >= 3, "{busy} times");
    assert_eq!(job.stats().search.strong_sums, 201);
    assert!(delta == whole);
}

#[test]
fn a_search_ahead_leaves_such_a_segment_to_the_job() {
    let index = every_window_is_hashed();
    let new = vec![0; BLOCK_LEN + 1000];
    let asked = Cell::new(0);
    let go_on = || {
        asked.set(asked.get() + 1);
        true
    };
    let limits = Limits::default();
    let searched = Searched::segment_while(&index, options(), &limits, &new, 0..1000, true, &go_on);
    assert!((3..20).contains(&asked.get()), "asked {} times", asked.get());
    let mut job = DeltaJob::new(&index, options());
    job.searched(searched);
    let mut space = vec![0; new.len() + 100];
    let (mut produced, mut consumed) = (0, 0);
    loop {
        let progress = job.step(Input::last(&new[consumed..]), &mut space[produced..]).unwrap();
        (produced, consumed) = (produced + progress.produced, consumed + progress.consumed);
        if progress.status == Status::Done {
            break;
        }
    }
    let whole = delta_of(&index, &new, Profile::Librsync234, Work::OfProfile).output;
    assert!(space[..produced] == whole);
    assert_eq!(job.stats().search.strong_sums, 1001);
}
