use super::*;
use crate::{
    Basis, BlockLen, Buffers, DeltaJob, DeltaOptions, Options, PatchJob, SignatureJob, SignatureParams,
    index_basis,
};
use ::tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::Builder,
};
use std::{
    io::{self, Cursor},
    pin::pin,
    task::{Context, Poll, Waker},
};

const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0";
const BASIS: &[u8] = b"hello world";

fn block_on<F: Future>(future: F) -> F::Output {
    Builder::new_current_thread().build().unwrap().block_on(future)
}

async fn read_through(basis: impl AsyncBasis + Unpin) -> Vec<u8> {
    let mut new = Vec::new();
    let mut reader = JobReader::with_basis(Drive::new(PatchJob::new()), DELTA, basis);
    reader.read_to_end(&mut new).await.unwrap();
    new
}

async fn write_through(basis: impl AsyncBasis + Unpin) -> Vec<u8> {
    let mut writer = JobWriter::with_basis(Drive::new(PatchJob::new()), Vec::new(), basis);
    writer.write_all(DELTA).await.unwrap();
    writer.finish().await.unwrap().0
}

/// Is nothing but an async basis, as somebody's own may be.
struct Own(&'static [u8]);

impl AsyncBasis for Own {
    fn poll_read_at(
        &mut self,
        _: &mut Context<'_>,
        offset: u64,
        place: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.0.read_at(offset, place))
    }
}

#[test]
fn an_adapter_may_borrow_its_basis() {
    block_on(async {
        let mut memory = BASIS;
        let mut sought = SeekBasis::new(Cursor::new(BASIS));
        let mut own = Own(BASIS);
        for _ in 0..2 {
            assert_eq!(read_through(&mut memory).await, b"world!");
            assert_eq!(write_through(&mut memory).await, b"world!");
            assert_eq!(read_through(&mut sought).await, b"world!");
            assert_eq!(write_through(&mut sought).await, b"world!");
            assert_eq!(read_through(&mut own as &mut dyn AsyncBasis).await, b"world!");
            assert_eq!(write_through(&mut own as &mut (dyn AsyncBasis + Send)).await, b"world!");
        }
        assert_eq!(sought.into_inner().get_ref(), &BASIS);
    });
}

#[test]
fn work_with_a_borrowed_basis_can_be_sent_to_another_thread() {
    const fn sendable<T: Send>(value: T) -> T {
        value
    }
    let mut own = Own(BASIS);
    let new = block_on(sendable(read_through(&mut own as &mut (dyn AsyncBasis + Send))));
    assert_eq!(new, b"world!");
}

/// The most that a poll added to what `count` says, over streams that never make it wait.
fn most_in_a_poll<J: Job>(drive: &mut Drive<J>, mut input: &[u8], count: impl Fn(&Drive<J>) -> u64) -> u64 {
    let (mut before, mut most) = (0, 0);
    loop {
        // Dropped when it waits, and called again: it goes on.
        let poll = {
            let run = pin!(run(drive, &mut input, ::tokio::io::sink()));
            run.poll(&mut Context::from_waker(Waker::noop()))
        };
        most = most.max(count(drive) - before);
        before = count(drive);
        if let Poll::Ready(result) = poll {
            result.unwrap();
            return most;
        }
    }
}

const BUFFER: usize = 1 << 10;

fn small<J: Job>(job: J) -> Drive<J> {
    Drive::with_buffers(job, Buffers { input: BUFFER, output: BUFFER })
}

fn some_bytes() -> Vec<u8> {
    (0..1_u32 << 17).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect()
}

#[test]
fn a_turn_of_a_signature_takes_at_most_a_buffer() {
    let data = some_bytes();
    let mut drive = small(SignatureJob::new(SignatureParams::recommended(Some(data.len() as u64))));
    let most = most_in_a_poll(&mut drive, &data, |drive| drive.stats().bytes_in);
    assert_eq!(drive.stats().bytes_in, data.len() as u64);
    assert!(most <= 16 * BUFFER as u64, "{most}");
}

#[test]
fn a_turn_of_a_delta_may_hash_a_batch_beside_its_buffer() {
    let (data, block_len) = (some_bytes(), 1 << 16);
    let options = &mut Options::new().block_len(BlockLen::new(block_len).unwrap());
    let index = index_basis(&data[..], None, options).unwrap();
    let delta = || small(DeltaJob::new(&index, DeltaOptions::default()));

    let mut drive = delta();
    let most = most_in_a_poll(&mut drive, &data, |drive| drive.stats().search.hashed_bytes);
    assert_eq!(drive.stats().search.hashed_bytes, data.len() as u64);
    let batch_len = DeltaJob::new(&index, DeltaOptions::default()).batch_len() as u64;
    assert!((block_len..=batch_len + 16 * BUFFER as u64).contains(&most), "{most}");
    let most = most_in_a_poll(&mut delta(), &data, |drive| drive.stats().bytes_in);
    assert!(most <= 16 * BUFFER as u64, "{most}");
}
