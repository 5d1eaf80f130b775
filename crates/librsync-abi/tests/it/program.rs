//! C and C++ programs against our headers and our library.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io};

use rollsync_conformance::{Missing, present};

use crate::library;

/// Which compiler, and what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    C,
    Cxx,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::C, Self::Cxx];

    const fn compiler(self) -> [&'static str; 4] {
        match self {
            Self::C => ["cc", "-xc", "-std=c11", "-Wstrict-prototypes"],
            Self::Cxx => ["c++", "-xc++", "-std=c++17", "-Wno-missing-field-initializers"],
        }
    }
}

/// A folder with our library under its own names, and what is built there.
pub(crate) struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        for name in ["librsync.so.2", "librsync.so"] {
            std::os::unix::fs::symlink(library::ours(), folder.path().join(name)).expect("a link");
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the loader finds our library.
    pub(crate) fn library_path(&self) -> &str {
        self.path().to_str().expect("a temporary folder's name is ASCII")
    }

    /// Builds `source`, a file of this package, as a program. No warning is let pass.
    pub(crate) fn build(&self, source: &str, language: Language) -> PathBuf {
        let [compiler, rest @ ..] = language.compiler();
        let program = self.path().join(format!("{}-{language:?}", source.replace(['/', '.'], "-")));
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let built = Command::new(compiler)
            .args(rest)
            .args(["-O1", "-g", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"])
            .arg("-I")
            .arg(here.join("include"))
            .arg(here.join(source))
            .arg("-o")
            .arg(&program)
            .arg("-L")
            .arg(self.path())
            .arg("-lrsync")
            .output()
            .unwrap_or_else(|error| panic!("{compiler}: {error}"));
        assert!(built.status.success(), "{source}: {}", String::from_utf8_lossy(&built.stderr));
        program
    }

    /// Runs a program with our library; it must succeed. What it has printed.
    pub(crate) fn run(&self, program: &Path, arguments: &[&str]) -> String {
        self.done(Command::new(program).args(arguments))
    }

    /// The same of a program that must end with status 1.
    pub(crate) fn run_failing(&self, program: &Path, arguments: &[&str]) {
        let mut command = Command::new(program);
        let output = self.output(command.args(arguments));
        assert_eq!(output.status.code(), Some(1), "{command:?}: {output:?}");
    }

    /// The same under valgrind, which must find nothing; `None` when there is none.
    pub(crate) fn run_checked(&self, program: &Path, arguments: &[&str]) -> Option<String> {
        present(tool("valgrind"))?;
        let mut command = Command::new("valgrind");
        command.args([
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--show-leak-kinds=definite,indirect",
            // Rust's handle of the main thread lives as long as that, and is known by a pointer into it.
            "--errors-for-leak-kinds=definite,indirect",
        ]);
        Some(self.done(command.arg(program).args(arguments)))
    }

    fn done(&self, command: &mut Command) -> String {
        let Output { status, stdout, stderr } = self.output(command);
        let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(status.success(), "{command:?}: {status}\n{stdout}{stderr}");
        stdout
    }

    fn output(&self, command: &mut Command) -> Output {
        command
            .current_dir(self.path())
            .env("LD_LIBRARY_PATH", self.path())
            .env_remove("ROLLSYNC_PROFILE")
            .env_remove("ROLLSYNC_THREADS")
            .output()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }
}

/// A tool of the machine.
pub(crate) fn tool(name: &str) -> Result<PathBuf, Missing> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists());
    found.ok_or_else(|| Missing(format!("{name} is not in PATH: what it finds in our library is not known")))
}

/// What a tool prints.
pub(crate) fn printed(name: &str, arguments: &[&str], file: &Path) -> Result<String, Missing> {
    tool(name)?;
    let output: io::Result<Output> = Command::new(name).args(arguments).arg(file).output();
    let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Reads a file that a program has written.
pub(crate) fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
