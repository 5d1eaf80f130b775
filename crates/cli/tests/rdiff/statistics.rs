//! `-s` beside the real program: the same lines in the same places.

use std::fs;
use std::path::Path;

use crate::program::{Program, noise, stderr};

/// A basis, a new file with edits, moved and repeated parts, and what the original makes of them.
fn fixtures(folder: &Path) {
    let basis = noise(2, 700_000);
    let new = [
        &basis[..100_000],
        b"an insertion",
        &basis[400_000..600_000],
        &basis[400_000..450_000],
        &basis[120_000..390_000],
        &noise(3, 70_000),
        &basis[600_000..],
    ];
    fs::write(folder.join("new"), new.concat()).expect("new");
    fs::write(folder.join("basis"), basis).expect("basis");
    fs::write(folder.join("zeros"), vec![0; 100_000]).expect("zeros");
    fs::write(folder.join("empty"), b"").expect("empty");
    fs::write(folder.join("bogus"), b"rs\x026\x03abc\x55").expect("a delta");
    fs::create_dir(folder.join("folder")).expect("a folder inside");
    let ours = Program::ours();
    ours.must(folder, &["signature", "basis", "sums"]);
    // Which is warned of.
    ours.run(folder, &["signature", "-S", "1", "-H", "md4", "-R", "rollsum", "basis", "weak-sums"]);
    ours.must(folder, &["signature", "zeros", "zero-sums"]);
    ours.must(folder, &["signature", "empty", "empty-sums"]);
    ours.must(folder, &["delta", "sums", "new", "changes"]);
    let delta = fs::read(folder.join("changes")).expect("the delta");
    fs::write(folder.join("cut"), &delta[..delta.len() - 40_000]).expect("a delta");
    fs::write(folder.join("trailing"), [&delta[..], &noise(4, 200_000)].concat()).expect("a delta");
}

#[test]
fn lines_and_their_places() {
    let Some(real) = Program::real("statistics::lines_and_their_places") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    for (line, status) in [
        ("-fs signature basis out", 0),
        ("-fs signature empty out", 0),
        ("-fs signature -b 100 -S 3 basis out", 0),
        ("-fs signature folder out", 100),
        ("-fs signature -S 40 basis out", 108),
        ("-fs delta sums new out", 0),
        ("-fs delta sums basis out", 0),
        ("-fs delta sums empty out", 0),
        ("-fs delta weak-sums new out", 0),
        ("-fs delta zero-sums zeros out", 0),
        ("-fs delta empty-sums new out", 0),
        ("-fs delta sums folder out", 100),
        ("-fs delta new new out", 106),
        ("-fs delta folder new out", 100),
        ("-fs patch basis changes out", 0),
        ("-fs patch basis trailing out", 0),
        ("-fs patch basis cut out", 103),
        ("-fs patch basis bogus out", 106),
        ("-fs patch empty changes out", 103),
        ("-fs patch folder changes out", 100),
        ("-fs patch basis folder out", 100),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let expected = real.run(folder, &arguments);
        let got = Program::ours().run(folder, &arguments);
        assert_eq!((got.status.code(), expected.status.code()), (Some(status), Some(status)), "{line}");
        assert_eq!(masked(&stderr(&got), status), masked(&stderr(&expected), status), "{line} (ours, real)");
    }
}

/// Without the number of weak sums compared, which depends on how an index is laid out, and after a failure without
/// the speed: how much had been read and written by then depends on buffers, and the original's seconds are negative.
fn masked(stderr: &str, status: i32) -> Vec<String> {
    let line = |line: &str| {
        let mut line = line.to_owned();
        if let Some(end) = line.find(" weak sum compares") {
            let start = line[..end].rfind("matches, ").expect("the field before") + "matches, ".len();
            line.replace_range(start..end, "#");
        }
        if let Some(start) = line.find("speed[").filter(|_| status != 0) {
            line.truncate(start);
        }
        line
    };
    stderr.lines().map(line).collect()
}

#[test]
fn a_failed_job_took_no_negative_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let output = Program::ours().run(folder, &["-s", "delta", "sums", "folder", "out"]);
    assert!(
        stderr(&output)
            .contains("delta statistics:  speed[0.0 MB (0.0 MB/s) in, 0.0 MB (0.0 MB/s) out, 1 sec]\n")
    );
}
