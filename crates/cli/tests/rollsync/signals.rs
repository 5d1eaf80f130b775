//! Runs that are ended from outside.

use crate::session::{Session, program};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    process::{Child, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let session = Session::prepared();
    let names = session.names();
    let mut child = blocked(&session, &["delta", "old.sig", "-", "-o", "out"]);
    wait_for("the temporary", || session.names().iter().any(|name| name.ends_with(".tmp")));
    let (status, said) = end(&mut child, Signal::INT);
    assert_eq!((status.code(), said.as_str()), (Some(130), ""));
    assert_eq!(session.names(), names);
}

#[test]
fn an_interrupt_keeps_what_was_to_be_replaced() {
    let session = Session::prepared();
    let (names, before) = (session.names(), session.read("new.img"));
    let mut child = blocked(&session, &["patch", "old.img", "-", "-o", "new.img", "--force"]);
    wait_for("the temporary", || session.names().len() > names.len());
    let (status, said) = end(&mut child, Signal::INT);
    assert_eq!((status.code(), said.as_str()), (Some(130), ""));
    assert_eq!((session.names(), session.read("new.img")), (names, before));
}

#[test]
fn an_interrupt_ends_a_pipe_and_a_spill() {
    let session = Session::prepared();
    for arguments in [&["signature", "-"][..], &["patch", "-", "new.delta"], &["info", "-"]] {
        let mut child = blocked(&session, arguments);
        let (status, said) = end(&mut child, Signal::INT);
        assert_eq!((status.code(), said.as_str()), (Some(130), ""), "{arguments:?}");
    }
}

#[test]
fn termination_cleans_up_and_is_seen_as_such() {
    let session = Session::prepared();
    let names = session.names();
    for signal in [Signal::TERM, Signal::HUP] {
        let mut child = blocked(&session, &["delta", "old.sig", "-", "-o", "out"]);
        wait_for("the temporary", || session.names().len() > names.len());
        let (status, said) = end(&mut child, signal);
        assert_eq!((status.signal(), said.as_str()), (Some(signal.as_raw()), ""));
        assert_eq!(session.names(), names);
    }
}

#[test]
fn a_closed_pipe_is_no_error_message() {
    let session = Session::prepared();
    let all = [
        &["signature", "old.img"][..],
        &["delta", "old.sig", "new.img"],
        &["patch", "old.img", "new.delta"],
        &["diff", "old.img", "new.img"],
        &["info", "old.sig"],
        &["info", "--json", "new.delta"],
        &["--help"],
        &["signature", "--json", "old.img", "-o", "out"],
    ];
    for arguments in all {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output =
            program(&session.path(""), arguments).stdin(Stdio::null()).stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(141), ""), "{arguments:?}");
    }
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    let session = Session::prepared();
    for arguments in [&["diff", "old.img", "new.img", "-o", "out"][..], &["info", "old.img"], &["nonsense"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = program(&session.path(""), arguments).stdin(Stdio::null()).stderr(writer).status();
        let expected = match arguments[0] {
            "diff" => 0,
            "info" => 3,
            _ => 2,
        };
        assert_eq!(status.unwrap().code(), Some(expected), "{arguments:?}");
    }
}

/// A run that waits for standard input, of which a first piece has come, and for signals.
fn blocked(session: &Session, arguments: &[&str]) -> Child {
    let mut command = program(&session.path(""), arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The first bytes of a delta: for some runs the right ones, for others as good as any.
    child.stdin.as_mut().unwrap().write_all(b"rs\x026").unwrap();
    let status = format!("/proc/{}/status", child.id());
    wait_for("the watch for signals", || {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        [Signal::INT, Signal::TERM, Signal::HUP].iter().all(|signal| caught >> (signal.as_raw() - 1) & 1 == 1)
    });
    child
}

/// Sends a signal and waits for the end, with standard input still open.
fn end(child: &mut Child, signal: Signal) -> (ExitStatus, String) {
    kill_process(Pid::from_child(child), signal).unwrap();
    let mut status = None;
    wait_for("the end", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (status.unwrap(), said)
}

fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_there() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
