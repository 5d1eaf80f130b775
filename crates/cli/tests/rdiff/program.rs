//! Runs `rdiff`, ours or the real one, in a folder of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program to run, with the environment that makes runs comparable.
pub(crate) struct Program {
    executable: PathBuf,
}

impl Program {
    pub(crate) fn ours() -> Self {
        Self { executable: env!("CARGO_BIN_EXE_rdiff").into() }
    }

    /// Debian's `rdiff` 2.3.2, or the program that `ORACLE_RDIFF` names. Without it the caller's test ends early
    /// and says so, or fails when `REQUIRE_ORACLE=1`.
    pub(crate) fn real(test: &str) -> Option<Self> {
        let executable = std::env::var_os("ORACLE_RDIFF").unwrap_or_else(|| "rdiff".into());
        let version = Command::new(&executable).arg("--version").output();
        if version.is_ok_and(|output| output.stdout.starts_with(b"rdiff (librsync 2.3.2)\n")) {
            return Some(Self { executable: executable.into() });
        }
        let missing = format!("{test}: no rdiff 2.3.2 on this machine");
        assert!(std::env::var_os("REQUIRE_ORACLE").is_none_or(|value| value != "1"), "{missing}");
        eprintln!("SKIPPED, NOTHING WAS COMPARED: {missing}");
        None
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.env("LC_ALL", "C").env("ROLLSYNC_PROFILE", "librsync-2.3.2");
        command.env_remove("POSIXLY_CORRECT").env_remove("POSIX_ME_HARDER");
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Output {
        self.command(folder, arguments).output().expect("the program starts")
    }
}
