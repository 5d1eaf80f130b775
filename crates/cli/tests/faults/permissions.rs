//! Files that may not be read or written. Who may do everything runs the programs as somebody who may not.

use crate::case::{Case, executable, io_status, skip};
use std::{
    fs::{self, File, Permissions},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
};

/// Nobody.
const USER: u32 = 65_534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn what_may_not_be_read_or_written() {
    let mut case = Case::new();
    // The programs, where everybody can run them.
    let programs = tempfile::tempdir().expect("a folder");
    mode(programs.path(), 0o755);
    for name in ["rollsync", "rdiff"] {
        fs::copy(executable(name), programs.path().join(name)).expect("a program");
    }
    for name in ["secret", "locked"] {
        fs::copy(case.path("old"), case.path(name)).expect("a copy");
    }
    fs::create_dir(case.path("closed")).expect("a folder");
    case.note();
    mode(&case.path("secret"), 0);
    mode(&case.path("locked"), 0o444);
    mode(&case.path("closed"), 0o555);
    mode(case.folder(), 0o777);
    let is_mighty = File::open(case.path("secret")).is_ok();

    let run = |line: &str| {
        let (program, arguments) = line.split_once(' ').expect("a program and its arguments");
        let mut command = Command::new(programs.path().join(program));
        command.args(arguments.split(' ')).current_dir(case.folder()).env("LC_ALL", "C");
        if is_mighty {
            command.uid(USER).gid(USER);
        }
        command.output()
    };
    if run("rollsync --version").map_or(true, |output| !output.status.success()) {
        return skip(
            "what_may_not_be_read_or_written",
            "this user may do everything, and become nobody else",
        );
    }
    for (line, words) in [
        ("rollsync signature secret -o out", "opening basis secret: you may not read it"),
        ("rollsync delta secret new -o out", "opening signature secret: you may not read it"),
        ("rollsync delta sums secret -o out", "opening new file secret: you may not read it"),
        ("rollsync diff secret new -o out", "opening old file secret: you may not read it"),
        ("rollsync patch secret delta -o out", "opening basis secret: you may not read it"),
        ("rollsync patch old secret -o out", "opening delta secret: you may not read it"),
        ("rollsync info secret", "opening file secret: you may not read it"),
        ("rollsync verify delta --basis secret", "opening basis secret: you may not read it"),
        ("rollsync signature old -o closed/out", "writing signature closed/out: "),
        ("rollsync diff old new -f -o locked", "writing delta locked: you may not write there"),
        ("rollsync patch old delta -f -o locked", "writing new file locked: you may not write there"),
        ("rdiff signature secret out", "Error opening \"secret\" for read: Permission denied"),
        ("rdiff delta secret new out", "Error opening \"secret\" for read: Permission denied"),
        ("rdiff delta sums secret out", "Error opening \"secret\" for read: Permission denied"),
        ("rdiff patch secret delta out", "Error opening \"secret\" for read: Permission denied"),
        ("rdiff signature old closed/out", "Error opening \"closed/out\" for write: "),
        ("rdiff -f patch old delta locked", "Error opening \"locked\" for write: Permission denied"),
    ] {
        let output = run(line).expect("the program starts");
        case.assert_failed(line, &output, io_status(line), &[words]);
    }
}
