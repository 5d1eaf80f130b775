//! `rdiff patch`.

use std::time::Instant;

use rollsync::librsync::Cause;
use rollsync::{Buffers, Drive, EngineError, Error, HashingWriter, PatchError, PatchJob, Side};

use super::args::PatchRequest;
use super::buffer_sizes::buffer_sizes;
use super::failure::Failure;
use super::input::Input;
use super::job_failure::job_failure;
use super::op::Op;
use super::output::Output;
use super::patch_basis::PatchBasis;
use super::sealed::{SealedFor, seal_cause};
use super::statistics::report_job;

/// librsync's own: of what stands behind a delta's end, the statistics count as much as it reads.
const BUFFERS: Buffers = Buffers { input: 65_536, output: 262_144 };

/// Writes the new file that basis and delta give.
pub(crate) fn run(request: &PatchRequest) -> Result<(), Failure> {
    let basis = Input::open(&request.basis)?;
    let mut delta = Input::open(&request.delta)?;
    let mut output = Output::open(&request.new, request.settings.force, &[&basis, &delta])?;
    request.check()?;
    let sizes = buffer_sizes(&request.settings)?;

    let sealed = SealedFor::look(&basis, &delta)
        .map_err(|error| job_failure(Op::Patch, &error, seal_cause(&error)))?;
    let begun = Instant::now();
    let mut basis = PatchBasis::new(basis);
    let mut drive = Drive::with_buffers(PatchJob::new(), sizes.buffers_or(BUFFERS));
    let ended = match &sealed {
        Some(sealed) => {
            let mut hashed = HashingWriter::new(&mut output);
            let ended = drive.run_with_basis(&mut delta, &mut basis, &mut hashed);
            ended.and_then(|()| sealed.hold(hashed.finish(), &mut basis, &delta))
        }
        None => drive.run_onto(&mut delta, &mut basis, &mut output),
    };
    let ended = ended.and_then(|()| output.flushed(drive.stats()));
    let ended = ended.map_err(|error| job_failure(Op::Patch, &error, cause(&error, &basis)));
    if request.settings.statistics {
        report_job(Op::Patch, &drive.stats(), begun);
    }
    ended?;
    output.finish()
}

/// What librsync's log says is wrong with a delta or its basis.
fn cause(error: &Error, basis: &PatchBasis) -> Option<Cause> {
    match error {
        Error::Io { side: Side::Basis, source, .. } => {
            Some(Cause::system("rs_file_copy_cb", basis.step(), source))
        }
        Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => {
            Some(Cause::new("rs_file_copy_cb", format!("unexpected eof on fd{}", basis.descriptor())))
        }
        Error::Engine(error) => Cause::of(error),
        error => seal_cause(error),
    }
}
