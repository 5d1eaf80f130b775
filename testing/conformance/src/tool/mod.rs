//! Commands, run as a user runs them.

pub(crate) mod build;

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::{Missing, Release};

/// A command: the real `rdiff`, ours, or `rollsync`.
#[derive(Clone, Debug)]
pub struct Tool {
    program: PathBuf,
    variables: Vec<(&'static str, String)>,
}

/// What its standard input is.
#[derive(Clone, Copy, Debug)]
pub enum Stdin<'a> {
    /// At its end.
    Empty,
    /// A pipe with these bytes.
    Pipe(&'a [u8]),
    /// This file of the folder in which it runs.
    File(&'a str),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The exit status; `None` when a signal killed it.
    pub status: Option<i32>,
    /// What went through the pipe on standard output.
    pub stdout: Vec<u8>,
    /// What it said on standard error.
    pub stderr: String,
}

impl Tool {
    /// Debian's `rdiff` 2.3.2.
    ///
    /// # Errors
    /// When the `PATH` has none, or another.
    pub fn real_rdiff() -> Result<Self, Missing> {
        Self::of_machine("rdiff", &["-V"], &format!("rdiff ({})", Release::V2_3_2.version()))
    }

    /// A program of the machine, whose answer to `arguments` begins with the line `expected`.
    ///
    /// # Errors
    /// When the `PATH` has none, or it answers otherwise.
    pub fn of_machine(program: &str, arguments: &[&str], expected: &str) -> Result<Self, Missing> {
        let tool = Self { program: program.into(), variables: Vec::new() };
        let missing = |found: &str| Missing(format!("the oracle `{expected}` is not in PATH ({found})"));
        let here = env::current_dir().map_err(|error| missing(&error.to_string()))?;
        let answer =
            tool.try_run(&here, arguments, Stdin::Empty).map_err(|error| missing(&error.to_string()))?;
        let answer = String::from_utf8_lossy(&answer.stdout);
        match answer.lines().next() {
            Some(line) if line == expected => Ok(tool),
            found => Err(missing(found.unwrap_or("it says nothing"))),
        }
    }

    /// Our `rdiff` with the deltas of `release`; it is built when that has not been done.
    ///
    /// # Panics
    /// When it cannot be built.
    #[must_use]
    pub fn rdiff(release: Release) -> Self {
        let profile = release.profile().to_string();
        Self { program: build::program("rdiff"), variables: vec![("ROLLSYNC_PROFILE", profile)] }
    }

    /// `rollsync`; it is built when that has not been done.
    ///
    /// # Panics
    /// When it cannot be built.
    #[must_use]
    pub fn rollsync() -> Self {
        Self { program: build::program("rollsync"), variables: Vec::new() }
    }

    /// The same in an environment with one variable more.
    #[must_use]
    pub fn with_variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs it in `folder`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        stdin: Stdin<'_>,
    ) -> Run {
        self.try_run(folder, arguments, stdin)
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()))
    }

    /// Runs it with nothing on standard input and expects success.
    ///
    /// # Panics
    /// When it fails.
    pub fn done<A: AsRef<OsStr>>(&self, folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
        let run = self.run(folder, arguments, Stdin::Empty);
        assert_eq!(run.status, Some(0), "{}: {}", self.program.display(), run.stderr);
        run
    }

    fn try_run<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        stdin: Stdin<'_>,
    ) -> io::Result<Run> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Cargo's library path must not lead the real one to another librsync, nor the user's settings ours or popt's
        // to other rules.
        for variable in ["LD_LIBRARY_PATH", "ROLLSYNC_PROFILE", "POSIXLY_CORRECT", "POSIX_ME_HARDER"] {
            command.env_remove(variable);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let piped = match stdin {
            Stdin::Empty => {
                command.stdin(Stdio::null());
                &[][..]
            }
            Stdin::Pipe(bytes) => {
                command.stdin(Stdio::piped());
                bytes
            }
            Stdin::File(name) => {
                command.stdin(File::open(folder.join(name))?);
                &[]
            }
        };
        let mut child = command.spawn()?;
        let writer = child.stdin.take();
        let output = thread::scope(|scope| {
            // It may stop reading before the end, when it has failed.
            scope.spawn(move || writer.map(|mut pipe| pipe.write_all(piped)));
            child.wait_with_output()
        })?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Run { status: output.status.code(), stdout: output.stdout, stderr })
    }
}

/// The lines on standard error, with what hangs on the clock and on the index' layout set to `_`: seconds, rates, and the
/// weak sum compares of the match statistics.
#[must_use]
pub fn stderr_lines(run: &Run) -> Vec<String> {
    run.stderr.lines().map(masked).collect()
}

fn masked(line: &str) -> String {
    let pieces: Vec<String> = line
        .split(", ")
        .map(|piece| {
            if piece.ends_with(" weak sum compares") {
                "_ weak sum compares".to_owned()
            } else if piece.ends_with(" sec]") {
                "_ sec]".to_owned()
            } else if let (Some((amount, rate)), Some(way)) =
                (piece.split_once(" MB ("), piece.rsplit_once(" MB/s) "))
            {
                debug_assert!(rate.ends_with(way.1), "one rate a piece");
                format!("{amount} MB (_) {}", way.1)
            } else {
                piece.to_owned()
            }
        })
        .collect();
    pieces.join(", ")
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_hangs_on_the_clock_is_masked() {
        let line = "librsync: delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, \
                    15 cmdbytes, 0 false] speed[0.3 MB (0.3 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]";
        assert_eq!(
            masked(line),
            "librsync: delta statistics: literal[1 cmds, 516 bytes, 3 cmdbytes] copy[2 cmds, 299488 bytes, 15 \
             cmdbytes, 0 false] speed[0.3 MB (_) in, 0.0 MB (_) out, _ sec]"
        );
        let line = "librsync: match statistics: signature[1101 searches, 585 (53.134%) matches, 1442 (1.310x) weak \
                    sum compares, 585 (53.134%) strong sum compares, 585 (53.134%) strong sum calcs]";
        assert_eq!(
            masked(line),
            "librsync: match statistics: signature[1101 searches, 585 (53.134%) matches, _ weak sum compares, 585 \
             (53.134%) strong sum compares, 585 (53.134%) strong sum calcs]"
        );
        assert_eq!(masked("rdiff: Failed, IO error."), "rdiff: Failed, IO error.");
    }
}
