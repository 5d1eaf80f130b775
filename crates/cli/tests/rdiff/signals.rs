//! Signals and closed pipes.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::program::{Program, names, noise, stderr};

fn send(signal: Signal, child: &Child) {
    kill_process(Pid::from_child(child), signal).expect("the process is there");
}

/// Starts the program with a signal's default action, though the tests may run in the background, where a shell asks
/// for some to be ignored.
fn heed(command: &mut Command, signal: Signal) {
    let signal = signal.as_raw();
    let reset = move || {
        // SAFETY: there is no handler that could be unsound, and the call is one that may follow a fork.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        Ok(())
    };
    // SAFETY: the closure makes this one system call, and allocates nothing.
    unsafe { command.pre_exec(reset) };
}

/// Starts a run whose standard input is a pipe that stays open, and waits until its temporary is there.
fn blocked(mut command: Command, folder: &Path) -> Child {
    let before = names(folder).len();
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    while names(folder).len() == before {
        thread::sleep(Duration::from_millis(1));
    }
    child
}

#[test]
fn a_signal_ends_the_run_and_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        for old in [None, Some(b"old")] {
            let folder = tempfile::tempdir().expect("a folder");
            let folder = folder.path();
            if let Some(old) = old {
                fs::write(folder.join("out"), old).expect("out");
            }
            let before = names(folder);
            let mut command = Program::ours().command(folder, &["-f", "signature", "-", "out"]);
            heed(&mut command, signal);
            let mut child = blocked(command, folder);
            // To wait closes the pipe otherwise, and the run is done.
            let mut stdin = child.stdin.take().expect("a pipe");
            stdin.write_all(&noise(9, 10_000)).expect("a pipe");
            send(signal, &child);
            let status = child.wait().expect("the program ends");
            assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
            assert_eq!(names(folder), before, "{signal:?}");
            assert_eq!(fs::read(folder.join("out")).ok().as_deref(), old.map(|old| &old[..]), "{signal:?}");
        }
    }
}

#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let child = blocked(
        Program::ours().in_shell(folder, &["signature", "-", "out"], "trap '' HUP; exec \"$0\" \"$@\""),
        folder,
    );
    send(Signal::HUP, &child);
    child.stdin.as_ref().expect("a pipe").write_all(b"all the same").expect("a pipe");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{}: {}", output.status, stderr(&output));
    assert_eq!(names(folder), ["out"]);
}

#[test]
fn a_run_that_waits_for_a_fifo_can_be_ended() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("basis"), b"basis").expect("basis");
    mknodat(CWD, folder.join("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO");
    for arguments in [&["-f", "signature", "basis", "fifo"], &["-f", "signature", "fifo", "out"]] {
        let mut command = Program::ours().command(folder, arguments);
        heed(&mut command, Signal::TERM);
        let mut child = command.spawn().expect("the program starts");
        // Before or behind its start: it has to end either way.
        thread::sleep(Duration::from_millis(50));
        send(Signal::TERM, &child);
        let status = child.wait().expect("the program ends");
        assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{arguments:?}: {status}");
        assert_eq!(names(folder), ["basis", "fifo"]);
    }
}

/// Standard output is a pipe that nobody reads any more.
fn into_closed_pipe(mut command: Command) -> (Option<i32>, Option<i32>, String) {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("the program ends");
    (output.status.signal(), output.status.code(), stderr(&output))
}

#[test]
fn a_pipe_that_nobody_reads_ends_the_run_silently() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let arguments = ["signature", "-"];
    let ours = Program::ours();
    let usual = (Some(Signal::PIPE.as_raw()), None, String::new());
    assert_eq!(into_closed_pipe(ours.command(folder, &arguments)), usual);
    assert_eq!(into_closed_pipe(ours.in_shell(folder, &["--help"], "read line; exec \"$0\" \"$@\"")), usual);

    let said = "librsync: ERROR: (rs_outfilebuf_drain) error draining buf to file: Broken pipe\n\
                rdiff: Failed, IO error.\n";
    let ignored = ours.in_shell(folder, &arguments, "trap '' PIPE; exec \"$0\" \"$@\"");
    assert_eq!(into_closed_pipe(ignored), (None, Some(100), said.to_owned()));
}
