//! `rdiff delta`.

use std::io;
use std::time::Instant;

use rollsync::{
    DeltaJob, DeltaOptions, Drive, EmptyBasis, EngineError, Error, Limits, LoadError, LoadJob, Profile,
    Signature, SignatureIndex, Threads,
};

use super::args::{DeltaRequest, Settings};
use super::buffer_sizes::BufferSizes;
use super::failure::Failure;
use super::input::Input;
use super::job_failure::{Cause, job_failure, resource_failure};
use super::op::Op;
use super::output::Output;
use super::statistics::{JobStatistics, MatchStatistics};

/// Writes the delta of the new file against the signature.
pub(crate) fn run(request: &DeltaRequest, profile: Profile, threads: Threads) -> Result<(), Failure> {
    let mut signature = Input::open(&request.signature)?;
    let mut new = Input::open(&request.new)?;
    let mut output = Output::open(&request.delta, request.settings.force, &[&signature, &new])?;
    request.check()?;
    let sizes = BufferSizes::new(&request.settings)?;

    let signature = load(&mut signature, &request.settings, sizes)?;
    let index = SignatureIndex::build(signature, &Limits::default()).map_err(|e| resource_failure(&e))?;

    let begun = Instant::now();
    let empty_basis = Some(sizes.empty_basis(EmptyBasis::of_profile(profile, &index), profile));
    let job = DeltaJob::new(&index, DeltaOptions { profile, empty_basis });
    let mut drive = Drive::with_buffers(job, sizes.buffers());
    let threads = threads.count_for(new.len());
    let ended = drive.run_with_threads(&mut new, &mut output, threads);
    let ended = ended.map_err(|error| job_failure(Op::Delta, &error, None));
    if request.settings.statistics {
        let stats = drive.stats();
        MatchStatistics(stats.search).report();
        JobStatistics::new(Op::Delta, &stats, begun).report();
    }
    ended?;
    output.finish()
}

fn load(file: &mut Input, settings: &Settings, sizes: BufferSizes) -> Result<Signature, Failure> {
    let begun = Instant::now();
    let mut drive = Drive::with_buffers(LoadJob::new(), sizes.buffers());
    let ended = drive.run(file, io::sink());
    ended.map_err(|error| job_failure(Op::Loadsig, &error, cause(&error)))?;
    if settings.statistics {
        JobStatistics::new(Op::Loadsig, &drive.stats(), begun).report();
    }
    Ok(drive.into_job().into_signature().expect("a job that was driven to its end has loaded it"))
}

/// What librsync's log says is wrong with a signature.
fn cause(error: &Error) -> Option<Cause> {
    let Error::Engine(EngineError::Load(error)) = error else { return None };
    let (function, message) = match error {
        LoadError::BadMagic { found } => ("rs_sig_args", format!("invalid magic {found:#x}")),
        LoadError::BlockLen { found } => {
            ("rs_loadsig_s_blocklen", format!("block length of {} is bogus", found.cast_signed()))
        }
        LoadError::StrongLen { found } => {
            ("rs_loadsig_s_stronglen", format!("strong sum length {} is implausible", found.cast_signed()))
        }
        LoadError::StrongLenOfFormat { found, format } => {
            ("rs_sig_args", format!("invalid strong_len={found} for magic={:#x}", format.magic()))
        }
        LoadError::Seal(error) => ("rs_seal_check", error.to_string()),
        _ => return None,
    };
    Some(Cause { function, message })
}
