//! A job that is told to end while it works.

use std::ptr;

use rollsync::{BlockLen, Options, signature};

use crate::jobs::{Loaded, Slicing};
use crate::library::{DONE, Library};
use crate::sealed_jobs::{ADDITIONS, CANCELLED, Job};

/// Of a block of zeros the signature has the weak sum, and another strong sum: every window of zeros is hashed in vain. All of it
/// would take a minute and more.
#[test]
fn a_delta_is_cancelled_in_the_middle_of_a_call() {
    let block_len = 1 << 20;
    let zeros = vec![0; block_len + 100_000];
    let (mut sums, options) = (Vec::new(), Options::new());
    let mut options = options.block_len(BlockLen::new(block_len as u64).expect("it is in range"));
    signature(&zeros[..block_len], None, &mut sums, &mut options).expect("memory");
    *sums.last_mut().expect("a strong sum") ^= 1;
    let (_, loaded) = Loaded::new(Library::ours(), &sums, Slicing { seed: 1, most: [4096; 2], grows: false });
    let loaded = loaded.expect("it is a signature");
    // SAFETY: the signature is indexed and outlives the job.
    let job = Job(unsafe { (Library::ours().delta_begin)(loaded.raw) });
    let address = job.0.expose_provenance();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        // SAFETY: the job is live until this thread is joined, and it may be cancelled from any thread.
        unsafe { (ADDITIONS.job_cancel)(ptr::with_exposed_provenance_mut(address)) }
    });
    let code = job.iter(&mut &zeros[..], true);
    assert_eq!(canceller.join().expect("it does not panic"), DONE);
    assert_eq!((code, &job.error()[..]), (CANCELLED, "cancelled"));
}
