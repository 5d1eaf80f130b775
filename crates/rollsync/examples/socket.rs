//! Brings a file up to date over a socket: signature one way, delta the other, nothing held in memory but the index.
//!
//! The receiver has an old version and sends its signature; the sender has the new one and answers with the delta, which
//! the receiver applies as it arrives. Each side closes its direction when it is done, so no lengths need be sent. Here
//! both are threads of one process, and talk over TCP on the loopback interface.
//!
//! Neither trusts what comes: a signature without end would fill the sender's memory, a delta of some bytes can ask for
//! a new file that fills the receiver's disk, and who sends nothing would be waited for. So all of that is limited.
//!
//! `cargo run --example socket`

use rollsync::{ErrorKind, Limits, Options, OutputFile, OutputOptions, Stats, delta, load, patch, signature};
use std::{
    error::Error,
    fs::{self, File},
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

/// What a sender takes from a receiver: a million blocks, and the memory to search them.
const OF_SIGNATURE: Limits = Limits { records: Some(1 << 20), memory: Some(256 << 20), ..Limits::NONE };
/// What a receiver takes from a sender: a new file of a GiB at most.
const OF_DELTA: Limits = Limits { output: Some(1 << 30), ..Limits::NONE };
/// How long either waits for the other to send or to take something.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let old: String = (0..200_000).map(|i| format!("line {i}\n")).collect();
    let new = format!("a line in front\n{}", old.replace("line 77777\n", "changed\n"));
    fs::write(at("theirs"), &new)?;
    fs::write(at("ours"), &old)?;

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let theirs = at("theirs");
    let sender = thread::spawn(move || send(&listener, &theirs));
    let received = receive(&TcpStream::connect(address)?, &at("ours"))?;
    let sent = sender.join().expect("the sender does not panic")?;

    assert_eq!(fs::read_to_string(at("ours"))?, new);
    assert_eq!(sent.bytes_out, received.delta);
    println!("the new file has {} bytes", new.len());
    println!("{} bytes of signature went one way, {} of delta the other", received.signature, received.delta);
    assert!(received.signature + received.delta < new.len() as u64 / 10);
    refuse_too_much(&at("theirs"), &at("ours"))
}

/// A signature that never ends, and a delta of some bytes for an enormous file.
fn refuse_too_much(theirs: &Path, ours: &Path) -> Result<()> {
    let is_limit = |error: Box<dyn Error + Send + Sync>| {
        error.downcast_ref::<rollsync::Error>().is_some_and(|error| error.kind() == ErrorKind::Limit)
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut socket = TcpStream::connect(address)?;
    let endless = thread::spawn(move || {
        let header = &b"rs\x01G\0\0\x08\0\0\0\0\x20"[..];
        io::copy(&mut header.chain(io::repeat(7)), &mut socket)
    });
    assert!(is_limit(send(&listener, theirs).err().ok_or("an endless signature was taken")?));
    assert!(endless.join().expect("it does not panic").is_err(), "the sender hangs up");

    let before = fs::read(ours)?;
    let enormous = thread::spawn(move || {
        let (mut socket, _) = listener.accept()?;
        io::copy(&mut socket, &mut io::sink())?;
        // A copy of 2⁴⁰ bytes.
        socket.write_all(b"rs\x026\x48\0\0\0\x01\0\0\0\0\0\0")
    });
    assert!(is_limit(receive(&TcpStream::connect(address)?, ours).err().ok_or("too large a file was made")?));
    enormous.join().expect("it does not panic")?;
    assert!(fs::read(ours)? == before, "the old file stands");
    println!("a signature without end and a delta for 2^40 bytes were refused");
    Ok(())
}

/// Waits for a signature and answers it with the delta to `new`.
fn send(listener: &TcpListener, new: &Path) -> Result<Stats> {
    let (socket, _) = listener.accept()?;
    socket.set_read_timeout(PATIENCE)?;
    socket.set_write_timeout(PATIENCE)?;
    let options = &mut Options::new().limits(OF_SIGNATURE);
    // Up to the end of what the receiver sends.
    let index = load(&socket, None, options)?;
    let file = File::open(new)?;
    let len = file.metadata()?.len();
    Ok(delta(&index, file, Some(len), &socket, options)?)
}

/// Bytes that went over the socket.
struct Traffic {
    signature: u64,
    delta: u64,
}

/// Replaces `path` by what the other side has.
fn receive(socket: &TcpStream, path: &Path) -> Result<Traffic> {
    socket.set_read_timeout(PATIENCE)?;
    socket.set_write_timeout(PATIENCE)?;
    let mut basis = File::open(path)?;
    let len = basis.metadata()?.len();
    let sums = signature(&basis, Some(len), socket, &mut Options::new())?;
    socket.shutdown(Shutdown::Write)?;

    // The old file stands until all of the new one is there.
    let mut output = OutputFile::create(path, &OutputOptions { sync: true, ..OutputOptions::default() })?;
    let patched = patch(&mut basis, socket, None, &mut output, &mut Options::new().limits(OF_DELTA))?;
    output.flush()?;
    output.commit()?;
    Ok(Traffic { signature: sums.bytes_out, delta: patched.bytes_in })
}
