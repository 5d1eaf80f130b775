//! What is said of a job that failed.

use rollsync::librsync::{Cause, Severity};
use rollsync::{Error, ResourceError, Side};

use super::failure::Failure;
use super::messages::report_log;
use super::op::Op;
use super::output;
use super::result_code::ResultCode;

/// Writes what is wrong to the log.
pub(crate) fn report(cause: &Cause) {
    report_log(Severity::Error, cause.function, cause.message.as_bytes());
}

/// Reports why a job failed: `cause` if the job knows one, and that it failed. Reading and writing is no part of a job,
/// so only the cause is told when that fails.
pub(crate) fn job_failure(op: Op, error: &Error, cause: Option<Cause>) -> Failure {
    match error {
        Error::Io { side: Side::Read, source, .. } => {
            report(&Cause::system("rs_infilebuf_fill", "error filling buf from file", source));
            return Failure::Job(ResultCode::IoError);
        }
        Error::Io { side: Side::Write, source, .. } => return output::cannot_write(source),
        _ => {}
    }
    let code = ResultCode::from(error.kind());
    if let Some(cause) = cause.or_else(|| (code == ResultCode::MemError).then(|| allocation(error))) {
        report(&cause);
    }
    report_log(Severity::Error, "rs_job_complete", format!("{op} job failed: {code}").as_bytes());
    Failure::Job(code)
}

/// Reports that there is no memory for something that is not a job.
pub(crate) fn resource_failure(error: &ResourceError) -> Failure {
    report(&allocation(error));
    Failure::Job(ResultCode::MemError)
}

fn allocation(error: &impl ToString) -> Cause {
    Cause::new("rs_alloc", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_memory_is_102_whatever_asked_for_it() {
        let error = ResourceError::Memory { bytes: 7 };
        assert_eq!(allocation(&error).message, "no memory for 7 bytes");
        for failure in [job_failure(Op::Delta, &error.into(), None), resource_failure(&error)] {
            assert_eq!(failure.code().exit_status(), 102);
            assert_eq!(failure.lines(), b"rdiff: Failed, out of memory.\n");
        }
    }
}
