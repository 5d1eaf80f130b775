//! Jobs run by `rs_job_iter`, over random slicings: ours beside the real one.

use std::ffi::{c_int, c_void};
use std::ptr;

use rollsync_conformance::{Case, Class, Random};

use crate::library::{BLOCKED, Buffers, DONE, Library};
use crate::log;

/// What came of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: c_int,
    pub(crate) output: Vec<u8>,
    /// Bytes of the input that were taken, if it is done.
    pub(crate) consumed: Option<usize>,
    pub(crate) stats: Vec<String>,
    pub(crate) log: Vec<String>,
}

/// How a job is fed: pieces of random lengths from a seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slicing {
    pub(crate) seed: u64,
    /// The longest piece of input, and of output space.
    pub(crate) most: [usize; 2],
    /// Whether a piece that was not taken whole, for lack of space, grows.
    pub(crate) grows: bool,
}

impl Slicing {
    pub(crate) const WHOLE: Self = Self { seed: 0, most: [usize::MAX; 2], grows: false };

    pub(crate) fn draw(random: &mut Random) -> Self {
        let seed = random.number();
        let most = [(); 2].map(|()| random.pick(&[1, 3, 100, 5_000, 100_000, usize::MAX]));
        Self { seed, most, grows: random.one_in(3) }
    }
}

/// Runs a job to its end and frees it. `retry` are results after which it is called again.
pub(crate) fn run(
    library: &Library,
    job: *mut c_void,
    input: &[u8],
    slicing: Slicing,
    retry: &[c_int],
) -> Outcome {
    assert!(!job.is_null(), "rs_*_begin never fails");
    let mut random = Random::new(slicing.seed);
    let mut draw = |most: usize, whole: usize| {
        let most = most.min(whole);
        // Nothing at all, now and then.
        if random.one_in(9) && slicing.seed != 0 { 0 } else { random.between(1.min(most), most) }
    };
    let whole = 1 << 18;
    let (mut consumed, mut output) = (0, Vec::new());
    let mut offered = draw(slicing.most[0], input.len());
    let code = loop {
        let mut space = vec![0x5a_u8; draw(slicing.most[1], whole)];
        let mut buffers = Buffers {
            // Never written through.
            next_in: input[consumed..offered].as_ptr().cast_mut().cast(),
            avail_in: offered - consumed,
            eof_in: (offered == input.len()).into(),
            next_out: space.as_mut_ptr().cast(),
            avail_out: space.len(),
        };
        // SAFETY: the job is live, the buffers are as long as they say.
        let code = unsafe { (library.job_iter)(job, &mut buffers) };
        let produced = space.len() - buffers.avail_out;
        output.extend_from_slice(&space[..produced]);
        consumed = offered - buffers.avail_in;
        if code != BLOCKED && !retry.contains(&code) {
            break code;
        }
        // With its output full, it may not have seen all of this piece.
        if buffers.avail_out > 0 || space.is_empty() || slicing.grows {
            offered += draw(slicing.most[0], input.len() - offered);
        }
    };
    // SAFETY: the job is live, and its statistics with it.
    let stats = unsafe { (*(library.job_statistics)(job)).counted() };
    // SAFETY: it is live, and not used afterwards.
    assert_eq!(unsafe { (library.job_free)(job) }, DONE);
    let consumed = (code == DONE).then_some(consumed);
    Outcome { code, output, consumed, stats, log: log::take() }
}

/// A signature that is loaded and indexed.
pub(crate) struct Loaded {
    library: &'static Library,
    pub(crate) raw: *mut c_void,
}

impl Loaded {
    pub(crate) fn new(
        library: &'static Library,
        signature: &[u8],
        slicing: Slicing,
    ) -> (Outcome, Option<Self>) {
        let mut raw = ptr::null_mut();
        // SAFETY: a place for a pointer, which is stored at once.
        let job = unsafe { (library.loadsig_begin)(&mut raw) };
        assert!(!raw.is_null(), "stored at once");
        let outcome = run(library, job, signature, slicing, &[]);
        let loaded = Self { library, raw };
        if outcome.code != DONE {
            return (outcome, None);
        }
        // SAFETY: the signature is live, and loaded.
        assert_eq!(unsafe { (library.build_hash_table)(raw) }, DONE);
        (outcome, Some(loaded))
    }

    /// What the log is told of it: records and searches.
    pub(crate) fn told(&self) -> Vec<String> {
        // SAFETY: the signature is live and indexed.
        unsafe {
            (self.library.sumset_dump)(self.raw);
            (self.library.signature_log_stats)(self.raw);
        }
        log::take()
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: it is live, and freed here alone.
        unsafe { (self.library.free_sumset)(self.raw) };
    }
}

/// Does what `rs_file_copy_cb` does with a file.
///
/// # Safety
/// `basis` is a `&[u8]`; `len` and `place` are librsync's.
pub(crate) unsafe extern "C" fn copy_from_slice(
    basis: *mut c_void,
    offset: i64,
    len: *mut usize,
    place: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let (basis, len) = unsafe { (*basis.cast::<&[u8]>(), &mut *len) };
    let rest = usize::try_from(offset).ok().and_then(|offset| basis.get(offset..)).unwrap_or(&[]);
    *len = rest.len().min(*len);
    if *len == 0 {
        return 103;
    }
    // SAFETY: `rest` has so many bytes, and librsync has asked for no fewer.
    unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), (*place).cast(), *len) };
    DONE
}

pub(crate) fn signature(library: &'static Library, case: &Case, slicing: Slicing) -> Outcome {
    let arguments = case.arguments;
    let strong_len = usize::try_from(arguments.strong_len).unwrap_or(usize::MAX);
    // SAFETY: numbers only.
    let job = unsafe {
        (library.sig_begin)(arguments.block_len, strong_len, arguments.format.magic().cast_signed())
    };
    run(library, job, &case.basis, slicing, &[])
}

pub(crate) fn delta(library: &'static Library, loaded: &Loaded, new: &[u8], slicing: Slicing) -> Outcome {
    // SAFETY: the signature is indexed and outlives the job.
    let job = unsafe { (library.delta_begin)(loaded.raw) };
    run(library, job, new, slicing, &[])
}

pub(crate) fn patch(library: &'static Library, basis: &[u8], delta: &[u8], slicing: Slicing) -> Outcome {
    let mut basis = basis;
    // SAFETY: the callback gets the slice, which outlives the job.
    let job = unsafe { (library.patch_begin)(Some(copy_from_slice), (&raw mut basis).cast()) };
    run(library, job, delta, slicing, &[])
}

#[test]
fn all_four_jobs_over_random_slicings() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(11);
    for seed in 0..80 {
        let class = random.pick(&Class::ALL);
        let case = Case::draw(class, seed);
        let label = format!("{class:?} {seed}, {:?}", case.arguments);
        let slicings: [Slicing; 4] = std::array::from_fn(|_| Slicing::draw(&mut random));

        let [sums, theirs] = [ours, real].map(|library| signature(library, &case, slicings[0]));
        assert!(sums == theirs, "{label}, {:?}: {:?} {:?}", slicings[0], sums.stats, theirs.stats);
        assert_eq!(sums.code, DONE, "{label}");

        let [loaded, theirs] = [ours, real].map(|library| Loaded::new(library, &sums.output, slicings[1]));
        assert_eq!(loaded.0, theirs.0, "{label}, {:?}", slicings[1]);
        let (Some(loaded), Some(their_loaded)) = (loaded.1, theirs.1) else { panic!("{label}") };
        let slicing = slicings[2];
        let difference = delta(ours, &loaded, &case.new, slicing);
        let theirs = delta(real, &their_loaded, &case.new, slicing);
        assert!(difference == theirs, "{label}, {slicing:?}: {:?} {:?}", difference.stats, theirs.stats);
        assert_eq!(loaded.told(), their_loaded.told(), "{label}");

        let [new, theirs] =
            [ours, real].map(|library| patch(library, &case.basis, &difference.output, slicings[3]));
        assert!(new == theirs, "{label}, {:?}: {:?} {:?}", slicings[3], new.stats, theirs.stats);
        // With strong sums of a byte, librsync itself takes one block for another.
        assert!(class == Class::ShortStrongSum || new.output == case.new, "{label}");
    }
}

/// Without records, or without a signature, all is literal.
#[test]
fn deltas_against_nothing() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(12);
    for case in 0..400 {
        let len = random.pick(&[0, 1, 64, 65, 255, 300, 70_000, 200_000]);
        let new = random.bytes(len, 256);
        let slicing = Slicing::draw(&mut random);
        let [bare, theirs] = [ours, real].map(|library| {
            // SAFETY: NULL is "no signature".
            let job = unsafe { (library.delta_begin)(ptr::null_mut()) };
            run(library, job, &new, slicing, &[])
        });
        assert!(bare == theirs, "case {case}, {slicing:?}: {:?} {:?}", bare.stats, theirs.stats);
        let header = b"rs\x01\x36\0\0\x08\0\0\0\0\x08";
        let [empty, theirs] = [ours, real].map(|library| {
            let loaded = Loaded::new(library, header, Slicing::WHOLE).1.expect("a header is a signature");
            delta(library, &loaded, &new, slicing)
        });
        assert!(empty == theirs, "case {case}, {slicing:?}");
        assert!(empty.output == bare.output, "case {case}, {slicing:?}");
    }
}

/// Bytes that are no signature, or a broken one.
#[test]
fn loading_anything() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(13);
    let good = signature(ours, &Case::draw(Class::Mixed, 3), Slicing::WHOLE).output;
    for case in 0..3000 {
        let mut bytes = good.clone();
        match random.below(4) {
            0 => bytes.truncate(random.below(60)),
            1 => bytes.truncate(random.below(good.len())),
            2 => {
                let at = random.below(12);
                bytes[at] = random.pick(&[0, 0, 1, 0x36, 0x46, 0xff, 17, 33]);
                bytes.truncate(random.between(0, 200));
            }
            _ => {
                bytes[..12].copy_from_slice(&[0x72, 0x73, 1, 0x37, 0, 0, 1, 0, 0, 0, 0, 0]);
                bytes[3] = random.pick(&[0x36, 0x37, 0x46, 0x47, 0x48]);
                bytes[11] = random.pick(&[0, 1, 16, 17, 32, 33]);
                bytes.truncate(random.between(12, 300));
            }
        }
        let slicing = Slicing::draw(&mut random);
        let [ours, theirs] = [ours, real].map(|library| {
            let (outcome, loaded) = Loaded::new(library, &bytes, slicing);
            let told = loaded.map(|loaded| loaded.told());
            (outcome, told)
        });
        assert_eq!(ours, theirs, "case {case}, {slicing:?}: {:02x?}", &bytes[..bytes.len().min(20)]);
    }
}

/// Parameters that `rs_sig_begin` cannot work with are found when the job first runs.
#[test]
fn signature_parameters() {
    let Some([ours, real]) = Library::both() else { return };
    for (block_len, strong_len, magic) in [
        (0, 0, 0),
        (100, usize::MAX, 0x7273_0136),
        (100, 0xffff_ffff, 0x7273_0137),
        (100, (1 << 32) + 5, 0x7273_0137),
        ((1 << 32) + 64, 8, 0x7273_0146),
        (100, 17, 0x7273_0136),
        (100, 33, 0x7273_0147),
        (100, 8, 0x1234),
        (100, 8, 0x7273_0236),
    ] {
        let [ours, theirs] = [ours, real].map(|library| {
            // SAFETY: numbers only.
            let job = unsafe { (library.sig_begin)(block_len, strong_len, magic) };
            run(library, job, &[7; 1000], Slicing::WHOLE, &[])
        });
        assert_eq!(ours, theirs, "{block_len} {strong_len} {magic:#x}");
    }
    // The real one aborts.
    // SAFETY: numbers only.
    let job = unsafe { (ours.sig_begin)(1 << 31, 8, 0) };
    assert_eq!(run(ours, job, &[7; 1000], Slicing::WHOLE, &[]).code, 108);
}

/// Called again when it is done, a job stays done; with input and space it is an error, as in the real one.
#[test]
fn after_the_end() {
    let Some([ours, real]) = Library::both() else { return };
    let [ours, theirs] = [ours, real].map(|library| {
        // SAFETY: numbers only.
        let job = unsafe { (library.sig_begin)(16, 8, 0) };
        let (mut input, mut space) = ([1_u8; 40], [0_u8; 1000]);
        let mut results = Vec::new();
        for (avail_in, avail_out) in [(40, 1000), (0, 1000), (2, 0), (0, 0), (2, 900)] {
            let mut buffers = Buffers {
                next_in: input.as_mut_ptr().cast(),
                avail_in,
                eof_in: 1,
                next_out: space.as_mut_ptr().cast(),
                avail_out,
            };
            // SAFETY: the job is live, the buffers are as long as they say.
            let code = unsafe { (library.job_iter)(job, &mut buffers) };
            results.push((code, buffers.avail_in, buffers.avail_out));
        }
        // SAFETY: it is live, and not used afterwards.
        unsafe { (library.job_free)(job) };
        (results, log::take())
    });
    assert_eq!(ours, theirs);
    assert_eq!(ours.0.last().map(|last| last.0), Some(107));
}

/// A caller who has said "that was all" too early may take it back.
#[test]
fn an_end_taken_back() {
    let Some([ours, real]) = Library::both() else { return };
    let delta = b"rs\x026\x05hello\x45\x00\x03\0";
    for cut in 0..delta.len() {
        let [ours, theirs] = [ours, real].map(|library| {
            let mut basis = &b"0123456789"[..];
            // SAFETY: the callback gets the slice, which outlives the job.
            let job = unsafe { (library.patch_begin)(Some(copy_from_slice), (&raw mut basis).cast()) };
            let mut space = [0_u8; 100];
            let mut buffers = Buffers {
                next_in: delta.as_ptr().cast_mut().cast(),
                avail_in: cut,
                eof_in: 1,
                next_out: space.as_mut_ptr().cast(),
                avail_out: space.len(),
            };
            // SAFETY: the job is live, the buffers are as long as they say.
            let first = unsafe { (library.job_iter)(job, &mut buffers) };
            buffers.avail_in += delta.len() - cut;
            // SAFETY: as above; what was left is offered first.
            let second = unsafe { (library.job_iter)(job, &mut buffers) };
            let produced = space.len() - buffers.avail_out;
            // SAFETY: it is live, and not used afterwards.
            unsafe { (library.job_free)(job) };
            (first, second, space[..produced].to_vec(), log::take())
        });
        assert_eq!(ours, theirs, "cut at {cut}");
        assert_eq!((ours.0, ours.1, &ours.2[..]), (103, 0, &b"hello012"[..]), "cut at {cut}");
    }
}
