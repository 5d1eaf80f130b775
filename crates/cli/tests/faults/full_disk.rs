//! Disks and quotas that are full.

use crate::case::{Case, MAKING, io_status, onto, said, skip};
use std::process::Output;

const NO_SPACE: &str = "No space left on device";

#[test]
fn a_device_that_is_full() {
    let case = Case::new();
    for line in MAKING {
        let line = onto(line, "/dev/full");
        let output = case.command(&line).output().expect("the program starts");
        case.assert_failed(&line, &output, io_status(&line), &[NO_SPACE]);
    }
}

#[test]
fn the_limit_of_file_size() {
    let mut case = Case::new();
    std::fs::write(case.path("out"), b"what was there").expect("out");
    case.note();
    for line in MAKING {
        for place in ["out", "fresh", "old"] {
            let line = onto(line, place);
            let output = case.scripted("ulimit -f 8; exec \"$@\"", &line).output().expect("a shell");
            case.assert_failed(&line, &output, io_status(&line), &["File too large"]);
        }
    }
    let line = "rollsync patch - delta -f -o out";
    let output = case.scripted("ulimit -f 8; cat old | \"$@\"", line).output().expect("a shell");
    case.assert_failed(
        line,
        &output,
        1,
        &["in a temporary file", "File too large", "set TMPDIR to a folder with room"],
    );
}

/// A file system of 40 KiB, which only this run sees, with a file in it: prints what is there when all is over.
const SMALL_DISK: &str = "unshare -rm sh -c '\
    mount -t tmpfs -o size=40k tmpfs disk && printf before > disk/out || exit 77; \
    \"$@\"; status=$?; ls -A disk; cat disk/out; exit $status' sh \"$@\"";

#[test]
fn a_file_system_that_is_full() {
    let mut case = Case::new();
    std::fs::create_dir(case.path("disk")).expect("a folder");
    case.note();
    let run = |line: &str, script: &str| -> Output { case.scripted(script, line).output().expect("a shell") };
    if run("rollsync --version", SMALL_DISK).status.code() != Some(0) {
        return skip("a_file_system_that_is_full", "no file system can be mounted here");
    }
    for line in MAKING {
        let line = onto(line, "disk/out");
        let output = run(&line, SMALL_DISK);
        case.assert_failed(&line, &output, io_status(&line), &[NO_SPACE]);
        assert_eq!(output.stdout, b"out\nbefore", "{line}: {}", said(&output));
        if line.starts_with("rollsync") {
            assert!(
                said(&output).contains("make room there, or write it elsewhere with -o"),
                "{}",
                said(&output)
            );
        }
    }
    let line = "rollsync patch - delta -f -o out";
    let output = run(line, &format!("export TMPDIR=disk; cat old | {SMALL_DISK}"));
    case.assert_failed(line, &output, 1, &["in a temporary file in disk", NO_SPACE]);
    assert_eq!(output.stdout, b"out\nbefore");
}
