//! `rdiff delta`.

use std::time::Instant;

use rollsync::librsync::{BufferSizes, Cause};
use rollsync::{
    Buffers, DeltaJob, DeltaOptions, Drive, EmptyBasis, Error, Limits, LoadJob, Profile, Signature, Threads,
    index_signature,
};

use super::args::{DeltaRequest, Settings};
use super::buffer_sizes::buffer_sizes;
use super::failure::Failure;
use super::input::Input;
use super::job_failure::{job_failure, resource_failure};
use super::op::Op;
use super::output::Output;
use super::statistics::{report_job, report_search};

/// Writes the delta of the new file against the signature.
pub(crate) fn run(request: &DeltaRequest, profile: Profile, threads: Threads) -> Result<(), Failure> {
    let mut signature = Input::open(&request.signature)?;
    let mut new = Input::open(&request.new)?;
    let mut output = Output::open(&request.delta, request.settings.force, &[&signature, &new])?;
    request.check()?;
    let sizes = buffer_sizes(&request.settings)?;

    let signature = load(&mut signature, &request.settings, sizes, threads)?;
    let index = index_signature(signature, &Limits::default(), threads.count());
    let index = index.map_err(|e| resource_failure(&e))?;

    let begun = Instant::now();
    let empty_basis = Some(sizes.empty_basis(EmptyBasis::of_profile(profile, &index), profile));
    let job = DeltaJob::new(&index, DeltaOptions { profile, empty_basis });
    let buffers = sizes.buffers_or(Buffers::default()).in_batches(job.batch_len());
    let mut drive = Drive::with_buffers(job, buffers);
    let threads = threads.count_for(new.len());
    let ended = drive.run_with_threads_from(&mut new, &mut output, threads);
    let ended = ended.and_then(|()| output.flushed(drive.stats()));
    let ended = ended.map_err(|error| job_failure(Op::Delta, &error, None));
    if request.settings.statistics {
        let stats = drive.stats();
        report_search(stats.search);
        report_job(Op::Delta, &stats, begun);
    }
    ended?;
    output.finish()
}

fn load(
    file: &mut Input,
    settings: &Settings,
    sizes: BufferSizes,
    threads: Threads,
) -> Result<Signature, Failure> {
    let begun = Instant::now();
    let mut drive = Drive::with_buffers(LoadJob::new(), sizes.buffers_or(Buffers::default()));
    let threads = threads.count_to_load(file.len());
    let ended = drive.run_with_threads_from(file, threads);
    ended.map_err(|error| job_failure(Op::Loadsig, &error, cause(&error)))?;
    if settings.statistics {
        report_job(Op::Loadsig, &drive.stats(), begun);
    }
    Ok(drive.into_job().into_signature().expect("a job that was driven to its end has loaded it"))
}

/// What librsync's log says is wrong with a signature.
fn cause(error: &Error) -> Option<Cause> {
    let Error::Engine(error) = error else { return None };
    Cause::of(error)
}
