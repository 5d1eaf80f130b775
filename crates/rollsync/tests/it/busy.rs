//! A delta for which much has to be hashed: whoever drives it has a turn in between.

use rollsync::{
    BlockLen, CancelToken, DeltaJob, DeltaOptions, Error, Options, Profile, Report, SignatureIndex, Threads,
    delta, load, signature, tokio::JobWriter,
};
use std::{
    cell::Cell,
    future::Future,
    io,
    num::NonZeroUsize,
    pin::pin,
    task::{Context, Poll, Waker},
};
use tokio::io::AsyncWriteExt;

/// So long that much has to be hashed, and no longer than is searched ahead.
const BLOCK_LEN: usize = 512 << 10;

/// Of a block of zeros the weak sum, and another strong sum: every window of zeros has to be hashed, in vain.
fn every_window_is_hashed() -> SignatureIndex {
    let mut sums = Vec::new();
    let options = &mut Options::new().block_len(BlockLen::new(BLOCK_LEN as u64).unwrap());
    signature(&vec![0; BLOCK_LEN][..], None, &mut sums, options).unwrap();
    *sums.last_mut().unwrap() ^= 1;
    load(&sums[..], None, &mut Options::new()).unwrap()
}

#[test]
fn it_is_told_and_may_be_cancelled() {
    let (index, new) = (every_window_is_hashed(), vec![0; BLOCK_LEN + 200_000]);
    for threads in [1, 2] {
        let (token, told) = (CancelToken::new(), Cell::new(0));
        let mut stop = |report: Report| {
            told.set(if report.bytes_in > BLOCK_LEN as u64 { told.get() + 1 } else { 0 });
            // So often only in the middle: it is told a few times at the end as well.
            if told.get() == 20 {
                token.cancel();
            }
        };
        let options = Options::new().profile(Profile::Librsync234).cancel(&token).progress(&mut stop);
        let mut options = options.threads(Threads::Exactly(NonZeroUsize::new(threads).unwrap()));
        // All of it would take half a minute and more.
        let result = delta(&index, &new[..], None, io::sink(), &mut options);
        assert!(matches!(result, Err(Error::Cancelled)), "{threads} threads: {result:?}");
        assert_eq!(told.get(), 20);
    }
}

#[test]
fn other_tasks_have_their_turn() {
    let (index, new) = (every_window_is_hashed(), vec![0; BLOCK_LEN + 300]);
    let options = DeltaOptions { profile: Profile::Librsync234, ..DeltaOptions::default() };
    let mut writer = JobWriter::new(DeltaJob::new(&index, options), io::Cursor::new(Vec::new()));
    let work = async {
        writer.write_all(&new).await.unwrap();
        writer.finish().await.unwrap().1
    };
    let (mut work, mut turns) = (pin!(work), 0);
    let stats = loop {
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(stats) => break stats,
            Poll::Pending => turns += 1,
        }
    };
    assert_eq!(stats.search.strong_sums, 301);
    assert!(turns >= 3, "{turns}");
}
