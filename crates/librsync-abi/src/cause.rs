//! What librsync's log says of an error.

use crate::{result_code::RsResult, stats::Op, trace::log};
use rollsync::{
    EngineError,
    librsync::{Cause, Severity},
};

/// Writes what is wrong to the log.
pub(crate) fn report(cause: &Cause) {
    log(Severity::Error, cause.function, &cause.message);
}

/// How a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: RsResult,
    pub(crate) cause: Option<Cause>,
}

impl Failure {
    /// Logs it as a job's: the cause, if there is something to say, and that the job failed.
    pub(crate) fn report(&self, op: Op) {
        if let Some(cause) = &self.cause {
            report(cause);
        }
        let (op, text) = (op.name().to_string_lossy(), self.code.text().to_string_lossy());
        log(Severity::Error, "rs_job_complete", format!("{op} job failed: {text}"));
    }
}

impl From<RsResult> for Failure {
    fn from(code: RsResult) -> Self {
        Self { code, cause: None }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let code = RsResult::from(error.kind());
        // What librsync never met has no words of its own.
        let is_new = |code| matches!(code, RsResult::LIMIT | RsResult::MEM_ERROR);
        let cause =
            Cause::of(&error).or_else(|| is_new(code).then(|| Cause::new("rs_alloc", error.to_string())));
        Self { code, cause }
    }
}
