//! Runs that are ended while they wait for their input.

use crate::case::{Case, said};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::Write,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const WAITING: [&str; 7] = [
    "rollsync signature - -f -o out",
    "rollsync delta sums - -f -o out",
    "rollsync diff old - -f -o out",
    "rollsync patch old - -f -o old",
    "rdiff -f signature - out",
    "rdiff -f delta sums - out",
    "rdiff -f patch old - old",
];

/// Ends a run when its temporary is there.
fn ended(case: &Case, line: &str, signal: Signal) -> Output {
    let mut command = case.command(line);
    let reset = || {
        // SAFETY: there is no handler that could be unsound, and the call is one that may follow a fork.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
        Ok(())
    };
    // SAFETY: the closure makes this one system call, and allocates nothing.
    unsafe { command.pre_exec(reset) };
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"rs\x026").expect("a pipe");
    let started = Instant::now();
    while temporaries(case).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60), "{line}: no temporary");
        thread::sleep(Duration::from_millis(1));
    }
    kill_process(Pid::from_child(&child), signal).expect("the process is there");
    let output = child.wait_with_output().expect("the program ends");
    drop(stdin);
    output
}

fn temporaries(case: &Case) -> Vec<String> {
    let entries = std::fs::read_dir(case.folder()).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    names.filter(|name| !["old", "new", "sums", "delta", "plain", "out"].contains(&name.as_str())).collect()
}

#[test]
fn an_interrupt() {
    let mut case = Case::new();
    std::fs::write(case.path("out"), "what was there").expect("out");
    case.note();
    for line in WAITING {
        let output = ended(&case, line, Signal::INT);
        let said = said(&output);
        if line.starts_with("rollsync") {
            assert_eq!((output.status.code(), said.as_str()), (Some(130), ""), "{line}");
        } else {
            assert_eq!((output.status.signal(), said.as_str()), (Some(libc::SIGINT), ""), "{line}");
        }
        case.assert_unchanged(line);
    }
}

#[test]
fn a_kill_leaves_a_temporary_that_says_so() {
    let mut case = Case::new();
    std::fs::write(case.path("out"), "what was there").expect("out");
    case.note();
    for line in WAITING {
        let output = ended(&case, line, Signal::KILL);
        assert_eq!(output.status.signal(), Some(libc::SIGKILL), "{line}");
        let left = temporaries(&case);
        let [name] = &left[..] else { panic!("{line}: {left:?}") };
        assert!(name.starts_with(".rollsync-") && name.ends_with(".tmp"), "{line}: {name}");
        // The next run does not mind it, and does not take it away.
        let again =
            case.command("rollsync patch old delta -f -o /dev/null").output().expect("the program starts");
        assert!(again.status.success(), "{}", said(&again));
        std::fs::remove_file(case.path(name)).expect("the temporary");
        case.assert_unchanged(line);
    }
}

#[test]
fn a_pipe_that_is_closed_in_the_middle() {
    let case = Case::new();
    for line in ["signature -b 64 old", "delta sums new", "patch old delta"] {
        for program in ["rollsync", "rdiff"] {
            let line = format!("{program} {line}");
            // To the one who gives up after some bytes the status is not told: it goes through a descriptor.
            let script =
                "{ \"$@\"; echo $? >&3; } 3>&2 2>said | head -c 1000 > /dev/null; cat said >&2; rm said";
            let output = case.scripted(script, &line).output().expect("a shell");
            assert_eq!(said(&output), "141\n", "{line}");
            case.assert_unchanged(&line);
        }
    }
}
