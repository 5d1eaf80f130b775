//! `-I` and `-O`.

use rollsync::librsync::BufferSizes;

use super::args::Settings;
use super::failure::Failure;
use super::job_failure::report;
use super::result_code::ResultCode;

/// The sizes, none of which may be negative.
pub(crate) fn buffer_sizes(settings: &Settings) -> Result<BufferSizes, Failure> {
    BufferSizes::new(settings.input_len, settings.output_len).map_err(|cause| {
        report(&cause);
        Failure::Job(ResultCode::ParamError)
    })
}
