//! `ROLLSYNC_PROFILE`, and what `-I` and `-O` mean in each profile.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::program::{Program, names, noise, stderr};

fn delta(folder: &Path, profile: &str, options: &[&str], operands: [&str; 3]) -> Output {
    let arguments = [options, &["-f", "delta"], &operands].concat();
    let mut command = Program::ours().command(folder, &arguments);
    command.env("ROLLSYNC_PROFILE", profile).output().expect("the program starts")
}

/// The lengths of a delta's literals. The delta has nothing else.
fn literals(delta: &[u8]) -> Vec<usize> {
    let mut rest = delta.strip_prefix(b"rs\x026").expect("a delta");
    let mut lens = Vec::new();
    loop {
        let width = match rest[0] {
            0 => break,
            0x41 => 1,
            0x42 => 2,
            0x43 => 4,
            short @ 1..=0x40 => {
                lens.push(usize::from(short));
                rest = &rest[1 + usize::from(short)..];
                continue;
            }
            other => panic!("opcode {other:#x}"),
        };
        let len = rest[1..=width].iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
        lens.push(len);
        rest = &rest[1 + width + len..];
    }
    lens
}

#[test]
fn literals_are_cut_as_the_profile_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("basis"), noise(5, 1000)).expect("basis");
    fs::write(folder.join("empty"), b"").expect("empty");
    fs::write(folder.join("new"), noise(6, 70_000)).expect("new");
    let ours = Program::ours();
    ours.must(folder, &["signature", "basis", "sums"]);
    ours.must(folder, &["signature", "-b", "30000", "empty", "empty-sums"]);
    for (profile, options, sums, expected) in [
        ("librsync-2.3.4", "", "sums", &[65_533, 4467][..]),
        ("", "", "sums", &[65_533, 4467]),
        ("librsync-2.3.2", "", "sums", &[32_768, 32_768, 4464]),
        ("compact", "", "sums", &[65_535, 4465]),
        // Buffers change nothing when there is something to search for.
        ("librsync-2.3.4", "-I100 -O100", "sums", &[65_533, 4467]),
        ("librsync-2.3.2", "-I1 -O1", "sums", &[32_768, 32_768, 4464]),
        // With nothing to search for they are what cuts.
        ("librsync-2.3.2", "", "empty-sums", &[30_000, 30_000, 10_000]),
        ("librsync-2.3.2", "-I40000", "empty-sums", &[40_000, 30_000]),
        ("librsync-2.3.2", "-I2147483647 -O5", "empty-sums", &[70_000]),
        ("librsync-2.3.4", "", "empty-sums", &[70_000]),
        ("librsync-2.3.4", "-I2147483647 -O2147483647", "empty-sums", &[70_000]),
        ("compact", "", "empty-sums", &[65_535, 4465]),
        ("compact", "-I10 -O10", "empty-sums", &[65_535, 4465]),
    ] {
        let options: Vec<&str> = options.split_whitespace().collect();
        let output = delta(folder, profile, &options, [sums, "new", "changes"]);
        assert!(output.status.success(), "{profile} {options:?}: {}", stderr(&output));
        let changes = fs::read(folder.join("changes")).expect("the delta");
        assert_eq!(literals(&changes), expected, "{profile} {options:?} {sums}");
    }
}

#[test]
fn the_unknown_profile_is_refused_before_anything_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for action in [&["signature", "absent", "out"][..], &["delta", "absent", "new"], &["patch", "absent"]] {
        let mut command = Program::ours().command(folder, action);
        let output = command.env("ROLLSYNC_PROFILE", "librsync-3").output().expect("the program starts");
        assert_eq!(output.status.code(), Some(101), "{action:?}");
        assert_eq!(
            stderr(&output),
            "rdiff: Unknown profile 'librsync-3' in ROLLSYNC_PROFILE: use librsync-2.3.4, librsync-2.3.2 or \
             compact.\n\nTry `rdiff --help' for more information.\n"
        );
        assert_eq!(names(folder), Vec::<String>::new());
    }
    let mut command = Program::ours().command(folder, &["--version"]);
    let output = command.env("ROLLSYNC_PROFILE", "librsync-3").output().expect("the program starts");
    assert!(output.status.success(), "help and version make no delta");
}

#[test]
fn the_empty_basis_is_cut_as_by_the_real_program() {
    let Some(real) = Program::real("the_empty_basis_is_cut_as_by_the_real_program") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("empty"), b"").expect("empty");
    for (len, block_len, sizes) in [
        (0, "0", &[][..]),
        (1, "0", &[]),
        (5000, "0", &["-I", "1"]),
        (5000, "7", &["-O", "3"]),
        (70_000, "100", &["-I", "65536", "-O", "10"]),
        (300_000, "0", &["-I", "100000"]),
        (300_000, "300000", &[]),
    ] {
        fs::write(folder.join("new"), noise(7, len)).expect("new");
        Program::ours().must(folder, &["-f", "signature", "-b", block_len, "empty", "sums"]);
        let arguments = [sizes, &["-f", "delta", "sums", "new"]].concat();
        let expected = real.must(folder, &arguments).stdout;
        let got = Program::ours().must(folder, &arguments).stdout;
        assert!(got == expected, "{len} bytes, {block_len} a block, {sizes:?}");
    }
}

/// Several segments, of which some resemble the basis.
#[test]
fn any_number_of_threads_makes_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let old = noise(5, 5_000_000);
    let new = [&old[..3_000_000], b"a few bytes", &noise(6, 1_500_000), &old[2_500_000..]].concat();
    fs::write(folder.join("old"), old).expect("old");
    fs::write(folder.join("new"), new).expect("new");
    let mut made = Vec::new();
    for threads in ["1", "3", ""] {
        let mut both = Vec::new();
        for arguments in
            [["-f", "signature", "old", "sig"].as_slice(), &["-f", "delta", "sig", "new", "delta"]]
        {
            let mut command = Program::ours().command(folder, arguments);
            let output = command.env("ROLLSYNC_THREADS", threads).output().expect("the program starts");
            assert!(output.status.success(), "{}", stderr(&output));
            both.extend(fs::read(folder.join(arguments[arguments.len() - 1])).expect("what was made"));
        }
        made.push(both);
    }
    assert!(made.iter().all(|both| *both == made[0]));

    for wrong in ["0", "two", "-1"] {
        let mut command = Program::ours().command(folder, &["delta", "absent", "new"]);
        let output = command.env("ROLLSYNC_THREADS", wrong).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(101));
        let text = format!("rdiff: Invalid number '{wrong}' in ROLLSYNC_THREADS: use 1 or more.\n");
        assert!(stderr(&output).starts_with(&text), "{}", stderr(&output));
    }
}
