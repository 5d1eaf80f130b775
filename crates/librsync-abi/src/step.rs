//! The loop around an engine's job, for one call of `rs_job_iter`.

use crate::{buffers::Room, cause::Failure, result_code::RsResult};
use rollsync::{BasisRange, Input, Job, PatchStatus};

/// Why the loop has paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    Blocked,
    Done,
}

/// Where a patch gets bytes of the basis from: how many were put to the front of the place, or the result that it shall
/// end with.
pub(crate) type CopyFrom<'a> = dyn FnMut(BasisRange, &mut [u8]) -> Result<usize, RsResult> + 'a;

/// Goes on with `job` as far as `room` allows.
///
/// The end of the input is told in a step of its own, without bytes: a caller who then finds that there is more may take
/// it back, and nothing is lost.
pub(crate) fn advance<J: Job>(
    job: &mut J,
    room: &mut Room,
    copy: &mut CopyFrom<'_>,
) -> Result<Pause, Failure> {
    loop {
        let is_last = room.is_last();
        let (input, output) = room.both();
        let ended = is_last && input.is_empty();
        let input = if ended { Input::last(&[]) } else { Input::more(input) };
        let progress = job.step(input, output).map_err(|error| error.into())?;
        room.consume(progress.consumed);
        room.produce(progress.produced);
        match progress.status.into() {
            PatchStatus::Done => return Ok(Pause::Done),
            PatchStatus::NeedOutput => return Ok(Pause::Blocked),
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

/// For jobs that have no basis.
pub(crate) fn no_basis(_: BasisRange, _: &mut [u8]) -> Result<usize, RsResult> {
    Err(RsResult::INTERNAL_ERROR)
}
