//! A folder with files, and runs in it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// `old` and `new`, which share most of their bytes, `sums` and `delta`, both sealed, and `plain`, the delta without a seal. All
/// but the sums have more bytes than a program reads at once.
pub(crate) struct Case {
    folder: TempDir,
    before: BTreeMap<OsString, Vec<u8>>,
}

/// What makes a file, for both programs: its line without the output.
pub(crate) const MAKING: [&str; 7] = [
    "rollsync signature old",
    "rollsync delta sums new",
    "rollsync diff old new",
    "rollsync patch old delta",
    "rdiff signature old",
    "rdiff delta sums new",
    "rdiff patch old delta",
];

/// The line with an output, which is replaced.
pub(crate) fn onto(line: &str, output: &str) -> String {
    match line.split_once(' ') {
        Some(("rdiff", rest)) => format!("rdiff -f {rest} {output}"),
        _ => format!("{line} -f -o {output}"),
    }
}

/// The status of a failed run whose input or output is at fault.
pub(crate) fn io_status(line: &str) -> i32 {
    if line.starts_with("rdiff ") { 100 } else { 1 }
}

impl Case {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let old = noise(1, 3_000_000);
        let new = [&old[..1_000_000], &noise(2, 600_000), &old[1_200_000..]].concat();
        fs::write(folder.path().join("old"), old).expect("old");
        fs::write(folder.path().join("new"), new).expect("new");
        let mut case = Self { folder, before: BTreeMap::new() };
        for line in [
            "rollsync signature -q old -o sums",
            "rollsync delta -q sums new -o delta",
            "rollsync delta -q --plain sums new -o plain",
        ] {
            let output = case.command(line).output().expect("the program starts");
            assert!(output.status.success(), "{line}: {}", said(&output));
        }
        case.note();
        case
    }

    /// Takes what is there now for what must be there later.
    pub(crate) fn note(&mut self) {
        self.before = self.files();
    }

    /// The same, but for one file, which must be this.
    pub(crate) fn note_but(&mut self, name: &str, bytes: &[u8]) {
        self.note();
        self.before.insert(name.into(), bytes.to_vec());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file")
    }

    /// A run of the program that is the line's first word.
    pub(crate) fn command(&self, line: &str) -> Command {
        let (program, arguments) = line.split_once(' ').expect("a program and its arguments");
        let mut command = Command::new(executable(program));
        command.args(arguments.split(' '));
        self.settle(&mut command);
        command
    }

    /// The same through a shell, whose `script` finds program and arguments in `$@`.
    pub(crate) fn scripted(&self, script: &str, line: &str) -> Command {
        let (program, arguments) = line.split_once(' ').expect("a program and its arguments");
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(executable(program)).args(arguments.split(' '));
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("LC_ALL", "C").env_remove("TMPDIR").env_remove("ROLLSYNC_PROFILE");
    }

    /// A run with these bytes in a pipe as its standard input; `between` is done when the program is there and none of them is.
    pub(crate) fn piped(&self, line: &str, input: &[u8], between: impl FnOnce(u32)) -> Output {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        between(child.id());
        let mut stdin = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // It may stop reading whenever it likes.
                let _ = stdin.write_all(input);
            });
            child.wait_with_output().expect("the program ends")
        })
    }

    /// That a run has failed so, has said all this, and has left everything as it was.
    pub(crate) fn assert_failed(&self, line: &str, output: &Output, status: i32, words: &[&str]) {
        let said = said(output);
        assert_eq!(output.status.code(), Some(status), "{line}: {said}");
        for words in words {
            assert!(said.contains(words), "{line}: no {words:?} in: {said}");
        }
        self.assert_unchanged(line);
    }

    pub(crate) fn assert_unchanged(&self, line: &str) {
        let files = self.files();
        let names: Vec<_> = files.keys().collect();
        assert_eq!(names, self.before.keys().collect::<Vec<_>>(), "{line}");
        for (name, bytes) in &files {
            assert!(*bytes == self.before[name], "{line}: {name:?} has changed");
        }
    }

    /// Every file; a folder is one without bytes.
    fn files(&self) -> BTreeMap<OsString, Vec<u8>> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder");
        entries
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                let mut bytes = Vec::new();
                if entry.file_type().expect("a type").is_file() {
                    let file = fs::File::open(entry.path());
                    // Who may not read it does not compare it.
                    let _ = file.map(|mut file| file.read_to_end(&mut bytes));
                }
                (entry.file_name(), bytes)
            })
            .collect()
    }
}

pub(crate) fn executable(program: &str) -> &'static str {
    match program {
        "rollsync" => env!("CARGO_BIN_EXE_rollsync"),
        "rdiff" => env!("CARGO_BIN_EXE_rdiff"),
        _ => panic!("no program {program}"),
    }
}

/// What a run said on standard error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Says that a test cannot do its work here.
pub(crate) fn skip(test: &str, why: &str) {
    assert!(std::env::var_os("REQUIRE_ORACLE").is_none_or(|value| value != "1"), "{test}: {why}");
    writeln!(std::io::stdout(), "SKIPPED: {test}: {why}").expect("a standard output");
}

/// The same bytes for a seed on every machine; no two blocks are equal.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let step = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..len).map(step).collect()
}
