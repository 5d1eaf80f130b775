//! Patch jobs that look for a seal: when basis and delta do not belong together, they fail as the whole-file function does.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::LazyLock;

use rollsync::{
    Options, delta, load,
    seal::{FileDigest, FileHasher, SEAL_LEN, Seal},
    signature,
};
use rollsync_conformance::Random;

use crate::driven::drive;
use crate::jobs::{Outcome, Slicing, copy_from_slice, run};
use crate::library::{BLOCKED, Buffers, DONE, Library, Stats, ours};
use crate::log;
use crate::streams::{Kind, Stream};

const IO_ERROR: c_int = 100;
const INPUT_ENDED: c_int = 103;
const CORRUPT: c_int = 106;
pub(crate) const CANCELLED: c_int = 121;
const MISMATCH: c_int = 122;

type File = *mut libc::FILE;

/// What rollsync.h adds.
pub(crate) struct Additions {
    job_set_seal: unsafe extern "C" fn(*mut c_void, c_int) -> c_int,
    pub(crate) job_cancel: unsafe extern "C" fn(*mut c_void) -> c_int,
    job_error: unsafe extern "C" fn(*const c_void, *mut c_char, usize) -> usize,
    patch_file: unsafe extern "C" fn(File, File, File, *mut Stats, *const [usize; 10]) -> c_int,
}

pub(crate) static ADDITIONS: LazyLock<Additions> = LazyLock::new(|| {
    // SAFETY: it has no initialisers that do anything.
    let library = unsafe { libloading::Library::new(ours()) }.expect("it is built before the tests");
    let library = Box::leak(Box::new(library));
    // SAFETY: the types are those of rollsync.h, and the library is never unloaded.
    unsafe {
        Additions {
            job_set_seal: *library.get("rollsync_job_set_seal").expect("it is there"),
            job_cancel: *library.get("rollsync_job_cancel").expect("it is there"),
            job_error: *library.get("rollsync_job_error").expect("it is there"),
            patch_file: *library.get("rollsync_patch_file").expect("it is there"),
        }
    }
});

struct Files {
    basis: Vec<u8>,
    new: Vec<u8>,
    /// Sealed, for this basis.
    delta: Vec<u8>,
    /// Sealed by someone who did not know the basis.
    of_unknown: Vec<u8>,
}

impl Files {
    fn new() -> Self {
        let basis = Random::new(71).bytes(60_000, 256);
        let new = [&basis[..30_000], b"in between", &basis[20_000..]].concat();
        let difference = |knows_basis| {
            let (mut sums, mut difference) = (Vec::new(), Vec::new());
            signature(&basis[..], None, &mut sums, &mut Options::new().seal(knows_basis)).expect("memory");
            let index = load(&sums[..], None, &mut Options::new()).expect("it was just made");
            delta(&index, &new[..], None, &mut difference, &mut Options::new().seal(true)).expect("memory");
            difference
        };
        let (delta, of_unknown) = (difference(true), difference(false));
        Self { basis, new, delta, of_unknown }
    }

    /// Bases that are right, or wrong in any way.
    fn bases(&self) -> Vec<(&'static str, Vec<u8>)> {
        let changed = |at: usize| {
            let mut basis = self.basis.clone();
            basis[at] ^= 1;
            basis
        };
        let longer = |basis: &[u8]| [basis, b"more"].concat();
        vec![
            ("right", self.basis.clone()),
            ("a byte short", self.basis[..59_999].to_vec()),
            ("half", self.basis[..30_000].to_vec()),
            ("empty", Vec::new()),
            ("longer", longer(&self.basis)),
            ("changed", changed(100)),
            ("longer and changed", longer(&changed(100))),
        ]
    }

    /// Deltas that are right, or wrong in any way.
    fn deltas(&self) -> Vec<(&'static str, Vec<u8>)> {
        let plain = &self.delta[..self.delta.len() - SEAL_LEN];
        let mut changed = self.delta.clone();
        let middle = changed.windows(4).position(|bytes| bytes == b"in b").expect("a literal");
        changed[middle] ^= 1;
        vec![
            ("sealed", self.delta.clone()),
            ("sealed for an unknown basis", self.of_unknown.clone()),
            ("plain", plain.to_vec()),
            ("with an END of four bytes", [plain, &[0; 3]].concat()),
            ("changed", changed),
            ("cut in the seal", self.delta[..self.delta.len() - 5].to_vec()),
            ("cut before END", plain[..plain.len() - 1].to_vec()),
            ("with bytes behind the seal", [&self.delta[..], b"more"].concat()),
            ("that reaches out of what it was sealed for", self.overreaching()),
        ]
    }

    /// A delta that copies what even the basis that it was sealed for has not.
    fn overreaching(&self) -> Vec<u8> {
        let mut delta = b"rs\x026\x02hi\x4a\x00\x00\xea\x5f\x00\x05\x00".to_vec();
        let mut carrier = FileHasher::new();
        carrier.update(&delta);
        let seal = Seal::Delta { basis: Some(FileDigest::of(&self.basis)), new: FileDigest::of(b"hi") };
        delta.extend_from_slice(&seal.record(&carrier));
        delta
    }

    /// What the whole-file function says, with what it logs.
    fn by_file(basis: &[u8], delta: &[u8]) -> Outcome {
        let [basis, delta, mut new] = [basis, delta, b""].map(|bytes| Stream::new(Kind::Regular, bytes));
        let (size, seal) = (size_of::<[usize; 10]>(), 1);
        let options = [size, 0, 0, 0, seal, 0, 0, 0, 0, 0];
        let (basis, delta, to) = (basis.as_ptr(), delta.as_ptr(), new.as_ptr());
        // SAFETY: the streams are open, and the options are zeros but for numbers.
        let code = unsafe { (ADDITIONS.patch_file)(basis, delta, to, ptr::null_mut(), &options) };
        outcome(code, new.contents(), log::take())
    }
}

/// What an outcome promises: no output, unless it is done. Where a basis ends only the streams have a name for it.
fn outcome(code: c_int, mut output: Vec<u8>, mut log: Vec<String>) -> Outcome {
    if code != DONE {
        output.clear();
    }
    log.retain(|line| !line.contains("unexpected eof on fd"));
    Outcome { code, output, log, ..Outcome::default() }
}

/// A job that looks for a seal; `copy` gets the basis, in whatever form.
fn sealed_job<T>(copy: crate::library::CopyCb, basis: &mut T) -> *mut c_void {
    // SAFETY: the callback gets the basis, which outlives the job; the job is live.
    unsafe {
        let job = (Library::ours().patch_begin)(Some(copy), ptr::from_mut(basis).cast());
        assert_eq!((ADDITIONS.job_set_seal)(job, 1), DONE);
        job
    }
}

#[test]
fn jobs_fail_as_the_whole_file_function() {
    let (files, ours) = (Files::new(), Library::ours());
    let mut random = Random::new(72);
    for (basis_is, basis) in files.bases() {
        for (delta_is, delta) in files.deltas() {
            let label = format!("a basis that is {basis_is}, a delta {delta_is}");
            let expected = Files::by_file(&basis, &delta);
            let is_verified = delta_is.starts_with("sealed");
            assert!(!is_verified || expected.code != DONE || expected.output == files.new, "{label}");
            assert!(!is_verified || !basis_is.contains("changed") || expected.code == MISMATCH, "{label}");
            let of_length = ["a byte short", "half", "empty"].contains(&basis_is) && delta_is == "sealed";
            assert!(!of_length || expected.log[0].contains("was made for a basis of 60000"), "{label}");

            let (slicing, mut slice) = (Slicing::draw(&mut random), &basis[..]);
            let job = sealed_job(copy_from_slice, &mut slice);
            let made = run(ours, job, &delta, slicing, &[]);
            assert_eq!(outcome(made.code, made.output, made.log), expected, "{label}, {slicing:?}");

            let job = sealed_job(copy_from_slice, &mut slice);
            let (code, output, _, log) = drive(ours, job, &delta, slicing.seed, None);
            assert_eq!(outcome(code, output, log), expected, "{label}, driven {}", slicing.seed);

            let mut moody = Moody::new(&basis, slicing.seed);
            let job = sealed_job(moody_copy, &mut moody);
            // That it blocks before anything is moved makes "no progress" of it, which is worth another try.
            let mut made = run(ours, job, &delta, slicing, &[107]);
            made.log.retain(|line| !line.contains("no progress"));
            assert_eq!(outcome(made.code, made.output, made.log), expected, "{label}, moody, {slicing:?}");
        }
    }
}

/// Without being asked for the seal, a job does as librsync's.
#[test]
fn jobs_that_look_for_no_seal() {
    let Some([ours, real]) = Library::both() else { return };
    let files = Files::new();
    let mut random = Random::new(73);
    for (basis_is, basis) in files.bases() {
        for (delta_is, delta) in files.deltas() {
            let slicing = Slicing::draw(&mut random);
            let [ours, theirs] = [ours, real].map(|library| {
                let mut outcome = crate::jobs::patch(library, &basis, &delta, slicing);
                if outcome.code != DONE {
                    outcome.output.clear();
                }
                outcome
            });
            assert_eq!(ours, theirs, "a basis that is {basis_is}, a delta {delta_is}, {slicing:?}");
        }
    }
}

/// A basis behind a callback that suspends the job, gives less than was asked for, and has two ways to say that it has ended.
struct Moody<'b> {
    basis: &'b [u8],
    random: Random,
    has_blocked: bool,
}

impl<'b> Moody<'b> {
    fn new(basis: &'b [u8], seed: u64) -> Self {
        Self { basis, random: Random::new(seed), has_blocked: false }
    }
}

/// # Safety
/// `moody` is a `Moody`; `len` and `place` are librsync's.
unsafe extern "C" fn moody_copy(
    moody: *mut c_void,
    offset: i64,
    len: *mut usize,
    place: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let (moody, len) = unsafe { (&mut *moody.cast::<Moody<'_>>(), &mut *len) };
    moody.has_blocked = !moody.has_blocked;
    if moody.has_blocked {
        return BLOCKED;
    }
    let rest = usize::try_from(offset).ok().and_then(|offset| moody.basis.get(offset..)).unwrap_or(&[]);
    let most = rest.len().min(*len);
    if most == 0 {
        *len = 0;
        return if moody.random.one_in(2) { DONE } else { INPUT_ENDED };
    }
    *len = moody.random.between(1, most);
    // SAFETY: `rest` has so many bytes, and nobody writes through it.
    unsafe { *place = rest.as_ptr().cast_mut().cast() };
    DONE
}

/// A job that is gone on with, one call at a time.
pub(crate) struct Job(pub(crate) *mut c_void);

impl Job {
    pub(crate) fn iter(&self, input: &mut &[u8], is_last: bool) -> c_int {
        let mut space = vec![0_u8; 1 << 17];
        let mut buffers = Buffers {
            // Never written through.
            next_in: input.as_ptr().cast_mut().cast(),
            avail_in: input.len(),
            eof_in: is_last.into(),
            next_out: space.as_mut_ptr().cast(),
            avail_out: space.len(),
        };
        // SAFETY: the job is live, the buffers are as long as they say.
        let code = unsafe { (Library::ours().job_iter)(self.0, &mut buffers) };
        *input = &input[input.len() - buffers.avail_in..];
        code
    }

    pub(crate) fn error(&self) -> String {
        let mut text = [0_u8; 300];
        // SAFETY: the job is live, there is so much room.
        let len = unsafe { (ADDITIONS.job_error)(self.0, text.as_mut_ptr().cast(), text.len()) };
        String::from_utf8_lossy(&text[..len]).into_owned()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // SAFETY: it is live, and not used afterwards.
        unsafe { (Library::ours().job_free)(self.0) };
    }
}

#[test]
fn the_error_stays_and_is_told_in_words() {
    let files = Files::new();
    let mut half = &files.basis[..30_000];
    let job = Job(sealed_job(copy_from_slice, &mut half));
    let mut input = &files.delta[..];
    for _ in 0..3 {
        assert_eq!(job.iter(&mut input, true), MISMATCH);
        assert_eq!(job.error(), "basis: it has 30000 bytes, the delta was made for a basis of 60000");
        assert!(input.is_empty());
    }
}

/// While the rest of the delta is read, as before that, its end may be taken back.
#[test]
fn a_delta_that_ends_for_now() {
    let files = Files::new();
    for len in 4..files.delta.len() - SEAL_LEN {
        let mut half = &files.basis[..30_000];
        let job = Job(sealed_job(copy_from_slice, &mut half));
        let (mut input, mut rest) = files.delta.split_at(len);
        assert_eq!(job.iter(&mut input, true), INPUT_ENDED, "{len}");
        assert!(input.is_empty());
        assert_eq!(job.iter(&mut rest, true), MISMATCH, "{len}");
    }
}

/// A basis that does something else when it is read again, from its beginning.
struct Second<'b> {
    basis: &'b [u8],
    from_beginning: usize,
    second: Box<dyn FnMut(usize) -> Option<c_int> + 'b>,
}

/// # Safety
/// `basis` is a `Second`; `len` and `place` are librsync's.
unsafe extern "C" fn copy_second(
    basis: *mut c_void,
    offset: i64,
    len: *mut usize,
    place: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let basis = unsafe { &mut *basis.cast::<Second<'_>>() };
    basis.from_beginning += usize::from(offset == 0);
    if basis.from_beginning > 1
        && let Some(code) = (basis.second)(usize::try_from(offset).expect("it is in the basis"))
    {
        return code;
    }
    // SAFETY: the caller's promise; the slice is the basis.
    unsafe { copy_from_slice((&raw mut basis.basis).cast(), offset, len, place) }
}

#[test]
fn reading_the_basis_again_may_be_stopped_or_fail() {
    let files = Files::new();
    for (basis_is, mut basis) in files.bases().into_iter().filter(|(is, _)| ["half", "changed"].contains(is))
    {
        // Longer than is read at once.
        basis.resize(basis.len().max(40_000), 7);
        let (calls, raw) = (Cell::new(0), Cell::new(ptr::null_mut()));
        let cancel = |_| {
            calls.set(calls.get() + 1);
            // SAFETY: the job is live while it runs.
            unsafe { (ADDITIONS.job_cancel)(raw.get()) };
            None
        };
        let mut copied = Second { basis: &basis, from_beginning: 0, second: Box::new(cancel) };
        let job = Job(sealed_job(copy_second, &mut copied));
        raw.set(job.0);
        let mut input = &files.delta[..];
        assert_eq!(job.iter(&mut input, true), CANCELLED, "{basis_is}");
        assert_eq!((calls.get(), &job.error()[..]), (1, "cancelled"), "{basis_is}");

        let mut fails = true;
        let fail = |offset| (std::mem::take(&mut fails) && offset == 0).then_some(IO_ERROR);
        let mut copied = Second { basis: &basis, from_beginning: 0, second: Box::new(fail) };
        let job = Job(sealed_job(copy_second, &mut copied));
        let mut input = &files.delta[..];
        assert_eq!(job.iter(&mut input, true), IO_ERROR, "{basis_is}");
        assert_eq!(job.iter(&mut input, true), MISMATCH, "{basis_is}");
    }
}

#[test]
fn a_delta_that_is_at_fault_behind_the_copy() {
    let mut empty: &[u8] = &[];
    let job = Job(sealed_job(copy_from_slice, &mut empty));
    let mut input = &b"rs\x026\x45\x00\x05\x03abc\x55"[..];
    assert_eq!(job.iter(&mut input, false), CORRUPT);
    assert_eq!(job.error(), "bogus command 0x55");
}
