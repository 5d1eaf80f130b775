//! The lines on standard error, in the words that scripts know from librsync and its `rdiff`.
//!
//! Lines are bytes: they quote file names and options, which may be anything.

use std::io::{self, Write as _};

use super::result_code::ResultCode;

/// The longest message that librsync's log carries, without prefix and newline; the rest is cut off.
const LOG_MESSAGE_MAX: usize = 999;

/// Writes lines to standard error. One that cannot be written leaves nobody to tell.
pub(crate) fn report(lines: &[u8]) {
    let _ = io::stderr().write_all(lines);
}

/// Writes a line of librsync's log.
pub(crate) fn report_log(severity: Severity, function: &str, message: &[u8]) {
    report(&log_line(severity, function, message));
}

/// What the `librsync: ` log says about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

/// `librsync: ERROR: (function) message`, newline included. Information carries neither severity nor function.
pub(crate) fn log_line(severity: Severity, function: &str, message: &[u8]) -> Vec<u8> {
    let mut line = b"librsync: ".to_vec();
    line.extend_from_slice(match severity {
        Severity::Error => b"ERROR: ",
        Severity::Warning => b"Warning: ",
        Severity::Info => b"",
    });
    if !function.is_empty() {
        line.extend_from_slice(format!("({function}) ").as_bytes());
    }
    line.extend_from_slice(&message[..message.len().min(LOG_MESSAGE_MAX)]);
    line.push(b'\n');
    line
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

/// What C's `strerror` says of an error of the operating system, without the `(os error N)` that Rust adds.
pub(crate) fn strerror(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text).to_owned(),
        None => strerror_of_kind(error.kind()).map_or(text, str::to_owned),
    }
}

/// For errors that have lost their number, or were foreseen without asking the system.
fn strerror_of_kind(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "No such file or directory",
        io::ErrorKind::PermissionDenied => "Permission denied",
        io::ErrorKind::NotADirectory => "Not a directory",
        io::ErrorKind::IsADirectory => "Is a directory",
        io::ErrorKind::ReadOnlyFilesystem => "Read-only file system",
        io::ErrorKind::StorageFull => "No space left on device",
        io::ErrorKind::QuotaExceeded => "Disk quota exceeded",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_have_librsyncs_shape() {
        assert_eq!(
            log_line(
                Severity::Error,
                "rs_file_open",
                b"Error opening \"x\" for read: No such file or directory"
            ),
            b"librsync: ERROR: (rs_file_open) Error opening \"x\" for read: No such file or directory\n"
        );
        assert_eq!(log_line(Severity::Warning, "rs_sig_args", b"w"), b"librsync: Warning: (rs_sig_args) w\n");
        assert_eq!(log_line(Severity::Info, "", b"delta statistics: "), b"librsync: delta statistics: \n");
    }

    #[test]
    fn long_log_messages_are_cut_as_librsync_cuts_them() {
        let line = log_line(Severity::Error, "f", &[b'a'; 3000]);
        assert_eq!(line.len(), "librsync: ERROR: (f) ".len() + 999 + 1);
        assert_eq!(line.last(), Some(&b'\n'));
    }

    #[test]
    fn strerror_is_the_c_librarys_text() {
        assert_eq!(strerror(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(strerror(&io::Error::from_raw_os_error(28)), "No space left on device");
        for number in [2, 13, 20, 21, 30, 28, 122] {
            let numbered = io::Error::from_raw_os_error(number);
            assert_eq!(strerror(&numbered.kind().into()), strerror(&numbered), "{number}");
        }
        assert_eq!(strerror(&io::Error::other("no number")), "no number");
    }

    #[test]
    fn failure_and_usage_lines() {
        assert_eq!(failed(ResultCode::ParamError), b"rdiff: Failed, unexplained problem.\n");
        assert_eq!(
            usage(b"Too many arguments."),
            b"rdiff: Too many arguments.\n\nTry `rdiff --help' for more information.\n"
        );
    }
}
