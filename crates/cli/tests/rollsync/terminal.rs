//! On a terminal.

use crate::session::{Session, program};
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// A terminal, and what was written to it.
struct Terminal {
    device: File,
    screen: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Terminal {
    fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let device = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let screen = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&screen);
        let mut master = File::from(master);
        let reader = thread::spawn(move || {
            let mut place = [0; 4096];
            // The end is an error: nobody holds the other side any more.
            while let Ok(len @ 1..) = master.read(&mut place) {
                written.lock().unwrap().extend_from_slice(&place[..len]);
            }
        });
        Self { device, screen, reader }
    }

    fn side(&self) -> File {
        self.device.try_clone().unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// All that was written, when the program has ended.
    fn close(self) -> String {
        drop(self.device);
        self.reader.join().unwrap();
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }
}

/// Feeds a run that reads standard input, in small pieces, slowly for so long or until `enough` says; whether it did before the
/// last.
fn feed(child: &mut Child, bytes: &[u8], time: Duration, enough: impl Fn() -> bool) -> bool {
    let mut input = child.stdin.take().unwrap();
    let (started, mut was_enough) = (Instant::now(), false);
    for piece in bytes.chunks(100) {
        was_enough = was_enough || enough();
        if !was_enough && started.elapsed() < time {
            thread::sleep(Duration::from_millis(10));
        }
        input.write_all(piece).unwrap();
    }
    was_enough
}

#[test]
fn progress_is_drawn_and_goes_away() {
    let (session, terminal) = (Session::prepared(), Terminal::new());
    let mut child = program(&session.path(""), &["delta", "old.sig", "-", "-o", "out"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(terminal.side())
        .spawn()
        .unwrap();
    let drawn = || terminal.text().contains("searching the new file");
    let in_time = feed(&mut child, &session.read("new.img"), Duration::from_secs(60), drawn);
    assert!(in_time, "nothing is drawn while the new file comes: {:?}", terminal.text());
    assert!(child.wait().unwrap().success());
    assert_eq!(session.read("out"), session.read("new.delta"));
    let text = terminal.close();
    let (drawn, rest) = text.rsplit_once("B/s").expect("a rate is drawn");
    assert!(drawn.contains("searching the new file"), "{text:?}");
    let (gone, said) = rest.split_once("delta: ").expect("the result is said");
    assert!(gone.contains("\x1b[2K"), "the line is not taken away: {text:?}");
    assert!(said.starts_with("195 kB new"), "{text:?}");
}

#[test]
fn progress_with_a_known_length_says_how_long_it_will_take() {
    let (session, terminal) = (Session::prepared(), Terminal::new());
    // A file that is longer than what 250 ms are enough for, and takes no room.
    File::create(session.path("long")).unwrap().set_len(1 << 40).unwrap();
    let mut child = program(&session.path(""), &["signature", "long", "-o", "out"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(terminal.side())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !terminal.text().contains(" left") {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is drawn: {:?}", terminal.text());
        thread::sleep(Duration::from_millis(10));
    }
    assert!(started.elapsed() >= Duration::from_millis(250), "that was too soon");
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let text = terminal.close();
    assert!(text.contains("hashing the basis [") && text.contains(" of 1.10 TB, "), "{text:?}");
    let (_, rest) = text.rsplit_once(" left").unwrap();
    assert!(rest.contains("\x1b[2K"), "the line stays behind an interrupt: {text:?}");
    assert!(!session.names().iter().any(|name| name.ends_with(".tmp") || name == "out"));
}

#[test]
fn progress_is_not_drawn_where_nobody_wants_it() {
    let session = Session::prepared();
    for (option, term) in [("--quiet", "xterm"), ("--no-sync", "dumb")] {
        let terminal = Terminal::new();
        let mut child = program(&session.path(""), &["delta", "old.sig", "-", "-f", "-o", "out", option])
            .env("TERM", term)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(terminal.side())
            .spawn()
            .unwrap();
        feed(&mut child, &session.read("new.img"), Duration::from_millis(400), || false);
        assert!(child.wait().unwrap().success());
        let text = terminal.close();
        assert!(!text.contains("searching"), "{text:?}");
        assert_eq!(text.is_empty(), option == "--quiet", "{text:?}");
    }
}

#[test]
fn a_terminal_takes_no_binary_unless_told_so() {
    let session = Session::prepared();
    for (arguments, status, said) in [
        (
            &["signature", "old.img"][..],
            2,
            "standard output is a terminal, and a signature is not for reading",
        ),
        (&["delta", "old.sig", "new.img"], 2, "and a delta is not for reading"),
        (&["patch", "old.img", "new.delta"], 2, "and a new file is not for reading"),
        (&["diff", "old.img", "new.img"], 2, "name a file with -o FILE"),
        (&["patch", "empty", "-", "-o", "-"], 0, ""),
    ] {
        let terminal = Terminal::new();
        let mut child = program(&session.path(""), arguments)
            .stdin(Stdio::piped())
            .stdout(terminal.side())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It need not be read.
        let _ = child.stdin.take().unwrap().write_all(b"rs\x026\x06hello\n\0");
        let output = child.wait_with_output().unwrap();
        let (text, error) = (terminal.close(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(status), "{error}");
        assert!(error.contains(said), "{error}");
        assert_eq!(text.contains("hello"), status == 0);
    }
}

#[test]
fn errors_are_coloured_on_a_terminal_alone() {
    let (session, terminal) = (Session::prepared(), Terminal::new());
    let mut command = program(&session.path(""), &["info", "old.img"]);
    let status = command.stdin(Stdio::null()).env_remove("NO_COLOR").stderr(terminal.side()).status();
    assert_eq!(status.unwrap().code(), Some(3));
    drop(command);
    let text = terminal.close();
    assert!(
        text.starts_with("\x1b[1m\x1b[31merror:\x1b[0m cannot describe the file: old.img is"),
        "{text:?}"
    );
}
