//! Jobs run by `rs_job_drive`.

use std::ffi::{c_int, c_void};
use std::ptr;

use rollsync_conformance::{Case, Class, Random};

use crate::jobs::{Loaded, Slicing, copy_from_slice, delta, signature};
use crate::library::{Buffers, DONE, Library};
use crate::log;

/// Feeds a job from memory and takes what it writes.
struct Ends<'a> {
    input: &'a [u8],
    given: usize,
    space: Vec<u8>,
    output: Vec<u8>,
    random: Random,
    /// The callback that does not return `RS_DONE`: in how many calls, and what.
    stop: Option<(usize, c_int)>,
}

impl Ends<'_> {
    fn stops(&mut self) -> Option<c_int> {
        let (calls, code) = self.stop.as_mut()?;
        *calls = calls.checked_sub(1)?;
        (*calls == 0).then_some(*code)
    }
}

/// # Safety
/// `ends` is an `Ends`; `buffers` are librsync's.
unsafe extern "C" fn fill(_: *mut c_void, buffers: *mut Buffers, ends: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let (ends, buffers) = unsafe { (&mut *ends.cast::<Ends<'_>>(), &mut *buffers) };
    if let Some(code) = ends.stops() {
        return code;
    }
    let from = ends.given - buffers.avail_in;
    ends.given += ends.random.below((ends.input.len() - ends.given).min(9_000) + 1);
    buffers.next_in = ends.input[from..].as_ptr().cast_mut().cast();
    buffers.avail_in = ends.given - from;
    buffers.eof_in = (ends.given == ends.input.len()).into();
    DONE
}

/// # Safety
/// `ends` is an `Ends`; `buffers` are librsync's.
unsafe extern "C" fn drain(_: *mut c_void, buffers: *mut Buffers, ends: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let (ends, buffers) = unsafe { (&mut *ends.cast::<Ends<'_>>(), &mut *buffers) };
    if let Some(code) = ends.stops() {
        return code;
    }
    if !buffers.next_out.is_null() {
        let produced = ends.space.len() - buffers.avail_out;
        ends.output.extend_from_slice(&ends.space[..produced]);
    }
    let len = ends.random.between(1, 7_000);
    ends.space = vec![0; len];
    buffers.next_out = ends.space.as_mut_ptr().cast();
    buffers.avail_out = len;
    DONE
}

/// Drives a job to its end and frees it: the result, what came out, statistics and log. `stop` is when a callback returns
/// something else than `RS_DONE`.
pub(crate) fn drive(
    library: &Library,
    job: *mut c_void,
    input: &[u8],
    seed: u64,
    stop: Option<(usize, c_int)>,
) -> (c_int, Vec<u8>, Vec<String>, Vec<String>) {
    let random = Random::new(seed);
    let mut ends = Ends { input, given: 0, space: Vec::new(), output: Vec::new(), random, stop };
    let opaque: *mut c_void = (&raw mut ends).cast();
    let mut buffers = Buffers {
        next_in: ptr::null_mut(),
        avail_in: 99,
        eof_in: 7,
        next_out: ptr::null_mut(),
        avail_out: 99,
    };
    // SAFETY: the job is live; the callbacks get what they expect.
    let code = unsafe { (library.job_drive)(job, &mut buffers, Some(fill), opaque, Some(drain), opaque) };
    // SAFETY: the job is live, and its statistics with it.
    let stats = unsafe { (*(library.job_statistics)(job)).counted() };
    // SAFETY: it is live, and not used afterwards.
    unsafe { (library.job_free)(job) };
    let Ends { output, .. } = ends;
    (code, output, stats, log::take())
}

#[test]
fn driven_jobs() {
    let Some([ours, real]) = Library::both() else { return };
    for seed in 0..120 {
        let case = Case::draw(Class::Mixed, seed);
        let label = format!("{seed}, {:?}", case.arguments);
        let arguments = case.arguments;
        let strong_len = usize::try_from(arguments.strong_len).unwrap_or(usize::MAX);
        let [sums, theirs] = [ours, real].map(|library| {
            let magic = arguments.format.magic().cast_signed();
            // SAFETY: numbers only.
            let job = unsafe { (library.sig_begin)(arguments.block_len, strong_len, magic) };
            drive(library, job, &case.basis, seed, None)
        });
        assert!(sums == theirs, "{label}: {:?} {:?}", sums.2, theirs.2);
        let [difference, theirs] = [ours, real].map(|library| {
            let loaded = Loaded::new(library, &sums.1, Slicing::WHOLE).1.expect("a signature");
            // SAFETY: the signature is indexed and outlives the job.
            let job = unsafe { (library.delta_begin)(loaded.raw) };
            drive(library, job, &case.new, seed, None)
        });
        assert!(difference == theirs, "{label}: {:?} {:?}", difference.2, theirs.2);
        let [new, theirs] = [ours, real].map(|library| {
            let mut basis = &case.basis[..];
            // SAFETY: the callback gets the slice, which outlives the job.
            let job = unsafe { (library.patch_begin)(Some(copy_from_slice), (&raw mut basis).cast()) };
            drive(library, job, &difference.1, seed, None)
        });
        assert!(new == theirs, "{label}: {:?} {:?}", new.2, theirs.2);
        assert!(new.1 == case.new, "{label}");
    }
}

/// What a callback returns is what the drive ends with.
#[test]
fn callbacks_that_stop() {
    let Some([ours, real]) = Library::both() else { return };
    let case = Case::draw(Class::Mixed, 7);
    for code in [1, 2, 100, 106, 77, -4] {
        for calls in 1..6 {
            let [ours, theirs] = [ours, real].map(|library| {
                // SAFETY: numbers only.
                let job = unsafe { (library.sig_begin)(100, 8, 0) };
                let (code, _, _, log) = drive(library, job, &case.basis, 5, Some((calls, code)));
                (code, log)
            });
            assert_eq!(ours, theirs, "{code} in call {calls}");
            assert_eq!(ours.0, code);
        }
    }
}

/// Without callbacks there is no input and no space: a patch that needs neither end is an endless loop in the original, so
/// this is a job that fails at once.
#[test]
fn no_callbacks() {
    let Some(libraries) = Library::both() else { return };
    let [ours, theirs] = libraries.map(|library| {
        let mut buffers = Buffers {
            next_in: ptr::null_mut(),
            avail_in: 0,
            eof_in: 0,
            next_out: ptr::null_mut(),
            avail_out: 0,
        };
        // SAFETY: numbers only; the job is live.
        unsafe {
            let job = (library.sig_begin)(100, 8, 0x1234);
            let null = ptr::null_mut();
            let code = (library.job_drive)(job, &mut buffers, None, null, None, null);
            (library.job_free)(job);
            (code, log::take())
        }
    });
    assert_eq!(ours, theirs);
    assert_eq!(ours.0, 104);
}

/// One signature serves jobs on several threads, and counts what all of them search.
#[test]
fn a_signature_shared_by_threads() {
    let ours = Library::ours();
    let case = Case::draw(Class::Mixed, 9);
    let sums = signature(ours, &case, Slicing::WHOLE);
    let loaded = Loaded::new(ours, &sums.output, Slicing::WHOLE).1.expect("a signature");
    let alone = delta(ours, &loaded, &case.new, Slicing::WHOLE);
    let once = loaded.told().pop().expect("match statistics");
    let count = |line: &str| -> u64 {
        let (_, rest) = line.split_once('[').expect("match statistics");
        rest.split(' ').next().and_then(|n| n.parse().ok()).expect("a count")
    };
    let address = loaded.raw as usize;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let shared = address as *mut c_void;
                // SAFETY: the signature is indexed and outlives the job.
                let job = unsafe { (ours.delta_begin)(shared) };
                let outcome = crate::jobs::run(ours, job, &case.new, Slicing::WHOLE, &[]);
                assert!(outcome == alone);
            });
        }
    });
    assert_eq!(count(&loaded.told().pop().expect("match statistics")), 5 * count(&once));
}
