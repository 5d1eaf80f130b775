//! A line of the log.

/// The longest message, without prefix and newline; the rest is cut off.
const MESSAGE_MAX: usize = 999;
/// The longest line without its newline.
const LINE_MAX: usize = 1038;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something has failed.
    Error,
    /// Something is not as it should be.
    Warning,
    /// Something is so.
    Info,
}

/// `librsync: ERROR: (function) message`, newline included. Information carries no severity; `function` may be empty.
///
/// ```
/// use rollsync::librsync::{Severity, log_line};
/// assert_eq!(log_line(Severity::Warning, "rs_sig_args", b"w"), b"librsync: Warning: (rs_sig_args) w\n");
/// ```
#[must_use]
pub fn log_line(severity: Severity, function: &str, message: &[u8]) -> Vec<u8> {
    let mut line = b"librsync: ".to_vec();
    line.extend_from_slice(match severity {
        Severity::Error => b"ERROR: ",
        Severity::Warning => b"Warning: ",
        Severity::Info => b"",
    });
    if !function.is_empty() {
        line.extend_from_slice(format!("({function}) ").as_bytes());
    }
    line.extend_from_slice(&message[..message.len().min(MESSAGE_MAX)]);
    line.truncate(LINE_MAX);
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_librsyncs_shape() {
        assert_eq!(
            log_line(
                Severity::Error,
                "rs_file_open",
                b"Error opening \"x\" for read: No such file or directory"
            ),
            b"librsync: ERROR: (rs_file_open) Error opening \"x\" for read: No such file or directory\n"
        );
        assert_eq!(log_line(Severity::Info, "", b"delta statistics: "), b"librsync: delta statistics: \n");
    }

    #[test]
    fn long_lines_are_cut_as_librsync_cuts_them() {
        let line = log_line(Severity::Error, "f", &[b'a'; 3000]);
        assert_eq!(line.len(), "librsync: ERROR: (f) ".len() + 999 + 1);
        assert_eq!(line.last(), Some(&b'\n'));
        let line = log_line(Severity::Warning, "a_function_of_some_length", &[b'x'; 3000]);
        assert_eq!(line.len(), 1039);
    }
}
