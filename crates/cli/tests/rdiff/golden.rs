//! The golden vectors through the program: bytes, exit statuses and messages of real librsync.

use std::fs;
use std::path::Path;
use std::process::Output;

use rollsync_vectors::{Expected, SignatureCase, load};

use crate::program::{Program, names, stderr};

/// What an output held before a run that must not touch it.
const OLD: &[u8] = b"what was there before";

#[test]
fn signatures() {
    let ours = Program::ours();
    for case in load().signatures {
        let folder = tempfile::tempdir().expect("a folder");
        make_signature(&ours, folder.path(), &case);
    }
}

fn make_signature(ours: &Program, folder: &Path, case: &SignatureCase) {
    let (hash, rollsum) = match case.magic {
        0x7273_0136 => ("md4", "rollsum"),
        0x7273_0137 => ("blake2", "rollsum"),
        0x7273_0146 => ("md4", "rabinkarp"),
        _ => ("blake2", "rabinkarp"),
    };
    let (block_len, strong_len) = (case.block_len.to_string(), case.strong_len.to_string());
    let mut arguments = vec!["-H", hash, "-R", rollsum, "-b", &block_len, "-S", &strong_len, "signature"];
    fs::write(folder.join("basis"), &case.basis).expect("basis");
    let output = if case.size_known {
        arguments.extend(["basis", "sums"]);
        ours.run(folder, &arguments)
    } else {
        arguments.extend(["-", "sums"]);
        ours.run_piped(folder, &arguments, &case.basis)
    };
    assert_eq!(output.status.code(), Some(0), "{}: {}", case.name, stderr(&output));
    is_output(&folder.join("sums"), &case.sig, &case.name);
}

#[test]
fn deltas_of_each_profile() {
    let ours = Program::ours();
    for case in load().deltas {
        let name = &case.signature.name;
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        make_signature(&ours, folder, &case.signature);
        fs::write(folder.join("new"), &case.new).expect("new");
        for (profile, expected) in [
            ("librsync-2.3.2", Some(&case.delta)),
            ("librsync-2.3.4", Some(case.delta_new())),
            ("", Some(case.delta_new())),
            ("compact", None),
        ] {
            let mut arguments: Vec<&str> = case.rdiff_args.iter().map(String::as_str).collect();
            arguments.extend(["-f", "delta", "sums", "new", "changes"]);
            let mut command = ours.command(folder, &arguments);
            let output = command.env("ROLLSYNC_PROFILE", profile).output().expect("the program starts");
            assert_eq!(output.status.code(), Some(0), "{name}, {profile}: {}", stderr(&output));
            if let Some(expected) = expected {
                is_output(&folder.join("changes"), expected, &format!("{name}, {profile}"));
            }
            if case.roundtrip {
                ours.must(folder, &["-f", "patch", "basis", "changes", "restored"]);
                let restored = fs::read(folder.join("restored")).expect("the new file");
                assert!(restored == case.new, "{name}, {profile}: the new file does not come back");
            }
        }
    }
}

#[test]
fn patches_and_their_failures() {
    for case in load().patches {
        let files = [("basis", &case.basis[..]), ("delta", &case.delta)];
        whole_or_nothing(
            &case.name,
            &files,
            &["-f", "patch", "basis", "delta", "out"],
            (case.exit, &case.stderr, &case.output),
        );
    }
}

#[test]
fn signatures_that_are_loaded_and_their_failures() {
    for case in load().loadsigs {
        let files = [("sums", &case.sig[..]), ("new", &case.new)];
        whole_or_nothing(
            &case.name,
            &files,
            &["-f", "delta", "sums", "new", "out"],
            (case.exit, &case.stderr, &case.delta),
        );
    }
}

/// Runs with and without an old file `out`: status and messages are the vector's; then `out` is, or, after a failure,
/// nothing has changed.
fn whole_or_nothing(
    name: &str,
    files: &[(&str, &[u8])],
    arguments: &[&str],
    (exit, lines, expected): (i32, &[String], &Expected),
) {
    for old in [None, Some(OLD)] {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).expect("a fixture");
        }
        if let Some(old) = old {
            fs::write(folder.join("out"), old).expect("the old file");
        }
        let before = names(folder);
        let output = Program::ours().run(folder, arguments);
        assert_eq!(seen(&output), (Some(exit), lines.to_vec()), "{name}");
        if exit == 0 {
            is_output(&folder.join("out"), expected, name);
        } else {
            assert_eq!(names(folder), before, "{name}");
            assert_eq!(fs::read(folder.join("out")).ok().as_deref(), old, "{name}");
        }
    }
}

fn seen(output: &Output) -> (Option<i32>, Vec<String>) {
    (output.status.code(), stderr(output).lines().map(str::to_owned).collect())
}

fn is_output(path: &Path, expected: &Expected, name: &str) {
    let got = fs::read(path).expect("the output");
    if let Err(difference) = expected.check(&got) {
        panic!("{name}: {difference}");
    }
}
