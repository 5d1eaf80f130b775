//! A folder with the same files every time, and what was typed and answered in it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_rollsync");

pub(crate) struct Session {
    folder: TempDir,
    transcript: String,
}

impl Session {
    /// A folder with `old.img` and `new.img`, which share most of their bytes, and `empty`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let old = noise(1, 200_000);
        let new = [&old[..50_000], b"what is new in it", &old[60_000..], &noise(2, 5_000)].concat();
        fs::write(folder.path().join("old.img"), &old).unwrap();
        fs::write(folder.path().join("new.img"), &new).unwrap();
        fs::write(folder.path().join("empty"), b"").unwrap();
        Self { folder, transcript: String::new() }
    }

    /// The same with a signature, `old.sig`, and a delta, `new.delta`.
    pub(crate) fn prepared() -> Self {
        let session = Self::new();
        session.silently("rollsync signature -q old.img -o old.sig");
        session.silently("rollsync delta -q old.sig new.img -o new.delta");
        session
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The files in it, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs a shell's line, and writes down what it said: standard error behind `2>`, the status when it is not 0.
    pub(crate) fn run(&mut self, line: &str) -> &mut Self {
        let output = shell(self.folder.path(), line).output().unwrap();
        let transcript = &mut self.transcript;
        writeln!(transcript, "$ {line}").unwrap();
        for line in text(&output.stdout).lines() {
            writeln!(transcript, "{}", line.trim_end()).unwrap();
        }
        for line in text(&output.stderr).lines() {
            writeln!(transcript, "{}", format!("2> {line}").trim_end()).unwrap();
        }
        match output.status.code() {
            Some(0) => {}
            status => writeln!(transcript, "[exit {}]", status.unwrap()).unwrap(),
        }
        transcript.push('\n');
        self
    }

    /// Runs a line of which nothing shall be written down, and which succeeds in silence.
    pub(crate) fn silently(&self, line: &str) {
        let output = shell(self.folder.path(), line).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && said.is_empty(), "{line}: {}", text(&said));
    }

    /// The status of a line, and what it said on standard error.
    pub(crate) fn status(&self, line: &str) -> (i32, String) {
        let output = shell(self.folder.path(), line).output().unwrap();
        (output.status.code().unwrap(), text(&output.stderr))
    }

    /// What was written down.
    pub(crate) fn transcript(&self) -> &str {
        self.transcript.trim_end()
    }
}

/// `rollsync` with these arguments, which acts on `SIGINT` even when the tests do not.
pub(crate) fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=INT").arg(PROGRAM).args(arguments).current_dir(folder);
    command.env_remove("COLUMNS").env("TERM", "xterm");
    command
}

fn shell(folder: &Path, line: &str) -> Command {
    let programs = Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    command.env_remove("COLUMNS").env_remove("TMPDIR").env("LC_ALL", "C");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Bytes that no block repeats.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}
