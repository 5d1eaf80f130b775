//! Files that are none, the same file twice, and names of any bytes.

use crate::case::{Case, executable, io_status, said};
use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt,
    process::{Command, Stdio},
};

#[test]
fn a_folder() {
    let mut case = Case::new();
    fs::create_dir(case.path("folder")).expect("a folder");
    case.note();
    for (line, words) in [
        ("rollsync signature folder -o out", "opening basis folder: it is a folder"),
        ("rollsync delta folder new -o out", "opening signature folder: it is a folder"),
        ("rollsync delta sums folder -o out", "opening new file folder: it is a folder"),
        ("rollsync diff folder new -o out", "opening old file folder: it is a folder"),
        ("rollsync patch folder delta -o out", "opening basis folder: it is a folder"),
        ("rollsync patch old folder -o out", "opening delta folder: it is a folder"),
        ("rollsync patch old delta -f -o folder", "writing new file folder: it is a folder"),
        ("rollsync verify folder", "opening file folder: it is a folder"),
        ("rollsync verify delta --basis folder", "opening basis folder: it is a folder"),
        ("rollsync verify delta --new folder", "opening new file folder: it is a folder"),
        ("rollsync info folder", "opening file folder: it is a folder"),
        ("rdiff signature folder out", "Is a directory"),
        ("rdiff delta folder new out", "Is a directory"),
        ("rdiff delta sums folder out", "Is a directory"),
        ("rdiff patch folder delta out", "Is a directory"),
        ("rdiff patch old folder out", "Is a directory"),
        ("rdiff -f patch old delta folder", "Is a directory"),
    ] {
        let output = case.command(line).output().expect("the program starts");
        case.assert_failed(line, &output, io_status(line), &[words]);
    }
}

#[test]
fn the_same_file_twice() {
    let case = Case::new();
    for (line, status, words) in [
        ("rollsync delta sums sums -o sums", 6, "sums exists"),
        ("rollsync delta new new -o out", 3, "new is not a signature"),
        ("rollsync patch old old -f -o old", 3, "old is not a delta"),
        ("rollsync patch delta delta -f -o delta", 4, "delta is not the basis that delta was made for"),
        ("rollsync verify delta --basis delta", 4, "delta is not the basis that delta was made for"),
        ("rollsync verify delta --basis old --new old", 4, "old is not the new file that delta was made for"),
        ("rdiff delta new new out", 106, "stream corrupt"),
        ("rdiff -f patch old old old", 104, "bad magic number"),
        ("rdiff -f patch delta delta delta", 106, "the delta is sealed for one of 3000000"),
    ] {
        let output = case.command(line).output().expect("the program starts");
        case.assert_failed(line, &output, status, &[words]);
    }
    for line in [
        "rollsync diff old old -o same",
        "rollsync delta sums old -f -o same",
        "rdiff -f delta sums old same",
    ] {
        let output = case.command(line).output().expect("the program starts");
        assert!(output.status.success(), "{line}: {}", said(&output));
        let patched =
            case.command("rollsync patch old same -f -o result").output().expect("the program starts");
        assert!(patched.status.success() && case.read("result") == case.read("old"), "{}", said(&patched));
    }
}

/// Names that end lines, are no text, are options, or colour a terminal.
const NAMES: [&[u8]; 6] =
    [b"two\nlines", b"caf\xe9", b"\xff\xfe\x80", b" ", b"\x1b[31mred", "smörgås 文".as_bytes()];

#[test]
fn names_of_any_bytes() {
    let case = Case::new();
    let (old, new) = (case.read("old"), case.read("new"));
    for name in NAMES {
        let suffixed = |suffix: &str| {
            let mut name = OsStr::from_bytes(name).to_owned();
            name.push(suffix);
            name
        };
        fs::write(case.folder().join(suffixed("old")), &old).expect("a basis");
        fs::write(case.folder().join(suffixed("new")), &new).expect("a new file");
        let [basis, fresh, sums, delta, result] = ["old", "new", "sums", "delta", "result"].map(suffixed);
        let run = |program: &str, arguments: &[&OsStr], status: i32| {
            let mut command = Command::new(executable(program));
            command.args(arguments).current_dir(case.folder()).stdin(Stdio::null());
            let output = command.output().expect("the program starts");
            assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", said(&output));
            output.stderr
        };
        let text = OsStr::new;
        let (o, f) = (text("-o"), text("-f"));
        run("rollsync", &[text("signature"), &basis, o, &sums], 0);
        run("rollsync", &[text("delta"), &sums, &fresh, o, &delta], 0);
        run("rollsync", &[text("patch"), &basis, &delta, o, &result], 0);
        assert!(fs::read(case.folder().join(&result)).expect("the result") == new);
        run("rollsync", &[text("verify"), &delta, text("--basis"), &basis, text("--new"), &result], 0);
        run("rdiff", &[f, text("signature"), &basis, &sums], 0);
        run("rdiff", &[f, text("delta"), &sums, &fresh, &delta], 0);
        run("rdiff", &[f, text("patch"), &basis, &delta, &result], 0);
        assert!(fs::read(case.folder().join(&result)).expect("the result") == new);

        // What is said of them does not move the cursor, and is a line.
        let missing: OsString = suffixed("missing");
        let said = run("rollsync", &[text("info"), &missing], 1);
        assert!(
            !said.contains(&b'\x1b') && said.iter().filter(|byte| **byte == b'\n').count() == 2,
            "{said:?}"
        );
        let said = run("rdiff", &[text("signature"), &missing, &sums], 100);
        let quoted = [b"\"", missing.as_bytes(), b"\""].concat();
        assert!(said.windows(quoted.len()).any(|bytes| bytes == quoted), "as the original says it");
    }
}
