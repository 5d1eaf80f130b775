//! What a run may take, and what it says when that is not enough.

use crate::session::{Session, program};
use insta::assert_snapshot;
use rollsync::seal::{FileDigest, FileHasher, Seal};
use std::{
    io::Read,
    process::Stdio,
    time::{Duration, Instant},
};

/// A delta of a few bytes that copies a block of 1 MiB so many times.
fn bomb(times: usize) -> Vec<u8> {
    let copy = &b"\x47\0\0\x10\0\0"[..];
    [b"rs\x026", &copy.repeat(times)[..], b"\0"].concat()
}

fn session() -> Session {
    let session = Session::prepared();
    session.silently("rollsync delta -q --plain old.sig new.img -o plain.delta");
    session.write("basis", &[7; 1 << 20]);
    // 20 copies, and one of nearly 2^63 bytes.
    session.write("bomb.delta", &bomb(20));
    let endless = [&b"rs\x026\x48\0"[..], &(i64::MAX as u64).to_be_bytes(), b"\0"].concat();
    session.write("endless.delta", &endless);
    session
}

#[test]
fn a_delta_bomb_stops_at_its_limit() {
    let mut session = session();
    let names = session.names();
    let sealed = |delta: Vec<u8>, len: u64| {
        let mut carrier = FileHasher::new();
        carrier.update(&delta);
        let new = FileDigest { len, digest: [0; 32] };
        [&delta[..], &Seal::Delta { basis: None, new }.record(&carrier)].concat()
    };
    session.write("sealed.delta", &sealed(bomb(20), 1 << 20));
    // A plain delta of a sealed delta that is cut.
    let inner = sealed(bomb(1), 77);
    let literal = u16::try_from(inner.len() - 1).unwrap().to_be_bytes();
    session.write("looks.delta", &[b"rs\x026\x42", &literal[..], &inner[..inner.len() - 1], b"\0"].concat());
    session
        .run("rollsync patch basis looks.delta -o out")
        .run("rollsync patch basis bomb.delta --max-output 10MiB -o out")
        .run("rollsync patch basis bomb.delta --max-output 10MiB | wc -c")
        .run("cat bomb.delta | rollsync patch basis - --max-output 5MB -o out")
        .run("rollsync patch basis endless.delta -o out")
        .run("rollsync patch --json basis endless.delta -o out")
        .run("cat endless.delta | rollsync patch basis - -o out")
        .run("rollsync patch basis sealed.delta -o out")
        .run("rollsync verify sealed.delta --basis basis")
        .run("rollsync patch old.img plain.delta --max-literal 5kB -o out")
        .run("rollsync patch old.img new.delta --max-output 195016 -o out");
    assert_eq!(session.names().len(), names.len() + 2);
    session
        .run("rollsync patch -q basis bomb.delta --max-output none -o out && wc -c < out && rm out")
        .run("rollsync patch -q old.img new.delta --max-output 195017 --max-literal 5321 | cmp - new.img");
    assert_snapshot!(session.transcript());
}

#[test]
fn signatures_and_deltas() {
    let mut session = session();
    let names = session.names();
    session
        .run("rollsync signature old.img --max-output 10kB -o out")
        .run("rollsync signature old.img --max-records 500 -o out")
        .run("rollsync delta old.sig new.img --max-output 5000 -o out")
        .run("rollsync delta old.sig new.img --max-memory 10kB -o out")
        .run("rollsync delta old.sig new.img --max-records 500 -o out")
        .run("rollsync diff old.img new.img --max-output 5000 -o out")
        .run("rollsync diff old.img new.img --max-memory 10kB -o out")
        .run("rollsync diff old.img new.img --max-records 500 -o out")
        .run("rollsync diff --json old.img new.img --max-records 500 -o out")
        .run("rollsync diff old.img new.img --max-time 0 -o out")
        .run("rollsync diff old.img new.img --max-output 5x -o out")
        .run("rollsync diff old.img new.img --max-work -1 -o out")
        .run("rollsync patch old.img new.delta --max-output lots -o out");
    assert_eq!(session.names(), names);
    session
        .run("rollsync diff old.img new.img --max-work 0 -f -o out")
        .run("rollsync diff old.img new.img --max-work none --max-time 600 -f -o out");
    assert_snapshot!(session.transcript());
}

#[test]
fn time_is_up_even_for_a_run_that_waits() {
    let session = session();
    let names = session.names();
    for (arguments, json) in [
        (&["signature", "-", "-o", "out", "--max-time", "0.3"][..], false),
        (&["delta", "old.sig", "-", "-o", "out", "--max-time", "0.3", "--json"], true),
        (&["patch", "old.img", "-", "-f", "-o", "new.img", "--max-time", "0.3"], false),
        (&["patch", "-", "new.delta", "-o", "out", "--max-time", "0.3"], false),
        (&["diff", "-", "new.img", "-o", "out", "--max-time", "0.3"], false),
        (&["info", "-", "--max-time", "0.3"], false),
        (&["verify", "new.delta", "--basis", "-", "--max-time", "0.3"], false),
    ] {
        let started = Instant::now();
        let mut child = program(&session.path(""), arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing comes through it, and it stays open.
        let stdin = child.stdin.take();
        let status = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        drop(stdin);
        assert_eq!(status.code(), Some(5), "{arguments:?}: {said}");
        assert!(started.elapsed() >= Duration::from_millis(300));
        assert!(said.contains("the work takes longer than 0.3 s"), "{said}");
        assert_eq!(said.starts_with('{'), json, "{said}");
        assert_eq!(session.names(), names, "{arguments:?}");
    }
}
