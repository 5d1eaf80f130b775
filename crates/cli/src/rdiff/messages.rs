//! The lines on standard error, in the words that scripts know from librsync and its `rdiff`.
//!
//! Lines are bytes: they quote file names and options, which may be anything.

use std::io::{self, Write as _};

use rollsync::librsync::{Severity, log_line};

use super::result_code::ResultCode;

/// Writes lines to standard error. One that cannot be written leaves nobody to tell.
pub(crate) fn report(lines: &[u8]) {
    let _ = io::stderr().write_all(lines);
}

/// Writes a line of librsync's log.
pub(crate) fn report_log(severity: Severity, function: &str, message: &[u8]) {
    report(&log_line(severity, function, message));
}

/// The line that ends a run which failed after its files were open.
pub(crate) fn failed(code: ResultCode) -> Vec<u8> {
    format!("rdiff: Failed, {code}.\n").into_bytes()
}

/// The three lines about a command line that cannot be run.
pub(crate) fn usage(message: &[u8]) -> Vec<u8> {
    let mut lines = b"rdiff: ".to_vec();
    lines.extend_from_slice(message);
    lines.extend_from_slice(b"\n\nTry `rdiff --help' for more information.\n");
    lines
}

/// The answer to `-v`: tracing is not compiled in, as in every release build of librsync.
pub(crate) const NO_TRACE: &[u8] = b"rdiff: Library does not support trace.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_and_usage_lines() {
        assert_eq!(failed(ResultCode::ParamError), b"rdiff: Failed, unexplained problem.\n");
        assert_eq!(
            usage(b"Too many arguments."),
            b"rdiff: Too many arguments.\n\nTry `rdiff --help' for more information.\n"
        );
    }
}
