//! Files that shrink, grow or change while they are read. The programs have opened them, and wait for a pipe, when that happens.

use crate::case::{Case, said};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    thread,
    time::{Duration, Instant},
};

/// What happens to a file.
type Change = fn(&Case);

/// Waits until a run has this file open.
fn opened(case: &Case, process: u32, name: &str) {
    let (folder, path) = (format!("/proc/{process}/fd"), case.path(name).canonicalize().expect("a file"));
    let started = Instant::now();
    let is_open = || {
        let mut links = fs::read_dir(&folder).into_iter().flatten().flatten();
        links.any(|link| fs::read_link(link.path()).is_ok_and(|target| target == path))
    };
    while !is_open() {
        assert!(started.elapsed() < Duration::from_secs(60), "{name} is never opened");
        thread::sleep(Duration::from_millis(1));
    }
}

fn cut(case: &Case, name: &str, len: u64) {
    OpenOptions::new()
        .write(true)
        .open(case.path(name))
        .and_then(|file| file.set_len(len))
        .expect("a length");
}

fn append(case: &Case, name: &str) {
    let file = OpenOptions::new().append(true).open(case.path(name));
    file.and_then(|mut file| file.write_all(&[7; 100_000])).expect("more bytes");
}

fn change(case: &Case, name: &str) {
    let mut bytes = case.read(name);
    bytes[1000] ^= 1;
    fs::write(case.path(name), bytes).expect("other bytes");
}

#[test]
fn a_basis() {
    let mut case = Case::new();
    let (old, new) = (case.read("old"), case.read("new"));
    let (delta, plain) = (case.read("delta"), case.read("plain"));
    fs::write(case.path("out"), "what was there").expect("out");
    let changes: [(Change, bool); 3] = [
        (|case| cut(case, "old", 1_500_000), false),
        (|case| append(case, "old"), true),
        (|case| change(case, "old"), false),
    ];
    for (index, (changing, is_harmless)) in changes.into_iter().enumerate() {
        for (line, bytes) in [
            ("rollsync patch old - -f -o out", &delta),
            ("rollsync patch old - -f -o out", &plain),
            ("rdiff -f patch old - out", &delta),
        ] {
            fs::write(case.path("old"), &old).expect("old");
            fs::write(case.path("out"), "what was there").expect("out");
            let output = case.piped(line, bytes, |process| {
                opened(&case, process, "old");
                changing(&case);
            });
            let (said, is_ours) = (said(&output), line.starts_with("rollsync"));
            if is_harmless {
                assert!(output.status.success() && case.read("out") == new, "{line}: {said}");
                continue;
            }
            if index == 2 && (!is_ours || bytes == &plain) {
                // Nobody can know.
                assert!(output.status.success() && case.read("out") != new, "{line}: {said}");
                continue;
            }
            case.note_but("out", b"what was there");
            let status = if is_ours { 4 } else { 103 };
            case.assert_failed(
                line,
                &output,
                status,
                &[if is_ours { "old is not the basis" } else { "unexpected eof" }],
            );
        }
    }
}

#[test]
fn a_delta() {
    let mut case = Case::new();
    let (old, delta) = (case.read("old"), case.read("delta"));
    let changes: [(Change, &str); 4] = [
        (|case| cut(case, "delta", 400_000), "delta is cut at offset 400000"),
        (|case| cut(case, "delta", case.read("delta").len() as u64 - 1), "inside its seal"),
        (|case| append(case, "delta"), "bytes behind the end of delta delta"),
        (|case| change(case, "delta"), "delta delta is broken"),
    ];
    for (changing, words) in changes {
        fs::write(case.path("delta"), &delta).expect("delta");
        let line = "rollsync patch - delta -f -o old";
        let output = case.piped(line, &old, |process| {
            opened(&case, process, "delta");
            changing(&case);
        });
        case.note_but("old", &old);
        case.assert_failed(line, &output, 3, &[words]);
    }
}

#[test]
fn a_new_file() {
    let mut case = Case::new();
    let (sums, new) = (case.read("sums"), case.read("new"));
    let changes: [Change; 3] =
        [|case| cut(case, "new", 100_000), |case| append(case, "new"), |case| change(case, "new")];
    for changing in changes {
        for line in ["rollsync delta - new -f -o delta", "rdiff -f delta - new delta"] {
            fs::write(case.path("new"), &new).expect("new");
            let output = case.piped(line, &sums, |process| {
                opened(&case, process, "new");
                changing(&case);
            });
            assert!(output.status.success(), "{line}: {}", said(&output));
            // The delta is one of what was read.
            let patched =
                case.command("rollsync patch old delta -f -o result").output().expect("the program starts");
            assert!(patched.status.success(), "{}", said(&patched));
            assert!(case.read("result") == case.read("new"), "{line}");
        }
    }
    case.note();
}

#[test]
fn a_signature() {
    let case = Case::new();
    let sums = case.read("sums");
    // The new file comes through the pipe, when the signature was loaded: before that it is cut. Which of both it was is not known,
    // for it is read at once.
    for line in ["rollsync delta sums - -f -o out", "rdiff -f delta sums - out"] {
        fs::write(case.path("sums"), &sums).expect("sums");
        let output = case.piped(line, &case.read("new"), |process| {
            opened(&case, process, "sums");
            cut(&case, "sums", 30_000);
        });
        match output.status.code() {
            Some(0) => {
                let patched =
                    case.command("rollsync patch old out -f -o result").output().expect("the program starts");
                assert!(patched.status.success() && case.read("result") == case.read("new"), "{line}");
            }
            code => assert_eq!(
                code,
                Some(if line.starts_with("rollsync") { 3 } else { 103 }),
                "{}",
                said(&output)
            ),
        }
    }
}

#[test]
fn a_long_basis_of_a_signature() {
    let case = Case::new();
    for line in ["rollsync signature -q sparse -f -o made", "rdiff -f signature sparse made"] {
        for len in [1_000_000, 400_000_000] {
            let sparse = fs::File::create(case.path("sparse")).expect("sparse");
            sparse.set_len(200_000_000).expect("a length");
            let mut command = case.command(line);
            let mut child = command.spawn().expect("the program starts");
            // In the middle of its reading, most often; what is said holds whenever it comes.
            thread::sleep(Duration::from_millis(20));
            sparse.set_len(len).expect("a length");
            assert!(child.wait().expect("the program ends").success(), "{line}");
            // Of what was read, however much that was.
            let checked = case.command("rollsync info made").output().expect("the program starts");
            assert!(checked.status.success(), "{line}: {}", said(&checked));
        }
    }
}
