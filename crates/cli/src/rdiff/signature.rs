//! `rdiff signature`.

use std::time::Instant;

use rollsync::librsync::{Cause, Severity};
use rollsync::{
    BlockLen, Buffers, Format, Options, SignatureOptions, SignatureParams, StrongKind, StrongLen,
    StrongLenChoice, Threads, WeakKind,
};

use super::args::{Hash, Rollsum, SignatureRequest, Sums};
use super::buffer_sizes::buffer_sizes;
use super::failure::Failure;
use super::input::Input;
use super::job_failure::job_failure;
use super::messages::report_log;
use super::op::Op;
use super::output::Output;
use super::result_code::ResultCode;
use super::statistics::report_job;

/// Writes the signature of the basis.
pub(crate) fn run(request: &SignatureRequest, threads: Threads) -> Result<(), Failure> {
    let mut basis = Input::open(&request.basis)?;
    let mut output = Output::open(&request.signature, request.settings.force, &[&basis])?;
    let sums = request.check()?;
    let params = params(request, format(sums), basis.len())?;
    let sizes = buffer_sizes(&request.settings)?;

    let begun = Instant::now();
    let len = basis.len();
    let mut options = Options::new()
        .format(params.format())
        .block_len(params.block_len())
        .strong_len(StrongLenChoice::Exactly(params.strong_len()))
        .buffers(sizes.buffers_or(Buffers::default()))
        .threads(threads);
    let made = rollsync::signature_from(&mut basis, len, &mut output, &mut options);
    let stats = made
        .and_then(|stats| output.flushed(stats))
        .map_err(|error| job_failure(Op::Signature, &error, None))?;
    if request.settings.statistics {
        report_job(Op::Signature, &stats, begun);
    }
    output.finish()
}

fn format(sums: Sums) -> Format {
    Format {
        weak: match sums.rollsum {
            Rollsum::RabinKarp => WeakKind::RabinKarp,
            Rollsum::Rollsum => WeakKind::Rollsum,
        },
        strong: match sums.hash {
            Hash::Blake2 => StrongKind::Blake2,
            Hash::Md4 => StrongKind::Md4,
        },
    }
}

/// librsync's `rs_sig_args`: the numbers as they were asked for, with its words about them.
fn params(
    request: &SignatureRequest,
    format: Format,
    basis_len: Option<u64>,
) -> Result<SignatureParams, Failure> {
    let block_len = match u64::try_from(request.block_len) {
        Ok(0) => None,
        Ok(asked) => Some(BlockLen::new(asked).map_err(|_| invalid_block_len(request))?),
        Err(_) => return Err(invalid_block_len(request)),
    };
    let strong_len = match request.strong_len {
        0 => StrongLenChoice::Max,
        -1 => StrongLenChoice::Min,
        asked => {
            let len = u64::try_from(asked).ok().and_then(|asked| StrongLen::new(asked).ok());
            StrongLenChoice::Exactly(len.ok_or_else(|| invalid_strong_len(request, format))?)
        }
    };
    let options = SignatureOptions { format, block_len, strong_len };
    let params = options.resolve(basis_len).map_err(|_| invalid_strong_len(request, format))?;
    if let Some(Cause { function, message }) = basis_len.and_then(|len| Cause::weakness(&params, len)) {
        report_log(Severity::Warning, function, message.as_bytes());
    }
    Ok(params)
}

fn invalid_block_len(request: &SignatureRequest) -> Failure {
    invalid(&format!("invalid block_len={}", request.block_len))
}

/// The number as C's `size_t` shows it, in which librsync holds it.
fn invalid_strong_len(request: &SignatureRequest, format: Format) -> Failure {
    let strong_len = i64::from(request.strong_len).cast_unsigned();
    invalid(&format!("invalid strong_len={strong_len} for magic={:#x}", format.magic()))
}

fn invalid(message: &str) -> Failure {
    report_log(Severity::Error, "rs_sig_args", message.as_bytes());
    Failure::Job(ResultCode::ParamError)
}
