//! Pipes, redirections and the real program on the other side.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};

use crate::program::{Program, noise};

fn pair() -> (Vec<u8>, Vec<u8>) {
    let basis = noise(10, 3_000_000);
    let new = [
        &basis[1..700_000],
        &noise(11, 200_000),
        &basis[1_500_000..2_500_000],
        &basis[700_000..1_500_000],
        &basis[2_999_000..],
    ];
    let new = new.concat();
    (basis, new)
}

#[test]
fn everything_goes_through_pipes() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (basis, new) = pair();
    fs::write(folder.join("basis"), &basis).expect("basis");
    let ours = Program::ours();
    let signature = ours.run_piped(folder, &["signature"], &basis).stdout;
    fs::write(folder.join("sums"), &signature).expect("sums");
    assert_eq!(signature[4..8], 2048_u32.to_be_bytes(), "the length of a pipe is not known");
    let delta = ours.run_piped(folder, &["delta", "sums"], &new).stdout;
    assert!(delta.len() < new.len() / 5, "{} bytes", delta.len());
    let restored = ours.run_piped(folder, &["patch", "basis"], &delta).stdout;
    assert!(restored == new, "the new file does not come back");
}

#[test]
fn the_real_program_on_the_other_side() {
    let Some(real) = Program::real("the_real_program_on_the_other_side") else { return };
    let ours = Program::ours();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (basis, new) = pair();
    fs::write(folder.join("basis"), &basis).expect("basis");
    fs::write(folder.join("new"), &new).expect("new");
    for options in [&[][..], &["-H", "md4", "-R", "rollsum", "-b", "1000"]] {
        let signature = [options, &["-f", "signature", "basis"]].concat();
        let made = ours.must(folder, &signature).stdout;
        assert!(made == real.must(folder, &signature).stdout, "{options:?}: other signatures");
        fs::write(folder.join("sums"), made).expect("sums");

        let delta = ours.must(folder, &["delta", "sums", "new"]).stdout;
        assert!(delta == real.must(folder, &["delta", "sums", "new"]).stdout, "{options:?}: other deltas");
        for profile in ["librsync-2.3.2", "librsync-2.3.4", "compact"] {
            let mut command = ours.command(folder, &["-f", "delta", "sums", "new", "changes"]);
            let status = command.env("ROLLSYNC_PROFILE", profile).status().expect("the program starts");
            assert!(status.success(), "{profile}");
            for program in [&ours, &real] {
                let restored = program.must(folder, &["patch", "basis", "changes"]).stdout;
                assert!(restored == new, "{options:?}, {profile}: the new file does not come back");
            }
        }
    }
}

#[test]
fn a_redirected_file_has_a_length_and_a_position() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("basis"), noise(12, 300_000)).expect("basis");
    let run = |program: &Program, from: u64| {
        let mut file = File::open(folder.join("basis")).expect("basis");
        file.seek(SeekFrom::Start(from)).expect("a position");
        let mut command = program.command(folder, &["signature", "-"]);
        command.stdin(file).output().expect("the program starts").stdout
    };
    let ours = Program::ours();
    assert_eq!(run(&ours, 0), ours.must(folder, &["signature", "basis"]).stdout);
    let from_within = run(&ours, 100_000);
    assert_eq!(from_within[4..8], 512_u32.to_be_bytes(), "by the length of the whole file");
    assert_eq!(from_within.len(), 12 + 36 * 200_000_usize.div_ceil(512), "but without what is behind");
    if let Some(real) = Program::real("a_redirected_file_has_a_length_and_a_position") {
        assert_eq!(from_within, run(&real, 100_000));
    }
}
