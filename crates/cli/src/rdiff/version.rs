//! The answer to `--version`.

/// The release of librsync whose output and behaviour this program has.
const LIBRSYNC_VERSION: &str = "2.3.4";

/// The whole answer, for standard output. Scripts read its first line.
pub(crate) fn text() -> String {
    format!(
        "\
rdiff (librsync {LIBRSYNC_VERSION})
Copyright (C) 2026 the rollsync developers.
{url}
Capabilities: 64 bit files, trace disabled

This is rollsync {version}, which does the work of librsync {LIBRSYNC_VERSION} in its own code.
rollsync comes with NO WARRANTY, to the extent permitted by law.
You may use and redistribute it under the terms of the MIT license or of the
Apache License, version 2.0, at your option ({license}).
",
        url = env!("CARGO_PKG_REPOSITORY"),
        version = env!("CARGO_PKG_VERSION"),
        license = env!("CARGO_PKG_LICENSE"),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_line_names_librsync_and_a_later_one_rollsync() {
        let text = super::text();
        assert!(text.starts_with("rdiff (librsync 2.3.4)\n"));
        assert!(text.lines().any(|line| line == "Capabilities: 64 bit files, trace disabled"));
        assert!(text.contains(concat!("This is rollsync ", env!("CARGO_PKG_VERSION"))));
    }
}
