//! Files that `rollsync` has sealed: every `rdiff` reads them, and ours notices when they do not hold.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{Program, names, noise, stderr};

const SEAL_LEN: usize = 128;

/// `old`, `new`, and of the same length as the first `other`; `sums` and `delta`, sealed, `half`, a delta that does not know its
/// basis, and `plain` ones.
fn fixtures(folder: &Path) {
    let old = noise(20, 300_000);
    let new = [&old[..100_000], b"something else", &old[90_000..]].concat();
    let mut other = old.clone();
    other[1234] ^= 8;
    for (name, bytes) in [("old", &old), ("new", &new), ("other", &other)] {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    for line in [
        "signature old -o sums",
        "signature --plain old -o plain-sums",
        "delta sums new -o delta",
        "delta plain-sums new -o half",
        "delta --plain sums new -o plain",
    ] {
        let mut rollsync = Command::new(env!("CARGO_BIN_EXE_rollsync"));
        let status = rollsync.args(line.split(' ')).arg("-q").current_dir(folder).status();
        assert!(status.expect("the program starts").success(), "{line}");
    }
}

fn write(folder: &Path, name: &str, parts: &[&[u8]]) {
    fs::write(folder.join(name), parts.concat()).expect("a file");
}

#[test]
fn every_program_reads_sealed_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let (new, plain) =
        (fs::read(folder.join("new")).expect("new"), fs::read(folder.join("plain")).expect("plain"));
    let real = Program::real("every_program_reads_sealed_files");
    for program in [Some(Program::ours()), real].into_iter().flatten() {
        for delta in ["delta", "half", "plain"] {
            assert!(program.must(folder, &["patch", "old", delta]).stdout == new, "{delta}");
        }
        // Blocks that the basis has not match nothing.
        let made = program.must(folder, &["delta", "sums", "new"]).stdout;
        assert!(made == program.must(folder, &["delta", "plain-sums", "new"]).stdout);
        write(folder, "made", &[&made]);
        assert!(program.must(folder, &["patch", "old", "made"]).stdout == new);
    }
    // Ours writes none, and does not pass one on.
    assert!(fs::read(folder.join("made")).expect("made").len() <= plain.len() + 20);
    let sums = Program::ours().must(folder, &["signature", "old"]).stdout;
    assert!(sums == fs::read(folder.join("plain-sums")).expect("plain-sums"));
}

#[test]
fn a_seal_that_does_not_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let delta = fs::read(folder.join("delta")).expect("delta");
    let end = delta.len() - SEAL_LEN;
    let mut flipped = delta.clone();
    // A byte of the literal.
    flipped[20] ^= 1;
    write(folder, "flipped", &[&flipped]);
    write(folder, "cut", &[&delta[..delta.len() - 1]]);
    write(folder, "more", &[&delta, b"more"]);
    write(folder, "short", &[&noise(20, 299_999)]);
    let before = names(folder);
    let at = |offset: usize| format!("at offset {offset}");
    for (basis, delta, said) in [
        ("other", "delta", "basis has BLAKE3 ".to_owned()),
        ("short", "delta", "basis of 299999 bytes, the delta is sealed for one of 300000".to_owned()),
        ("other", "half", "the new file came out wrong: the basis is not the one".to_owned()),
        ("old", "flipped", format!("the seal {} does not hold", at(end))),
        ("old", "cut", format!("the file ends {}, inside its seal", at(flipped.len() - 1))),
        ("old", "more", format!("bytes behind END {} that are no seal", at(flipped.len()))),
    ] {
        let output = Program::ours().run(folder, &["patch", basis, delta, "out"]);
        let lines = stderr(&output);
        assert_eq!(output.status.code(), Some(106), "{basis} {delta}: {lines}");
        let expected = format!("librsync: ERROR: (rs_seal_check) {said}");
        assert!(lines.starts_with(&expected), "{basis} {delta}: {lines}");
        let last = "\nlibrsync: ERROR: (rs_job_complete) patch job failed: stream corrupt\nrdiff: Failed, stream corrupt.\n";
        assert!(lines.ends_with(last), "{lines}");
        assert_eq!(names(folder), before);
        // In place: the old file stays as it is.
        let old = fs::read(folder.join(basis)).expect("a basis");
        assert_eq!(
            Program::ours().run(folder, &["-f", "patch", basis, delta, basis]).status.code(),
            Some(106)
        );
        assert!(fs::read(folder.join(basis)).expect("a basis") == old);
    }
}

#[test]
fn a_signature_whose_seal_does_not_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let mut sums = fs::read(folder.join("sums")).expect("sums");
    sums[100] ^= 1;
    write(folder, "changed", &[&sums]);
    let before = names(folder);
    let output = Program::ours().run(folder, &["delta", "changed", "new", "out"]);
    let said = stderr(&output);
    assert_eq!((output.status.code(), names(folder)), (Some(106), before), "{said}");
    assert!(said.starts_with("librsync: ERROR: (rs_seal_check) the seal at offset "), "{said}");
    assert!(said.ends_with("loadsig job failed: stream corrupt\nrdiff: Failed, stream corrupt.\n"), "{said}");
}

#[test]
fn what_is_no_seal_is_ignored() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let (new, plain) =
        (fs::read(folder.join("new")).expect("new"), fs::read(folder.join("plain")).expect("plain"));
    let sealed = fs::read(folder.join("delta")).expect("delta");
    let seal = &sealed[sealed.len() - SEAL_LEN..];
    let real = Program::real("what_is_no_seal_is_ignored");
    for behind in
        [&b"more"[..], &[0; 3], &[7; 500], &seal[..7], &[b"more", seal].concat(), &[seal, &[7; 300]].concat()]
    {
        write(folder, "behind", &[&plain, behind]);
        for program in [Some(Program::ours()), real.as_ref().map(|_| Program::real("").expect("it is there"))]
            .into_iter()
            .flatten()
        {
            assert!(program.must(folder, &["patch", "old", "behind"]).stdout == new, "{behind:?}");
        }
    }
    // Nothing is looked for in a pipe.
    let piped = Program::ours().run_piped(folder, &["patch", "other"], &sealed);
    assert!(piped.status.success() && piped.stdout != new);
    // Nor is a seal that is part of a literal one.
    write(folder, "literal", &[b"rs\x026\x41\x80", &seal[..8], &[9; 119], b"\0\0"]);
    assert_eq!(Program::ours().must(folder, &["patch", "old", "literal"]).stdout.len(), 128);
}
