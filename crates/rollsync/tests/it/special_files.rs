//! The four operations over what is no regular file.

use crate::files::Case;
use rollsync::{
    Error, ErrorKind, FileError, Options, OutputStep, Role, Side, delta_file, diff_file, patch_file,
    signature_file,
};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::{FileTypeExt, MetadataExt, symlink},
    path::Path,
    process::Command,
    thread::{self, JoinHandle},
};

fn fifo(case: &Case, name: &str) {
    assert!(Command::new("mkfifo").arg(case.at(name)).status().unwrap().success());
}

/// What comes out of a FIFO, read elsewhere.
fn drain(case: &Case, name: &str) -> JoinHandle<Vec<u8>> {
    let path = case.at(name);
    thread::spawn(move || fs::read(path).unwrap())
}

/// Puts bytes into a FIFO, elsewhere.
fn fill(case: &Case, name: &str, bytes: &[u8]) -> JoinHandle<()> {
    let (path, bytes) = (case.at(name), bytes.to_vec());
    thread::spawn(move || fs::write(path, bytes).unwrap())
}

#[test]
fn a_fifo_is_an_output() {
    let case = Case::new(1, 300_000);
    fifo(&case, "pipe");
    let pipe = case.at("pipe");
    let options = &mut Options::new();
    let reader = drain(&case, "pipe");
    signature_file(case.at("old"), &pipe, options).unwrap();
    assert!(reader.join().unwrap() == case.get("sums"));
    let reader = drain(&case, "pipe");
    delta_file(case.at("sums"), case.at("new"), &pipe, options).unwrap();
    assert!(reader.join().unwrap() == case.get("delta"));
    let reader = drain(&case, "pipe");
    patch_file(case.at("old"), case.at("delta"), &pipe, options).unwrap();
    assert!(reader.join().unwrap() == case.new);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn a_fifo_is_an_input() {
    let case = Case::new(2, 300_000);
    fifo(&case, "pipe");
    let (pipe, out) = (case.at("pipe"), case.at("out"));
    let options = &mut Options::new();

    let writer = fill(&case, "pipe", &case.old);
    let stats = signature_file(&pipe, &out, options).unwrap();
    writer.join().unwrap();
    assert_eq!(stats.block_len, 2048, "recommended when the length is not known");
    let writer = fill(&case, "pipe", &case.new);
    delta_file(case.at("sums"), &pipe, &out, options).unwrap();
    writer.join().unwrap();
    assert!(case.get("out") == case.get("delta"));
    let writer = fill(&case, "pipe", &case.get("delta"));
    patch_file(case.at("old"), &pipe, &out, options).unwrap();
    writer.join().unwrap();
    assert!(case.get("out") == case.new);

    // A basis is read at any offset: it is spilled.
    let writer = fill(&case, "pipe", &case.old);
    patch_file(&pipe, case.at("delta"), case.at("other"), options).unwrap();
    writer.join().unwrap();
    assert!(case.get("other") == case.new);

    // Nobody reads what is written here: the FIFO must have both its ends open all the time.
    let held = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();

    // Reading from and writing to one FIFO would never end.
    for error in [
        signature_file(&pipe, &pipe, options).unwrap_err(),
        delta_file(case.at("sums"), &pipe, &pipe, options).unwrap_err(),
        patch_file(case.at("old"), &pipe, &pipe, options).unwrap_err(),
        diff_file(case.at("old"), &pipe, &pipe, options).unwrap_err(),
    ] {
        let FileError::Output(output) = &error else { panic!("{error}") };
        assert_eq!(output.step, OutputStep::IsInput);
    }
    drop(held);
}

#[test]
fn devices_are_outputs_and_inputs() {
    let case = Case::new(3, 10_000);
    let (null, full) = (Path::new("/dev/null"), Path::new("/dev/full"));
    let options = &mut Options::new();
    patch_file(case.at("old"), case.at("delta"), null, options).unwrap();
    assert!(fs::metadata(null).unwrap().file_type().is_char_device());
    // As an input it is an empty file; as both it harms nothing.
    assert_eq!(signature_file(null, null, options).unwrap().blocks, 0);

    let error = patch_file(case.at("old"), case.at("delta"), full, options).unwrap_err();
    let FileError::Failed { role, path, source: Error::Io { side, offset, .. } } = &error else {
        panic!("{error}")
    };
    assert_eq!((*role, path.as_path(), *side, *offset), (Role::New, full, Side::Write, 0));
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("new file /dev/full: writing the output at offset 0: "), "{error}");
    let roles = [
        (Role::Signature, signature_file(case.at("old"), full, options)),
        (Role::Delta, delta_file(case.at("sums"), case.at("new"), full, options)),
        (Role::Delta, diff_file(case.at("old"), case.at("new"), full, options)),
    ];
    for (expected, result) in roles {
        let error = result.unwrap_err();
        assert!(matches!(&error, FileError::Failed { role, .. } if *role == expected), "{error}");
    }
}

#[test]
fn links_are_followed() {
    let case = Case::new(4, 50_000);
    let options = &mut Options::new();
    symlink("old", case.at("link")).unwrap();
    patch_file(case.at("link"), case.at("delta"), case.at("link"), options).unwrap();
    assert!(case.at("link").is_symlink());
    assert!(case.get("old") == case.new);

    // Another name of the basis keeps the basis.
    case.put("old", &case.old);
    fs::hard_link(case.at("old"), case.at("other")).unwrap();
    patch_file(case.at("old"), case.at("delta"), case.at("other"), options).unwrap();
    assert!(case.get("old") == case.old && case.get("other") == case.new);
    assert_eq!(fs::metadata(case.at("old")).unwrap().nlink(), 1);
}

#[test]
fn a_folder_that_admits_no_file_is_the_output_s_fault() {
    let case = Case::new(5, 1000);
    for (path, step) in [("/proc/self/new", OutputStep::Open), ("/proc/self/comm", OutputStep::Temporary)] {
        let error = patch_file(case.at("old"), case.at("delta"), path, &mut Options::new()).unwrap_err();
        let FileError::Output(output) = &error else { panic!("{error}") };
        assert_eq!((output.step, output.path.as_path()), (step, Path::new(path)), "{error}");
    }
}
