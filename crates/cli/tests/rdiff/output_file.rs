//! The output appears whole or not at all.

use std::fs;
use std::path::Path;

use crate::program::{Program, names, noise, stderr};

/// A basis `a`, its signature `s`, a new file `n` and the delta `d` to it.
fn fixtures(folder: &Path) {
    let basis = noise(8, 400_000);
    fs::write(folder.join("n"), [&basis[..150_000], b"new", &basis[170_000..]].concat()).expect("n");
    fs::write(folder.join("a"), basis).expect("a");
    Program::ours().must(folder, &["signature", "a", "s"]);
    Program::ours().must(folder, &["delta", "s", "n", "d"]);
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).expect("a file")
}

#[test]
fn an_input_may_be_the_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let (delta, signature) = (read(folder, "d"), read(folder, "s"));
    let ours = Program::ours();
    ours.must(folder, &["-f", "patch", "a", "d", "d"]);
    assert!(read(folder, "d") == read(folder, "n"), "the new file in place of the delta");
    fs::write(folder.join("d"), &delta).expect("d");
    ours.must(folder, &["-f", "delta", "s", "n", "s"]);
    assert!(read(folder, "s") == delta, "the delta in place of the signature");
    fs::copy(folder.join("a"), folder.join("b")).expect("b");
    ours.must(folder, &["-f", "signature", "b", "b"]);
    assert!(read(folder, "b") == signature, "the signature in place of the basis");
    ours.must(folder, &["-f", "patch", "a", "d", "a"]);
    assert!(read(folder, "a") == read(folder, "n"), "the new file in place of the basis");
    assert_eq!(names(folder), ["a", "b", "d", "n", "s"]);
}

#[test]
fn late_write_errors_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("small"), b"small").expect("small");
    let said = "librsync: ERROR: (rs_outfilebuf_drain) error draining buf to file: No space left on device\n\
                rdiff: Failed, IO error.\n";
    let ours = Program::ours();
    for output in [
        ours.run(folder, &["-f", "signature", "small", "/dev/full"]),
        ours.run_in_shell(folder, &["signature", "small"], "exec \"$0\" \"$@\" >/dev/full"),
        ours.run_in_shell(folder, &["--help"], "exec \"$0\" \"$@\" >/dev/full"),
    ] {
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(100), said));
    }
    if let Some(real) = Program::real("late_write_errors_are_reported") {
        assert!(
            real.run(folder, &["-f", "signature", "small", "/dev/full"]).status.success(),
            "the original lies"
        );
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, Permissions};
    use std::io::Read as _;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::process::Stdio;
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn mode(folder: &Path, name: &str) -> u32 {
        fs::metadata(folder.join(name)).expect("a file").mode() & 0o7777
    }

    fn make_fifo(folder: &Path, name: &str) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        mknodat(CWD, folder.join(name), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO");
    }

    #[test]
    fn modes_links_and_hard_links() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fixtures(folder);
        let ours = Program::ours();
        ours.run_in_shell(folder, &["patch", "a", "d", "fresh"], "umask 027; exec \"$0\" \"$@\"");
        assert_eq!(mode(folder, "fresh"), 0o640, "a new file");

        fs::set_permissions(folder.join("a"), Permissions::from_mode(0o751)).expect("a mode");
        fs::hard_link(folder.join("a"), folder.join("twin")).expect("a hard link");
        symlink("a", folder.join("link")).expect("a link");
        let old = read(folder, "a");
        ours.must(folder, &["-f", "patch", "link", "d", "link"]);
        assert!(read(folder, "a") == read(folder, "n"), "what the link points to is replaced");
        assert!(fs::symlink_metadata(folder.join("link")).expect("a link").is_symlink());
        assert_eq!(mode(folder, "a"), 0o751, "the mode is kept");
        assert!(read(folder, "twin") == old, "the hard link is split off");
    }

    #[test]
    fn a_folder_that_admits_no_temporary() {
        let folder = tempfile::tempdir().expect("a folder");
        fixtures(folder.path());
        // Nobody can make a file there, not even root.
        let output = Program::ours().run(folder.path(), &["-f", "signature", "a", "/proc/self/comm"]);
        assert_eq!(output.status.code(), Some(100));
        let said = stderr(&output);
        assert!(
            said.starts_with(
                "librsync: ERROR: (rs_file_open) Error opening \"/proc/self/comm\" for write: \
                 No temporary file can be made in its folder: "
            ),
            "{said}"
        );
    }

    #[test]
    fn what_is_no_file_is_written_directly() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fixtures(folder);
        make_fifo(folder, "fifo");
        let arguments = ["-f", "signature", "a", "fifo"];
        let mut child = Program::ours().command(folder, &arguments).spawn().expect("the program starts");
        let mut got = Vec::new();
        File::open(folder.join("fifo")).and_then(|mut fifo| fifo.read_to_end(&mut got)).expect("the FIFO");
        assert!(child.wait().expect("the program ends").success());
        assert!(got == read(folder, "s"), "through a FIFO");
        let output = Program::ours().must(folder, &["-f", "signature", "a", "/dev/stdout"]);
        assert!(output.stdout == read(folder, "s"), "through a descriptor");
    }

    #[test]
    fn an_input_that_is_no_file_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        make_fifo(folder, "fifo");
        // Open on both sides, so that nobody waits for it to be opened.
        let fifo = File::options().read(true).write(true).open(folder.join("fifo")).expect("the FIFO");
        let output = Program::ours().run(folder, &["-f", "signature", "fifo", "fifo"]);
        drop(fifo);
        assert_eq!(
            (output.status.code(), stderr(&output).as_str()),
            (
                Some(100),
                "librsync: ERROR: (rs_file_open) Error opening \"fifo\" for write: It is an input as well\n"
            )
        );
    }

    #[test]
    fn an_input_is_not_appended_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fixtures(folder);
        let basis = read(folder, "a");
        for (arguments, redirected) in [
            (&["signature", "-b", "8", "a"][..], ">>a"),
            (&["signature", "-b", "8"], "<a >>a"),
            (&["delta", "s", "a"], ">>a"),
            (&["patch", "a", "d"], ">>a"),
        ] {
            // Without the check it would write until the disk is full: the signature is longer than its basis.
            let script = format!("ulimit -f 2000; exec \"$0\" \"$@\" {redirected}");
            let output = Program::ours().run_in_shell(folder, arguments, &script);
            assert_eq!(
                (output.status.code(), stderr(&output).as_str()),
                (
                    Some(100),
                    "librsync: ERROR: (rs_file_open) Error opening \"-\" for write: It is an input as well\n"
                )
            );
            assert!(read(folder, "a") == basis, "{arguments:?}: the basis has changed");
        }
    }

    #[test]
    fn a_fifo_exists_though_nobody_writes_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fixtures(folder);
        make_fifo(folder, "fifo");
        let output = Program::ours().run(folder, &["signature", "a", "fifo"]);
        assert_eq!(
            (output.status.code(), stderr(&output).as_str()),
            (Some(100), "librsync: ERROR: (rs_file_open) File exists \"fifo\", aborting!\n")
        );
    }

    #[test]
    fn a_file_that_comes_in_between_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let mut command = Program::ours().command(folder, &["signature", "-", "out"]);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        while names(folder).is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(!folder.join("out").exists(), "only a temporary is there");
        fs::write(folder.join("out"), b"another's").expect("out");
        drop(child.stdin.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(
            (output.status.code(), stderr(&output).as_str()),
            (Some(100), "librsync: ERROR: (rs_file_open) File exists \"out\", aborting!\n")
        );
        assert_eq!((names(folder), read(folder, "out")), (vec!["out".to_owned()], b"another's".to_vec()));
    }

    #[test]
    fn the_limit_of_file_size_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fixtures(folder);
        let limited = |arguments: &[&str], redirected| {
            let script = format!("ulimit -f 8; exec \"$0\" \"$@\" {redirected}");
            let output = Program::ours().run_in_shell(folder, arguments, &script);
            assert_eq!(
                (output.status.code(), stderr(&output).as_str()),
                (
                    Some(100),
                    "librsync: ERROR: (rs_outfilebuf_drain) error draining buf to file: File too large\n\
                     rdiff: Failed, IO error.\n"
                )
            );
        };
        limited(&["patch", "a", "d", "out"], "");
        assert_eq!(names(folder), ["a", "d", "n", "s"]);
        limited(&["patch", "a", "d"], ">out");
    }
}
