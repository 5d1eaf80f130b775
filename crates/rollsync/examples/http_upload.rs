//! Uploads a file by difference over HTTP.
//!
//! - `GET /file` asks for the signature of what the server has; the `ETag` says which version that is;
//! - `PATCH /file` sends the delta, with `If-Match`: the server applies it to that version or not at all, and the file
//!   changes all at once, when the result has the digest that the client announced;
//! - the answer is the digest of what is there now.
//!
//! Neither side trusts the other's lengths: the server takes no longer request than it likes and makes no larger file,
//! whatever a delta asks for; the client takes no more records, and no more memory for them, than it likes.
//!
//! The server is a plain HTTP/1.1 one for the loopback interface, as short as it can be; in another the two handlers
//! would be the same.
//!
//! `cargo run --example http_upload`

use rollsync::{ErrorKind, Limits, Options, OutputFile, OutputOptions, delta, load, patch, signature};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    error::Error,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

/// The longest file that the server takes in, in bytes.
const FILE_MAX: u64 = 1 << 30;
/// The longest body of a request: literals, and as much again as they are for short copies.
const REQUEST_MAX: u64 = 2 * FILE_MAX;
/// The longest body of an answer: a signature of as many records as the client takes, 36 bytes each at most.
const ANSWER_MAX: u64 = 12 + 36 * RECORDS_MAX;
const RECORDS_MAX: u64 = 1 << 20;
/// What the client takes of a server's signature, and the memory to search it.
const OF_SIGNATURE: Limits = Limits { records: Some(RECORDS_MAX), memory: Some(256 << 20), ..Limits::NONE };
/// What the server makes of a client's delta.
const OF_DELTA: Limits = Limits { output: Some(FILE_MAX), ..Limits::NONE };
/// How long either waits for the other to send or to take something.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (theirs, ours) = (folder.path().join("theirs"), folder.path().join("ours"));
    let old: Vec<u8> = (0..2_000_000_u64).map(|i| (i * i / 1009).to_le_bytes()[0]).collect();
    let new = [&old[..700_000], b"edited here", &old[700_100..], b"and longer"].concat();
    fs::write(&theirs, &old)?;
    fs::write(&ours, &new)?;

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let file = theirs.clone();
    let server = thread::spawn(move || serve(&listener, &file, 7));

    let upload = upload(address, &ours)?;
    assert!(fs::read(&theirs)? == new);
    println!(
        "{} bytes to upload: {} bytes of signature came, {} bytes of delta went",
        new.len(),
        upload.0,
        upload.1
    );
    assert!(upload.0 + upload.1 < new.len() / 10);

    // A delta for a version that is no longer there, one that does not arrive whole, and one with another result.
    let stale = [("If-Match", etag(&old)), ("X-Sha256", digest(&old))];
    assert_eq!(request(address, "PATCH", &stale, b"rs\x026\0")?.status, 412);
    let current = |result: &[u8]| [("If-Match", etag(&new)), ("X-Sha256", digest(result))];
    let broken = request(address, "PATCH", &current(&new), b"rs\x026\x45\0")?;
    println!("a broken delta: {} {}", broken.status, String::from_utf8_lossy(&broken.body));
    assert_eq!(broken.status, 422);
    assert_eq!(request(address, "PATCH", &current(b"other"), b"rs\x026\x05hello\0")?.status, 422);

    // Some bytes that ask for an enormous file, and a request that says it is enormous.
    let huge = request(address, "PATCH", &current(&new), b"rs\x026\x48\0\0\0\x01\0\0\0\0\0\0")?;
    println!("a delta for 2^40 bytes: {} {}", huge.status, String::from_utf8_lossy(&huge.body));
    assert_eq!(huge.status, 422);
    let mut socket = TcpStream::connect(address)?;
    write!(socket, "PATCH /file HTTP/1.1\r\nContent-Length: {}\r\n\r\n", u64::MAX)?;
    assert_eq!(answer(&socket)?.status, 413);

    assert!(fs::read(&theirs)? == new, "none of them changed the file");
    server.join().expect("the server does not panic")?;

    // A signature that does not end.
    let endless = (&b"rs\x01G\0\0\x08\0\0\0\0\x20"[..]).chain(io::repeat(7));
    let refused = load(endless, None, &mut Options::new().limits(OF_SIGNATURE)).err();
    assert!(refused.is_some_and(|error| error.kind() == ErrorKind::Limit));
    Ok(())
}

/// The client: sends what the server's file lacks; bytes of signature and of delta.
fn upload(server: SocketAddr, path: &Path) -> Result<(usize, usize)> {
    let options = &mut Options::new().limits(OF_SIGNATURE);
    let answer = request(server, "GET", &[], b"")?;
    let version = answer.headers.get("etag").ok_or("no version")?.clone();
    let index = load(&answer.body[..], None, options)?;
    let (mut difference, file) = (Vec::new(), File::open(path)?);
    delta(&index, file, None, &mut difference, options)?;

    let expected = digest(&fs::read(path)?);
    let headers = [("If-Match", version), ("X-Sha256", expected.clone())];
    let patched = request(server, "PATCH", &headers, &difference)?;
    if patched.status != 200 || patched.body != expected.as_bytes() {
        return Err(format!("{}: {}", patched.status, String::from_utf8_lossy(&patched.body)).into());
    }
    Ok((answer.body.len(), difference.len()))
}

/// The server: answers so many requests.
fn serve(listener: &TcpListener, path: &Path, requests: usize) -> Result<()> {
    for _ in 0..requests {
        let (socket, _) = listener.accept()?;
        socket.set_read_timeout(PATIENCE)?;
        socket.set_write_timeout(PATIENCE)?;
        let mut stream = BufReader::new(&socket);
        let (first, headers) = head(&mut stream)?;
        let len = headers.get("content-length").map_or(Ok(0), |len| len.parse::<u64>())?;
        if len > REQUEST_MAX {
            Answer::new(413, b"longer than is taken here").send(&socket)?;
            continue;
        }
        let mut body = stream.take(len);
        let answer = match first.split(' ').next() {
            Some("GET") => send_signature(path),
            Some("PATCH") => apply_delta(path, &headers, &mut body),
            _ => Ok(Answer::new(405, b"GET or PATCH")),
        };
        let answer = answer.unwrap_or_else(|error| Answer::new(500, error.to_string().as_bytes()));
        // What was not looked at is read all the same: a client may send all of it before it reads the answer.
        io::copy(&mut body, &mut io::sink())?;
        answer.send(&socket)?;
    }
    Ok(())
}

fn send_signature(path: &Path) -> Result<Answer> {
    let (bytes, mut sums) = (fs::read(path)?, Vec::new());
    signature(&bytes[..], Some(bytes.len() as u64), &mut sums, &mut Options::new())?;
    let mut answer = Answer::new(200, &sums);
    answer.headers.insert("etag".into(), etag(&bytes));
    Ok(answer)
}

fn apply_delta(path: &Path, headers: &HashMap<String, String>, body: impl Read) -> Result<Answer> {
    let basis = fs::read(path)?;
    if headers.get("if-match") != Some(&etag(&basis)) {
        return Ok(Answer::new(412, b"another version is here by now: ask for its signature"));
    }
    let file = OutputFile::create(path, &OutputOptions { sync: true, ..OutputOptions::default() })?;
    let mut output = Hashing { file, hasher: Sha256::new() };
    if let Err(error) = patch(&mut &basis[..], body, None, &mut output, &mut Options::new().limits(OF_DELTA))
    {
        return Ok(Answer::new(422, error.to_string().as_bytes()));
    }
    let digest = hex(output.hasher);
    if headers.get("x-sha256") != Some(&digest) {
        return Ok(Answer::new(422, b"the result has another digest"));
    }
    output.file.commit()?;
    Ok(Answer::new(200, digest.as_bytes()))
}

/// Hashes what it writes.
struct Hashing {
    file: OutputFile,
    hasher: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.file.write(bytes)?;
        self.hasher.update(&bytes[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Names a version of the file.
fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", digest(bytes))
}

fn digest(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a server says to a request.
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: HashMap::new(), body: body.to_vec() }
    }

    fn send(&self, mut socket: &TcpStream) -> io::Result<()> {
        write!(socket, "HTTP/1.1 {} -\r\nConnection: close\r\n", self.status)?;
        write!(socket, "Content-Length: {}\r\n", self.body.len())?;
        for (name, value) in &self.headers {
            write!(socket, "{name}: {value}\r\n")?;
        }
        socket.write_all(b"\r\n")?;
        socket.write_all(&self.body)
    }
}

fn request(server: SocketAddr, method: &str, headers: &[(&str, String)], body: &[u8]) -> Result<Answer> {
    let socket = TcpStream::connect(server)?;
    socket.set_read_timeout(PATIENCE)?;
    socket.set_write_timeout(PATIENCE)?;
    let mut to = &socket;
    write!(to, "{method} /file HTTP/1.1\r\nHost: {server}\r\nContent-Length: {}\r\n", body.len())?;
    for (name, value) in headers {
        write!(to, "{name}: {value}\r\n")?;
    }
    to.write_all(b"\r\n")?;
    to.write_all(body)?;
    answer(&socket)
}

fn answer(socket: &TcpStream) -> Result<Answer> {
    let mut stream = BufReader::new(socket);
    let (first, headers) = head(&mut stream)?;
    let status = first.split(' ').nth(1).ok_or("no status")?.parse()?;
    let len = headers.get("content-length").ok_or("no length")?.parse()?;
    if len > ANSWER_MAX {
        return Err("the answer is longer than is taken here".into());
    }
    let mut body = Vec::new();
    stream.take(len).read_to_end(&mut body)?;
    Ok(Answer { status, headers, body })
}

/// The first line of a message and its headers, by their names in lower case.
fn head(stream: &mut impl BufRead) -> Result<(String, HashMap<String, String>)> {
    let mut lines = stream.take(16 << 10).lines();
    let first = lines.next().ok_or("nothing came")??;
    let mut headers = HashMap::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            return Ok((first, headers));
        }
        let (name, value) = line.split_once(':').ok_or("a header without a colon")?;
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Err("the head is too long, or cut".into())
}
