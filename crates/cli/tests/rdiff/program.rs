//! Runs `rdiff`, ours or the real one, in a folder of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
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

    /// Debian's `rdiff` 2.3.2, from `PATH`. Without it the caller's test ends early and says so, or fails when
    /// `REQUIRE_ORACLE=1`.
    pub(crate) fn real(test: &str) -> Option<Self> {
        let real = Self { executable: "rdiff".into() };
        let version = real.command(Path::new("."), &["--version"]).output();
        if version.is_ok_and(|output| output.stdout.starts_with(b"rdiff (librsync 2.3.2)\n")) {
            return Some(real);
        }
        let missing = format!("{test}: no rdiff 2.3.2 on this machine");
        assert!(std::env::var_os("REQUIRE_ORACLE").is_none_or(|value| value != "1"), "{missing}");
        writeln!(std::io::stdout(), "SKIPPED: {missing}").expect("a standard output");
        None
    }

    /// With an empty standard input, and ours with the profile of the real one.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.env("LC_ALL", "C").env("ROLLSYNC_PROFILE", "librsync-2.3.2");
        for variable in ["POSIXLY_CORRECT", "POSIX_ME_HARDER", "LD_LIBRARY_PATH"] {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S]) -> Output {
        self.command(folder, arguments).output().expect("the program starts")
    }

    /// A run that must succeed without a word.
    pub(crate) fn must<S: AsRef<OsStr> + std::fmt::Debug>(&self, folder: &Path, arguments: &[S]) -> Output {
        let output = self.run(folder, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {}, {said}", output.status);
        output
    }

    /// Through a shell, whose `script` finds the program in `$0` and the arguments in `$@`.
    pub(crate) fn in_shell(&self, folder: &Path, arguments: &[&str], script: &str) -> Command {
        let mut shell = Self { executable: "sh".into() }.command(folder, &["-c", script]);
        shell.arg(&self.executable).args(arguments);
        shell
    }

    /// The same, run.
    pub(crate) fn run_in_shell(&self, folder: &Path, arguments: &[&str], script: &str) -> Output {
        self.in_shell(folder, arguments, script).output().expect("a shell")
    }

    /// A run with these bytes in a pipe as its standard input.
    pub(crate) fn run_piped<S: AsRef<OsStr>>(&self, folder: &Path, arguments: &[S], input: &[u8]) -> Output {
        let mut command = self.command(folder, arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // It may stop reading whenever it likes.
                let _ = stdin.write_all(input);
            });
            child.wait_with_output().expect("the program ends")
        })
    }
}

/// What a run said on standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The same bytes for a seed on every machine: pseudo-random, so that no two blocks are equal.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let step = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..len).map(step).collect()
}
