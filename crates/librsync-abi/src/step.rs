//! The loop around an engine's job, for one call of `rs_job_iter`.

use crate::{buffers::Room, cause::Failure, result_code::RsResult};
use rollsync::{BasisRange, EngineError, Input, Job, PatchJob, PatchStatus};
use std::sync::atomic::{AtomicBool, Ordering};

/// Why the loop has paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    Blocked,
    Done,
}

/// Where a patch gets bytes of the basis from: how many were put to the front of the place, or the result that it shall
/// end with.
pub(crate) type CopyFrom<'a> = dyn FnMut(BasisRange, &mut [u8]) -> Result<usize, RsResult> + 'a;

/// Goes on with `job` as far as `room` allows, or until `stop` is set.
pub(crate) fn advance<J: Job>(
    job: &mut J,
    room: &mut Room,
    stop: &AtomicBool,
    copy: &mut CopyFrom<'_>,
) -> Result<Pause, Failure> {
    loop {
        let is_last = room.is_last();
        let (bytes, output) = room.both();
        let input = offered(bytes, is_last);
        let ended = input.is_last();
        let progress = job.step(input, output).map_err(|error| error.into())?;
        room.consume(progress.consumed);
        room.produce(progress.produced);
        match progress.status.into() {
            PatchStatus::Done => return Ok(Pause::Done),
            PatchStatus::NeedOutput => return Ok(Pause::Blocked),
            PatchStatus::Busy if stop.load(Ordering::Relaxed) => return Err(RsResult::CANCELLED.into()),
            PatchStatus::Busy => {}
            PatchStatus::NeedInput if ended => return Err(RsResult::INTERNAL_ERROR.into()),
            PatchStatus::NeedInput if is_last => {}
            PatchStatus::NeedInput => return Ok(Pause::Blocked),
            PatchStatus::NeedBasis(range) => {
                let place = &mut room.both().1[..range.len];
                match copy(range, place) {
                    Ok(0) => return Err(RsResult::INPUT_ENDED.into()),
                    Ok(len) => {
                        job.basis_copied(len);
                        room.produce(len);
                    }
                    // Asked for again in the next call.
                    Err(RsResult::BLOCKED) => return Ok(Pause::Blocked),
                    Err(code) => return Err(code.into()),
                }
            }
        }
    }
}

/// Goes on with a patch that [does without the basis](PatchJob::forgo_basis), as far as its input allows. What comes out goes
/// nowhere.
pub(crate) fn read_on(job: &mut PatchJob, room: &mut Room) -> Result<Pause, Failure> {
    let mut nowhere = [0; 4096];
    loop {
        let is_last = room.is_last();
        let input = offered(room.both().0, is_last);
        let ended = input.is_last();
        let progress = job.step(input, &mut nowhere).map_err(EngineError::from)?;
        room.consume(progress.consumed);
        match progress.status {
            PatchStatus::Done => return Ok(Pause::Done),
            PatchStatus::NeedOutput | PatchStatus::Busy => {}
            PatchStatus::NeedInput if is_last && !ended => {}
            PatchStatus::NeedInput if !is_last => return Ok(Pause::Blocked),
            PatchStatus::NeedInput | PatchStatus::NeedBasis(_) => {
                return Err(RsResult::INTERNAL_ERROR.into());
            }
        }
    }
}

/// The end of the input is told in a step of its own, without bytes: a caller who then finds that there is more may take
/// it back, and nothing is lost.
const fn offered(bytes: &[u8], is_last: bool) -> Input<'_> {
    if is_last && bytes.is_empty() { Input::last(bytes) } else { Input::more(bytes) }
}

/// For jobs that have no basis.
pub(crate) fn no_basis(_: BasisRange, _: &mut [u8]) -> Result<usize, RsResult> {
    Err(RsResult::INTERNAL_ERROR)
}
