//! Brings a file up to date over a socket: signature one way, delta the other, nothing held in memory but the index.
//!
//! The receiver has an old version and sends its signature; the sender has the new one and answers with the delta, which
//! the receiver applies as it arrives. Each side closes its direction when it is done, so no lengths need be sent. Here
//! both are threads of one process, and talk over TCP on the loopback interface.
//!
//! `cargo run --example socket`

use rollsync::{Options, OutputFile, OutputOptions, Stats, delta, load, patch, signature};
use std::{
    error::Error,
    fs::{self, File},
    io::Write,
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    thread,
};

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
    Ok(())
}

/// Waits for a signature and answers it with the delta to `new`.
fn send(listener: &TcpListener, new: &Path) -> Result<Stats> {
    let (socket, _) = listener.accept()?;
    let options = &mut Options::new();
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
    let options = &mut Options::new();
    let mut basis = File::open(path)?;
    let len = basis.metadata()?.len();
    let sums = signature(&basis, Some(len), socket, options)?;
    socket.shutdown(Shutdown::Write)?;

    // The old file stands until all of the new one is there.
    let mut output = OutputFile::create(path, &OutputOptions { sync: true, ..OutputOptions::default() })?;
    let patched = patch(&mut basis, socket, None, &mut output, options)?;
    output.flush()?;
    output.commit()?;
    Ok(Traffic { signature: sums.bytes_out, delta: patched.bytes_in })
}
