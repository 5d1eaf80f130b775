//! Runs of the command that begin and fail: same status, same words, and nothing left behind by ours.

use std::fs;
use std::path::Path;

use rollsync_conformance::{Stdin, Tool, present};

use super::command_line::{both, fixtures, same_run};

const DELTA: &[u8] = b"rs\x026";

/// Runs both in the same folder, their output in a file; ours leaves none.
fn compare(real: &Tool, folder: &Path, arguments: &[&str], stdin: Stdin<'_>) {
    let [ours, theirs] = both(real).map(|rdiff| {
        let _ = fs::remove_file(folder.join("out"));
        let run = rdiff.run(folder, arguments, stdin);
        (run, folder.join("out").exists())
    });
    let label = format!("{arguments:?}, {stdin:?}");
    same_run(&ours.0, &theirs.0, &label);
    assert_ne!(theirs.0.status, Some(0), "{label} is to fail");
    assert!(!ours.1, "{label}: a failed run leaves a file");
    let left = fs::read_dir(folder).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with('.')
    });
    assert_eq!(left.count(), 0, "{label}: a temporary is left");
}

#[test]
fn broken_files() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    let folder = folder.path();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let get = |name: &str| fs::read(folder.join(name)).unwrap();
    let (sig, delta) = (get("sig"), get("delta"));

    let cut = |bytes: &[u8], len: usize| bytes[..len].to_vec();
    let with = |bytes: &[u8], at: usize, new: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + new.len()].copy_from_slice(new);
        bytes
    };
    let signatures = [
        Vec::new(),
        cut(&sig, 3),
        cut(&sig, 11),
        cut(&sig, 12 + 4),
        cut(&sig, sig.len() - 1),
        with(&sig, 3, b"H"),
        with(&sig, 0, b"rs\x026"),
        with(&sig, 4, &[0; 4]),
        with(&sig, 4, &[0xff; 4]),
        with(&sig, 8, &33_u32.to_be_bytes()),
        with(&sig, 8, &[0xff; 4]),
        with(&sig, 3, b"F"),
        delta.clone(),
        b"not a signature at all".to_vec(),
    ];
    for bytes in &signatures {
        put("broken", bytes);
        compare(&real, folder, &["delta", "broken", "new", "out"], Stdin::Empty);
        compare(&real, folder, &["-s", "delta", "-", "new", "out"], Stdin::Pipe(bytes));
    }

    let deltas = [
        Vec::new(),
        cut(&delta, 3),
        cut(&delta, 4),
        cut(&delta, 6),
        cut(&delta, delta.len() / 2),
        cut(&delta, delta.len() - 1),
        sig.clone(),
        get("sig-of-nothing"),
        [DELTA, &[0x55]].concat(),
        [DELTA, &[0xff]].concat(),
        [DELTA, &[0x41, 0]].concat(),
        [DELTA, &[0x44], &[0xff; 8]].concat(),
        [DELTA, &[0x05], b"abc"].concat(),
        [DELTA, &[0x45, 0, 0]].concat(),
        [DELTA, &[0x54], &[0; 8], &[0xff; 8]].concat(),
        [DELTA, &[0x54], &[0xff; 8], &[0, 0, 0, 0, 0, 0, 0, 1]].concat(),
        [DELTA, &[0x49, 0xff, 0xff, 9, 0]].concat(),
        [DELTA, &[0x54], &(1_u64 << 40).to_be_bytes(), &[0, 0, 0, 0, 0, 0, 0, 1], &[0]].concat(),
        // Further than file systems go: the seek fails, or finds nothing there.
        [DELTA, &[0x54], &[0x7f, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0, 0, 0, 1], &[0]].concat(),
    ];
    for bytes in &deltas {
        put("broken", bytes);
        compare(&real, folder, &["patch", "basis", "broken", "out"], Stdin::Empty);
        compare(&real, folder, &["-s", "patch", "basis", "-", "out"], Stdin::Pipe(bytes));
        compare(&real, folder, &["-I", "3", "-O", "5", "patch", "basis", "broken", "out"], Stdin::Empty);
    }
    println!("broken files: {}", 2 * signatures.len() + 3 * deltas.len());
}

#[test]
fn wrong_bases() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    let folder = folder.path();
    let basis = fs::read(folder.join("basis")).unwrap();
    for len in [0, 1, 500, 2_000] {
        fs::write(folder.join("short"), &basis[..len]).unwrap();
        compare(&real, folder, &["patch", "short", "delta", "out"], Stdin::Empty);
        compare(&real, folder, &["-s", "patch", "-", "delta", "out"], Stdin::File("short"));
    }
    // Standard input must be able to seek.
    compare(&real, folder, &["patch", "-", "delta", "out"], Stdin::Pipe(&basis));
    // Both are standard input: who reads first gets all.
    compare(&real, folder, &["patch", "-", "-", "out"], Stdin::Pipe(&basis));
    compare(&real, folder, &["delta", "-", "-", "out"], Stdin::Pipe(&basis));
    compare(&real, folder, &["patch", "folder", "delta", "out"], Stdin::Empty);
}

#[test]
fn parameters() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    let kinds = rollsync::Format::ALL.map(crate::kinds);
    for strong_len in ["33", "17", "1000", "2147483647", "-2", "-2147483648"] {
        for kinds in &kinds {
            if strong_len == "17" && kinds[1] == "blake2" {
                continue;
            }
            let arguments = [&kinds[..], &["-S", strong_len, "signature", "basis", "out"]].concat();
            compare(&real, folder.path(), &arguments, Stdin::Empty);
            let piped = [&kinds[..], &["-S", strong_len, "signature", "-", "out"]].concat();
            compare(&real, folder.path(), &piped, Stdin::Pipe(b"some bytes"));
        }
    }
}

/// The real one writes all of its output before it ends, so it notices what does not fit in the last buffer.
#[test]
fn full_disks() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    if !Path::new("/dev/full").exists() {
        return;
    }
    fs::write(folder.path().join("long"), vec![7; 1_000_000]).unwrap();
    for arguments in [
        &["-f", "-b", "16", "signature", "long", "/dev/full"][..],
        &["-f", "delta", "sig", "long", "/dev/full"],
    ] {
        compare(&real, folder.path(), arguments, Stdin::Empty);
    }
}

/// A working run, so that the folder is known to be good.
#[test]
fn nothing_is_broken() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    for rdiff in both(&real) {
        for (arguments, expected) in [
            (&["delta", "sig", "new", "-"][..], "delta"),
            (&["patch", "basis", "delta", "-"], "new"),
            (&["-b", "100", "signature", "basis", "-"], "sig"),
        ] {
            let made = rdiff.done(folder.path(), arguments).stdout;
            assert!(made == fs::read(folder.path().join(expected)).unwrap(), "{arguments:?}");
        }
        let run = rdiff.run(folder.path(), ["patch", "-", "delta", "-"], Stdin::File("basis"));
        assert!(run.stdout == fs::read(folder.path().join("new")).unwrap(), "{}", run.stderr);
    }
}
