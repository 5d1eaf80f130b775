//! Command lines that cannot be run: same status, same words.

use std::fs;
use std::path::Path;

use rollsync_conformance::{Release, Run, Stdin, Tool, present};
use tempfile::TempDir;

#[test]
fn options() {
    let rows: &[&[&str]] = &[
        // Unknown.
        &["-q"],
        &["-fq"],
        &["-qf"],
        &["--bogus"],
        &["--bogus=3"],
        &["--forc"],
        &["-verbose"],
        &["--"],
        &["-f", "--", "-q"],
        // No value.
        &["-b"],
        &["--block-size"],
        &["-S"],
        &["-I"],
        &["-O"],
        &["-H"],
        &["-R"],
        &["-fb"],
        // No number.
        &["-b", "10k"],
        &["-b10k"],
        &["-b=10k"],
        &["--block-size=x"],
        &["--block-size", "1.5"],
        &["-b", "--", "signature"],
        &["-S", "0x"],
        &["-I", "one"],
        &["-O", "1 "],
        // No int.
        &["-b", "2147483648"],
        &["-b", "-2147483649"],
        &["-S", "99999999999999999999"],
        &["-I", "0x80000000"],
        // A value for a flag.
        &["--stats=1"],
        &["--force="],
        &["-s=1"],
        &["-f=x"],
        // The first that is bad ends the run.
        &["-b", "x", "--bogus"],
        &["--bogus", "-b", "x"],
        &["-fs", "signature", "basis", "--bogus"],
    ];
    compare(rows, &[]);
}

#[test]
fn actions_and_files() {
    let rows: &[&[&str]] = &[
        &[],
        &["-f"],
        &["-s"],
        &["signatures", "basis"],
        &["sigx"],
        &["unknown"],
        &["Signature", "basis"],
        &["delta"],
        &["d"],
        &["-f", "del"],
        &["patch"],
        &["p"],
        &["signature", "basis", "out", "more"],
        &["signature", "basis", "out", "more", "and", "more"],
        &["delta", "sig", "new", "out", "more"],
        &["patch", "basis", "delta", "out", "more"],
        &["-H", "foo", "signature", "basis", "out"],
        &["-H", "", "signature", "basis", "out"],
        &["--hash=BLAKE2", "signature", "basis", "out"],
        &["-R", "foo", "signature", "basis", "out"],
        &["--rollsum=md4", "signature", "basis", "out"],
        &["-H", "foo", "-R", "bar", "signature", "basis", "out"],
        &["-H", "foo", "signature", "basis", "out", "more"],
        // Who opens what, and when.
        &["signature", "absent", "out"],
        &["signature", "absent", "out", "more"],
        &["-H", "foo", "signature", "absent", "out"],
        &["signature", "", "out"],
        &["delta", "absent", "new", "out"],
        &["delta", "sig", "absent", "out"],
        &["delta", "absent", "gone", "out"],
        &["patch", "absent", "delta", "out"],
        &["patch", "basis", "absent", "out"],
        &["signature", "basis", "exists"],
        &["signature", "absent", "exists"],
        &["delta", "sig", "new", "exists"],
        &["patch", "basis", "delta", "exists"],
        &["signature", "basis", "exists", "more"],
        &["signature", "basis", "folder"],
        &["-f", "signature", "basis", "folder"],
        &["signature", "basis", "absent/out"],
        &["-f", "signature", "basis", "basis/out"],
        &["signature", "basis", ""],
        &["signature", "folder", "out"],
        &["delta", "folder", "new", "out"],
        &["delta", "sig", "folder", "out"],
        &["patch", "folder", "delta", "out"],
        &["patch", "basis", "folder", "out"],
        &["-v", "signature", "absent"],
        &["-vv", "-v", "delta"],
    ];
    compare(rows, &[]);
}

/// Odd and right.
#[test]
fn accepted() {
    let rows: &[&[&str]] = &[
        &["s", "basis", "out"],
        &["", "basis", "out"],
        &["sig", "basis", "out"],
        &["signature", "basis"],
        &["signature", "basis", "-"],
        &["signature", "basis", "out", "-f"],
        &["basis", "out"],
        &["signature", "--", "basis", "out"],
        &["-f", "signature", "basis", "exists"],
        &["-fs", "signature", "basis", "exists"],
        &["-fb", "64", "signature", "basis", "exists"],
        &["-b=64", "signature", "basis", "-"],
        &["-b0x40", "signature", "basis", "-"],
        &["-b", "0100", "signature", "basis", "-"],
        &["-b", " +64", "signature", "basis", "-"],
        &["-b", "", "signature", "basis", "-"],
        &["-b", "64", "-b", "128", "signature", "basis", "-"],
        &["--block-size=64", "signature", "basis", "-"],
        &["--block-size", "64", "signature", "basis", "-"],
        &["-S", "-1", "signature", "basis", "-"],
        &["-S-1", "signature", "basis", "-"],
        &["--sum-size=-1", "signature", "basis", "-"],
        &["-S", "3", "signature", "basis", "-"],
        &["-H", "md4", "-R", "rollsum", "signature", "basis", "-"],
        &["-H", "md4", "-H", "blake2", "signature", "basis", "-"],
        &["-v", "signature", "basis", "-"],
        // The first action that fits counts, and options of another action are not looked at.
        &["d", "sig", "new", "-"],
        &["-H", "foo", "-R", "bar", "delta", "sig", "new", "-"],
        &["-b", "7", "-S", "99", "delta", "sig", "new", "-"],
        &["-H", "foo", "patch", "basis", "delta", "-"],
        &["-I", "1", "-O", "1", "patch", "basis", "delta", "-"],
        &["-I", "7", "delta", "sig-of-nothing", "new", "-"],
        &["-I", "100", "-O", "3", "delta", "sig-of-nothing", "new", "-"],
        &["delta", "sig-of-nothing", "new", "-"],
        &["-s", "delta", "sig", "new", "out"],
        &["-s", "patch", "basis", "delta", "out"],
    ];
    compare(rows, &[]);
    for variable in ["POSIXLY_CORRECT", "POSIX_ME_HARDER"] {
        let rows: &[&[&str]] = &[
            &["signature", "basis", "out", "-f"],
            &["-f", "signature", "basis", "exists"],
            &["signature", "-b", "64", "basis"],
        ];
        compare(rows, &[(variable, ""), (variable, "1")]);
    }
}

/// Help and version are ours but for what programs read.
#[test]
fn help_and_version() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    for arguments in [["--help"], ["-?"], ["-h"]] {
        let [ours, theirs] = both(&real).map(|rdiff| rdiff.done(folder.path(), arguments));
        assert_eq!(ours.stderr, theirs.stderr);
        let lines = |run: Run| {
            let text = String::from_utf8(run.stdout).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let [ours, theirs] = [ours, theirs].map(lines);
        // The newer release knows two options more: -z and -i.
        let ours: Vec<_> = ours.into_iter().filter(|line| !line.contains("-compress deltas")).collect();
        assert_eq!(ours, theirs);
    }
    for arguments in [["--version"], ["-V"]] {
        let [ours, theirs] = both(&real).map(|rdiff| rdiff.done(folder.path(), arguments));
        let first =
            |run: &Run| String::from_utf8_lossy(&run.stdout).lines().next().unwrap_or_default().to_owned();
        assert_eq!(
            (first(&ours), first(&theirs)),
            ("rdiff (librsync 2.3.4)".into(), "rdiff (librsync 2.3.2)".into())
        );
        assert!(String::from_utf8_lossy(&ours.stdout).contains("rollsync"));
    }
    // They act when they are met: what stands before them is judged, what stands behind is not.
    for arguments in [&["-b", "x", "-V"][..], &["-V", "-b", "x"], &["--bogus", "-h"], &["-h", "--bogus"]] {
        let [ours, theirs] = both(&real).map(|rdiff| rdiff.run(folder.path(), arguments, Stdin::Empty));
        assert_eq!((ours.status, &ours.stderr), (theirs.status, &theirs.stderr), "{arguments:?}");
    }
}

/// Where ours is that of the newer release, or does not fall where the real one does.
#[test]
fn deliberate_differences() {
    let (Some(real), folder) = (present(Tool::real_rdiff()), fixtures()) else { return };
    let [ours, theirs] = &both(&real);
    let [ours, theirs] =
        [ours, theirs].map(|rdiff| |arguments: &[&str]| rdiff.run(folder.path(), arguments, Stdin::Empty));
    for option in ["-z", "-i", "--gzip", "--bzip2", "-z9"] {
        let arguments = [option, "signature", "basis", "-"];
        let (ours, theirs) = (ours(&arguments), theirs(&arguments));
        assert_eq!((ours.status, theirs.status), (Some(105), Some(101)), "{option}");
        assert!(ours.stderr.contains("Sorry, compression is not implemented yet."), "{}", ours.stderr);
    }
    // The real one aborts, or says that it has read its input wrongly.
    for (option, ours_ends, theirs_ends) in
        [("-b-1", 108, None), ("-b-2147483648", 108, Some(100)), ("-b1000000000", 0, None)]
    {
        let arguments = [option, "signature", "basis", "-"];
        let (ours, theirs) = (ours(&arguments), theirs(&arguments));
        assert_eq!((ours.status, theirs.status), (Some(ours_ends), theirs_ends), "{option}: {}", ours.stderr);
    }
    for option in ["-I-1", "-O-1"] {
        let arguments = [option, "delta", "sig", "new", "-"];
        assert_eq!((ours(&arguments).status, theirs(&arguments).status), (Some(108), None), "{option}");
    }
    // The real one loses the error, and empties the file.
    let arguments = ["-f", "signature", "basis", "/dev/full"];
    assert_eq!((ours(&arguments).status, theirs(&arguments).status), (Some(100), Some(0)));
    let new = fs::read(folder.path().join("new")).unwrap();
    for (rdiff, is_emptied) in [(ours, false), (theirs, true)] {
        fs::copy(folder.path().join("basis"), folder.path().join("both")).unwrap();
        let run = rdiff(&["-f", "patch", "both", "delta", "both"]);
        assert_eq!(run.status == Some(0), !is_emptied, "{}", run.stderr);
        assert_eq!(fs::read(folder.path().join("both")).unwrap() == new, !is_emptied);
    }
}

/// Runs each row with both, with each of the variables, in fresh folders.
fn compare(rows: &[&[&str]], variables: &[(&'static str, &str)]) {
    let Some(real) = present(Tool::real_rdiff()) else { return };
    let template = fixtures();
    let environments: Vec<Option<(&'static str, &str)>> =
        if variables.is_empty() { vec![None] } else { variables.iter().copied().map(Some).collect() };
    for variable in environments {
        let [ours, theirs] = both(&real).map(|rdiff| match variable {
            Some((name, value)) => rdiff.with_variable(name, value),
            None => rdiff,
        });
        for arguments in rows {
            let [(ours, our_files), (theirs, their_files)] = [&ours, &theirs].map(|rdiff| {
                let folder = copy(template.path());
                let run = rdiff.run(folder.path(), *arguments, Stdin::File("basis"));
                (run, outputs(folder.path()))
            });
            same_run(&ours, &theirs, &format!("{arguments:?}, {variable:?}"));
            // Of a run that failed, the real one leaves what it has, ours what was there before.
            let expected = if ours.status == Some(0) { their_files } else { outputs(template.path()) };
            assert!(our_files == expected, "{arguments:?}: {:?}, {:?}", lens(&our_files), lens(&expected));
        }
    }
    println!("command lines: {}", rows.len() * variables.len().max(1));
}

/// Same status, same words but for what hangs on the clock, same bytes.
pub(super) fn same_run(ours: &Run, theirs: &Run, label: &str) {
    let told = |run: &Run| (run.status, rollsync_conformance::stderr_lines(run));
    assert_eq!(told(ours), told(theirs), "(ours, theirs) {label}");
    if theirs.status == Some(0) {
        crate::compare::same_bytes(&ours.stdout, &theirs.stdout, label);
    }
}

fn lens(files: &[Option<Vec<u8>>]) -> Vec<Option<usize>> {
    files.iter().map(|file| file.as_ref().map(Vec::len)).collect()
}

/// Ours and the real one.
pub(super) fn both(real: &Tool) -> [Tool; 2] {
    [Tool::rdiff(Release::V2_3_2), real.clone()]
}

/// What a run may have written.
fn outputs(folder: &Path) -> Vec<Option<Vec<u8>>> {
    ["out", "exists", "more", "basis", "new"].map(|name| fs::read(folder.join(name)).ok()).to_vec()
}

/// A folder with a basis, a new file, what the engine makes of them, and a file that is in the way.
pub(super) fn fixtures() -> TempDir {
    use rollsync_conformance::{Buffers, Ours, Random, SignatureArguments};
    let folder = tempfile::tempdir().unwrap();
    let basis = Random::new(31).bytes(3_000, 256);
    let new = [&basis[500..], b"in between", &basis[..900]].concat();
    let ours = Ours(Release::V2_3_2.profile());
    let arguments = SignatureArguments { format: rollsync::Format::default(), block_len: 100, strong_len: 0 };
    let signature = |basis: &[u8]| ours.signature(basis, true, &arguments, Buffers::default()).output;
    let index = ours.load(&signature(&basis), Buffers::default()).1.expect("it is a signature");
    let delta = ours.delta(&index, &new, None, Buffers::default()).0.output;
    let files = [
        ("sig", signature(&basis)),
        ("sig-of-nothing", signature(&[])),
        ("delta", delta),
        ("new", new),
        ("basis", basis),
        ("exists", b"in the way".to_vec()),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

fn copy(template: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(template).unwrap() {
        let (from, to) = entry.map(|entry| (entry.path(), folder.path().join(entry.file_name()))).unwrap();
        if from.is_dir() {
            fs::create_dir(to).unwrap();
        } else {
            fs::copy(from, to).unwrap();
        }
    }
    folder
}
