//! Async driving: the bytes of the blocking drivers, whatever the streams do, and whenever it is dropped.

use crate::{
    data::{Random, versions},
    moody::Moody,
};
use rollsync::{
    Buffers, DeltaJob, DeltaOptions, Drive, Error, ErrorKind, Job, LoadJob, NoBasis, Options, PatchJob, Side,
    SignatureIndex, SignatureJob, SignatureParams, delta, load, patch, signature,
    tokio::{AsyncBasis, JobReader, JobWriter, SeekBasis, run, run_with_basis},
};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    io::{self, Cursor, SeekFrom},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncWrite, AsyncWriteExt, ReadBuf};

/// Runs a future; one that waits for what never comes fails.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime
        .block_on(async { tokio::time::timeout(Duration::from_secs(60), future).await.expect("it goes on") })
}

/// What the blocking drivers make of a pair of files.
struct Expected {
    old: Vec<u8>,
    new: Vec<u8>,
    params: SignatureParams,
    signature: Vec<u8>,
    index: SignatureIndex,
    delta: Vec<u8>,
}

impl Expected {
    fn new(seed: u64, len: usize) -> Self {
        let (old, new) = versions(seed, len);
        let params = SignatureParams::recommended(Some(old.len() as u64));
        let (mut sums, mut difference, mut again) = (Vec::new(), Vec::new(), Vec::new());
        let mut options = Options::new();
        signature(&old[..], Some(old.len() as u64), &mut sums, &mut options).unwrap();
        let index = load(&sums[..], None, &mut options).unwrap();
        delta(&index, &new[..], None, &mut difference, &mut options).unwrap();
        patch(&mut &old[..], &difference[..], None, &mut again, &mut options).unwrap();
        assert_eq!(again, new);
        assert!(difference.len() < new.len() / 2, "{} of {}", difference.len(), new.len());
        Self { old, new, params, signature: sums, index, delta: difference }
    }

    fn signature_job(&self) -> SignatureJob {
        SignatureJob::new(self.params)
    }

    fn delta_job(&self) -> DeltaJob<&SignatureIndex> {
        DeltaJob::new(&self.index, DeltaOptions::default())
    }
}

/// Runs a job over moody streams.
async fn moody_run<J: Job>(
    job: J,
    input: &[u8],
    basis: &mut (impl AsyncBasis + ?Sized),
    seed: u64,
) -> (Drive<J>, Vec<u8>) {
    let mut random = Random::new(seed);
    let mut pick = || [1, 7, 300, 5000, 1 << 20][random.below(5)];
    let mut drive = Drive::with_buffers(job, Buffers { input: 1 + pick(), output: 1 + pick() });
    let mut output = Vec::new();
    let input = Moody::new(input, seed + 1, pick());
    let result = run_with_basis(&mut drive, input, basis, Moody::new(&mut output, seed + 2, pick())).await;
    result.unwrap();
    (drive, output)
}

#[test]
fn streams_of_any_mood_change_nothing() {
    block_on(async {
        for seed in 0..20 {
            let expected = Expected::new(seed, 20_000);
            let (drive, signature) =
                moody_run(expected.signature_job(), &expected.old, &mut NoBasis, seed).await;
            assert_eq!(signature, expected.signature, "{seed}");
            let stats = drive.stats();
            assert_eq!((stats.bytes_in, stats.bytes_out), (20_000, signature.len() as u64));

            let (drive, nothing) = moody_run(LoadJob::new(), &signature, &mut NoBasis, seed).await;
            assert_eq!(nothing, b"");
            let loaded = drive.into_job().into_signature().unwrap();
            assert_eq!(loaded, *expected.index.signature(), "{seed}");

            let (_, delta) = moody_run(expected.delta_job(), &expected.new, &mut NoBasis, seed).await;
            assert_eq!(delta, expected.delta, "{seed}");

            let mut memory = &expected.old[..];
            let mut sought = SeekBasis::new(Moody::new(Cursor::new(&expected.old), seed, 4000));
            let (_, new) = moody_run(PatchJob::new(), &delta, &mut memory, seed).await;
            assert_eq!(new, expected.new, "{seed}");
            let (_, new) = moody_run(PatchJob::new(), &delta, &mut sought, seed).await;
            assert_eq!(new, expected.new, "{seed}");
        }
    });
}

#[test]
fn a_job_reads_and_writes_over_duplex_streams() {
    block_on(async {
        for (seed, capacity) in [(1, 1), (2, 61), (3, 4096), (4, 1 << 20)] {
            let expected = Expected::new(seed, 30_000);
            let mut random = Random::new(seed);

            // What feeds it sends pieces of any length; what it makes is read through the reader.
            let (mut near, far) = tokio::io::duplex(capacity);
            let feeding = async {
                let mut rest = &expected.new[..];
                while !rest.is_empty() {
                    let (piece, behind) = rest.split_at(rest.len().min(1 + random.below(3000)));
                    near.write_all(piece).await.unwrap();
                    rest = behind;
                }
                drop(near);
            };
            let reading = async {
                let mut delta = Vec::new();
                let mut reader = JobReader::new(expected.delta_job(), far);
                reader.read_to_end(&mut delta).await.unwrap();
                assert_eq!(reader.stats().bytes_in, expected.new.len() as u64);
                delta
            };
            let ((), delta) = both(feeding, reading).await;
            assert_eq!(delta, expected.delta, "{capacity}");

            // What it makes of what is written comes out at the other end.
            let (near, mut far) = tokio::io::duplex(capacity);
            let writing = async {
                let drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 100, output: 1000 });
                let mut writer = JobWriter::with_basis(drive, near, &expected.old[..]);
                for piece in delta.chunks(77) {
                    writer.write_all(piece).await.unwrap();
                }
                writer.shutdown().await.unwrap();
                assert_eq!(writer.stats().bytes_out, expected.new.len() as u64);
                let late = writer.write(b"more").await.unwrap_err();
                assert_eq!(late.kind(), io::ErrorKind::BrokenPipe);
            };
            let reading = async {
                let mut new = Vec::new();
                far.read_to_end(&mut new).await.unwrap();
                new
            };
            let ((), new) = both(writing, reading).await;
            assert!(new == expected.new, "{capacity}");
        }
    });
}

/// Both results of two futures that need each other.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut from_a, mut from_b) = (None, None);
    poll_fn(|cx| {
        if from_a.is_none() {
            from_a = ready(a.as_mut().poll(cx));
        }
        if from_b.is_none() {
            from_b = ready(b.as_mut().poll(cx));
        }
        if from_a.is_some() && from_b.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (from_a.unwrap(), from_b.unwrap())
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[test]
fn a_run_that_is_dropped_goes_on_where_it_stopped() {
    block_on(async {
        for seed in 0..20 {
            let expected = Expected::new(seed, 20_000);
            let mut random = Random::new(seed);
            let mut drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 64, output: 700 });
            let mut new = Vec::new();
            let mut input = Moody::new(&expected.delta[..], seed, 50);
            let mut output = Moody::new(&mut new, seed, 300);
            let mut basis = SeekBasis::new(Moody::new(Cursor::new(&expected.old), seed, 4000));
            let mut dropped = 0;
            loop {
                let mut run = pin!(run_with_basis(&mut drive, &mut input, &mut basis, &mut output));
                let mut polls = random.below(4);
                let finished = poll_fn(|cx| match run.as_mut().poll(cx) {
                    Poll::Ready(result) => Poll::Ready(Some(result)),
                    Poll::Pending if polls == 0 => Poll::Ready(None),
                    Poll::Pending => {
                        polls -= 1;
                        Poll::Pending
                    }
                });
                if let Some(result) = finished.await {
                    result.unwrap();
                    break;
                }
                dropped += 1;
            }
            assert!(dropped > 10, "{dropped}");
            assert_eq!(new, expected.new, "{seed}");
        }
    });
}

#[test]
fn a_seek_that_nobody_waits_for_does_no_harm() {
    block_on(async {
        for seed in 0..50 {
            let data = b"0123456789";
            let mut basis = SeekBasis::new(Moody::new(Cursor::new(data), seed, 4));
            let mut random = Random::new(seed);
            for _ in 0..20 {
                let offset = random.below(12);
                let mut place = [0; 3];
                // Asked for once and given up, as often as not.
                if random.below(2) == 0 {
                    let elsewhere = random.below(10) as u64;
                    let mut cx = Context::from_waker(Waker::noop());
                    let _: Poll<io::Result<usize>> = basis.poll_read_at(&mut cx, elsewhere, &mut [0; 3]);
                }
                let len = poll_fn(|cx| basis.poll_read_at(cx, offset as u64, &mut place)).await.unwrap();
                let rest = data.get(offset..).unwrap_or(b"");
                assert_eq!(place[..len], rest[..len], "{seed}");
                assert!(len > 0 || rest.is_empty());
            }
        }
        let mut basis = SeekBasis::new(Cursor::new(b"0123456789"));
        for beyond in [11, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
            assert_eq!(poll_fn(|cx| basis.poll_read_at(cx, beyond, &mut [0; 3])).await.unwrap(), 0);
        }
    });
}

#[test]
fn files_that_do_not_block_are_streams_and_basis() {
    use tokio::fs::{self, File};
    let expected = Expected::new(9, 3_000_000);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    block_on(async {
        fs::write(at("old"), &expected.old).await.unwrap();
        fs::write(at("new"), &expected.new).await.unwrap();
        let open = async |name| File::open(at(name)).await.unwrap();
        let create = async |name| File::create(at(name)).await.unwrap();

        let mut drive = Drive::new(expected.signature_job());
        run(&mut drive, open("old").await, create("signature").await).await.unwrap();
        assert!(fs::read(at("signature")).await.unwrap() == expected.signature);
        let mut drive = Drive::new(expected.delta_job());
        run(&mut drive, open("new").await, create("delta").await).await.unwrap();
        assert!(fs::read(at("delta")).await.unwrap() == expected.delta);

        let mut basis = SeekBasis::new(open("old").await);
        let mut drive = Drive::new(PatchJob::new());
        run_with_basis(&mut drive, open("delta").await, &mut basis, create("again").await).await.unwrap();
        assert!(fs::read(at("again")).await.unwrap() == expected.new);

        // Through a writer, which `shutdown` completes.
        let drive = Drive::new(PatchJob::new());
        let mut writer =
            JobWriter::with_basis(drive, create("again").await, SeekBasis::new(open("old").await));
        tokio::io::copy(&mut open("delta").await, &mut writer).await.unwrap();
        writer.shutdown().await.unwrap();
        assert!(fs::read(at("again")).await.unwrap() == expected.new);
    });
}

#[test]
fn work_can_be_spawned() {
    let expected = Expected::new(3, 100_000);
    let (old, delta) = (expected.old.clone(), expected.delta.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let new = runtime.block_on(async {
        let task = tokio::spawn(async move {
            let mut new = Vec::new();
            let mut basis = SeekBasis::new(Cursor::new(old));
            run_with_basis(&mut Drive::new(PatchJob::new()), &delta[..], &mut basis, &mut new).await.unwrap();
            new
        });
        task.await.unwrap()
    });
    assert!(new == expected.new);
}

const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0 and what follows";
const BASIS: &[u8] = b"hello world";

#[test]
fn while_the_input_waits_what_is_known_goes_out() {
    block_on(async {
        let (mut near, far) = tokio::io::duplex(64);
        let mut reader = JobReader::with_basis(Drive::new(PatchJob::new()), far, BASIS);
        near.write_all(&DELTA[..7]).await.unwrap();
        let mut place = [0; 16];
        assert_eq!(reader.read(&mut place).await.unwrap(), 5);
        assert_eq!(&place[..5], b"world");
        near.write_all(&DELTA[7..]).await.unwrap();
        assert_eq!(reader.read(&mut place).await.unwrap(), 1);
        assert_eq!(reader.read(&mut place).await.unwrap(), 0, "END needs no end of the input");

        let (mut near, far) = tokio::io::duplex(64);
        let (output, mut result) = tokio::io::duplex(64);
        let mut drive = Drive::new(PatchJob::new());
        let (mut basis, mut got) = (BASIS, [0; 5]);
        let running = run_with_basis(&mut drive, far, &mut basis, output);
        let talking = async {
            near.write_all(&DELTA[..7]).await.unwrap();
            result.read_exact(&mut got).await.unwrap();
            near.write_all(&DELTA[7..]).await.unwrap();
        };
        let (ran, ()) = both(running, talking).await;
        ran.unwrap();
        assert_eq!(&got, b"world");
    });
}

#[test]
fn a_writer_flushes_finishes_and_ignores_what_is_behind_end() {
    block_on(async {
        let mut written = Vec::new();
        let drive = Drive::new(PatchJob::new());
        let mut writer = JobWriter::with_basis(drive, &mut written, BASIS);
        assert_eq!(writer.write(b"").await.unwrap(), 0);
        writer.write_all(&DELTA[..7]).await.unwrap();
        assert_eq!(writer.stats().bytes_out, 0);
        writer.flush().await.unwrap();
        writer.flush().await.unwrap();
        assert_eq!(writer.stats().bytes_out, 5, "what is known is passed on");
        for byte in &DELTA[7..] {
            writer.write_all(&[*byte]).await.unwrap();
        }
        let (_, stats) = writer.finish().await.unwrap();
        assert_eq!((stats.bytes_out, written.as_slice()), (6, &b"world!"[..]));

        let mut writer = JobWriter::with_basis(Drive::new(PatchJob::new()), Vec::new(), BASIS);
        writer.write_all(&DELTA[..9]).await.unwrap();
        let error = writer.shutdown().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "END is missing");
    });
}

/// Notes what is asked of it.
#[derive(Clone, Default)]
struct Noting(Rc<RefCell<Vec<&'static str>>>);

impl AsyncWrite for Noting {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().push("write");
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.borrow_mut().push("flush");
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.borrow_mut().push("shutdown");
        Poll::Ready(Ok(()))
    }
}

#[test]
fn run_and_finish_flush_and_only_shutdown_shuts_down() {
    block_on(async {
        let noting = Noting::default();
        run_with_basis(&mut Drive::new(PatchJob::new()), DELTA, &mut &BASIS[..], noting.clone())
            .await
            .unwrap();
        assert_eq!(noting.0.take(), ["write", "flush"]);

        let writer = || JobWriter::with_basis(Drive::new(PatchJob::new()), noting.clone(), BASIS);
        let mut finished = writer();
        finished.write_all(DELTA).await.unwrap();
        finished.finish().await.unwrap();
        assert_eq!(noting.0.take(), ["write", "flush"]);

        let mut shut = writer();
        shut.write_all(DELTA).await.unwrap();
        shut.shutdown().await.unwrap();
        assert_eq!(noting.0.take(), ["write", "shutdown"]);
    });
}

#[test]
fn long_work_lets_others_run() {
    // Streams that are always ready, and never make it wait.
    let old = Random::new(5).bytes(1 << 20);
    let buffers = Buffers { input: 4096, output: 4096 };
    let mut drive = Drive::with_buffers(SignatureJob::new(SignatureParams::recommended(None)), buffers);
    let mut sums = Vec::new();
    let waits = block_on(async {
        let mut run = pin!(run(&mut drive, &old[..], &mut sums));
        let mut waits = 0;
        poll_fn(|cx| {
            let poll = run.as_mut().poll(cx);
            waits += usize::from(poll.is_pending());
            poll
        })
        .await
        .unwrap();
        waits
    });
    assert!((10..100).contains(&waits), "{waits}");
}

#[test]
fn a_failing_stream_is_named_with_its_offset() {
    /// Fails at whatever is asked of it.
    struct Broken;
    impl AsyncRead for Broken {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::PermissionDenied.into()))
        }
    }
    impl AsyncSeek for Broken {
        fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
            Ok(())
        }

        fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
            Poll::Ready(Err(io::ErrorKind::NotSeekable.into()))
        }
    }
    let found = |result: Result<(), Error>| match result.unwrap_err() {
        Error::Io { side, offset, source } => (side, offset, source.kind()),
        error => panic!("{error}"),
    };
    let delta = b"rs\x026\x03abc\x45\x06\x05\0";
    block_on(async {
        let mut drive = Drive::new(PatchJob::new());
        let result = run(&mut drive, (&delta[..5]).chain(Broken), tokio::io::sink()).await;
        assert_eq!(found(result), (Side::Read, 5, io::ErrorKind::PermissionDenied));

        let mut drive = Drive::new(PatchJob::new());
        let mut basis = SeekBasis::new(Broken);
        let result = run_with_basis(&mut drive, &delta[..], &mut basis, tokio::io::sink()).await;
        assert_eq!(found(result), (Side::Basis, 6, io::ErrorKind::NotSeekable));

        let mut narrow = [0; 4];
        let mut drive = Drive::new(PatchJob::new());
        let output = Cursor::new(&mut narrow[..]);
        let result = run_with_basis(&mut drive, &delta[..], &mut &b"0123456789a"[..], output).await;
        assert_eq!(found(result), (Side::Write, 4, io::ErrorKind::WriteZero));

        let mut reader = JobReader::new(PatchJob::new(), &b"rs\x026\x03abc\x55"[..]);
        let error = reader.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(
            (inner.kind(), inner.to_string().as_str()),
            (ErrorKind::Corrupt, "reserved opcode 0x55 at offset 8")
        );
    });
}
