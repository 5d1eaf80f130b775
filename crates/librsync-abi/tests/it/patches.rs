//! Patches: deltas of any kind, and copy callbacks of any mood.

use std::ffi::{c_int, c_void};
use std::ptr;

use rollsync_conformance::Random;

use crate::jobs::{Outcome, Slicing, patch, run};
use crate::library::{BLOCKED, DONE, Library};

const BASIS: &[u8] = b"the quick brown fox jumps over the lazy dog";

/// Broken in any way, or odd: both say the same of it.
#[test]
fn deltas_of_any_kind() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(21);
    for case in 0..4000 {
        let delta = draw(&mut random);
        let slicing = Slicing::draw(&mut random);
        let [ours, theirs] = [ours, real].map(|library| {
            let mut outcome = patch(library, BASIS, &delta, slicing);
            // What the step that failed has left in the buffer is nobody's business.
            if outcome.code != DONE {
                outcome.output.clear();
            }
            outcome
        });
        assert_eq!(ours, theirs, "case {case}, {slicing:?}: {delta:02x?}");
    }
}

fn draw(random: &mut Random) -> Vec<u8> {
    let mut delta = b"rs\x026".to_vec();
    if random.one_in(20) {
        let at = random.below(4);
        delta[at] = random.pick(&[0, 0x37, 0xff]);
    }
    if random.one_in(40) {
        delta = vec![0; 4];
    }
    for _ in 0..random.below(6) {
        match random.below(12) {
            0 => delta.extend(random.bytes(1, 256)),
            1 => delta.extend([0x45, 200, 1]),
            2 => delta.extend([0x45, 0, 0]),
            3 => delta.extend([0x51, 0x80, 0, 0, 0, 0, 0, 0, 0, 1]),
            4 => delta.extend([0x41, random.pick(&[0, 2]), b'x', b'y']),
            5..=8 => {
                let from = random.below(BASIS.len());
                let len = random.between(1, BASIS.len() - from);
                delta.extend([0x45, u8::try_from(from).expect("small"), u8::try_from(len).expect("small")]);
            }
            _ => {
                let len = random.between(1, 20);
                delta.push(u8::try_from(len).expect("small"));
                delta.extend(random.bytes(len, 256));
            }
        }
    }
    if !random.one_in(5) {
        delta.push(0);
    }
    if random.one_in(5) {
        delta.truncate(random.below(delta.len() + 1));
    }
    if random.one_in(5) {
        delta.extend_from_slice(b"what stands behind END is not read");
    }
    delta
}

/// Who reads the basis, and how.
struct Reader {
    random: Random,
    /// In the end it fails with this.
    fails_with: Option<c_int>,
    blocks: bool,
    has_blocked: bool,
    own: Vec<u8>,
}

/// # Safety
/// `reader` is a `Reader`; `len` and `place` are librsync's.
unsafe extern "C" fn moody(
    reader: *mut c_void,
    offset: i64,
    len: *mut usize,
    place: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    let (reader, len) = unsafe { (&mut *reader.cast::<Reader>(), &mut *len) };
    assert!(*len > 0, "nothing is never asked for");
    reader.has_blocked = reader.blocks && !reader.has_blocked;
    if reader.has_blocked {
        return BLOCKED;
    }
    let offset = usize::try_from(offset).expect("no delta of this test has others");
    if let (Some(code), true) = (reader.fails_with, offset > BASIS.len() / 2) {
        return code;
    }
    let rest = &BASIS[offset..];
    // A short answer, but never none.
    *len = reader.random.between(1, rest.len().min(*len));
    if reader.random.one_in(2) {
        // SAFETY: `rest` has so many bytes, and librsync has asked for no fewer.
        unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), (*place).cast(), *len) };
    } else {
        // Memory of its own, which is other memory the next time.
        reader.own = rest[..*len].to_vec();
        // SAFETY: librsync's place for a pointer.
        unsafe { *place = reader.own.as_mut_ptr().cast() };
    }
    DONE
}

fn run_moody(
    library: &'static Library,
    delta: &[u8],
    slicing: Slicing,
    fails_with: Option<c_int>,
    blocks: bool,
) -> Outcome {
    let mut reader =
        Reader { random: Random::new(slicing.seed), fails_with, blocks, has_blocked: false, own: Vec::new() };
    // SAFETY: the callback gets the reader, which outlives the job.
    let job = unsafe { (library.patch_begin)(Some(moody), (&raw mut reader).cast()) };
    // A callback that blocks at once makes "no progress" of it, which is worth another try.
    let retry: &[c_int] = if blocks { &[107] } else { &[] };
    let mut outcome = run(library, job, delta, slicing, retry);
    if outcome.code != DONE {
        outcome.output.clear();
    }
    if blocks {
        outcome.log.retain(|line| !line.contains("no progress"));
    }
    outcome
}

#[test]
fn callbacks_of_any_mood() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(22);
    let mut expected = Vec::new();
    let mut delta = b"rs\x026".to_vec();
    for from in (0..BASIS.len()).rev() {
        delta.extend([
            0x45,
            u8::try_from(from).expect("small"),
            u8::try_from(BASIS.len() - from).expect("small"),
        ]);
        delta.extend(b"\x02--");
        expected.extend_from_slice(&BASIS[from..]);
        expected.extend_from_slice(b"--");
    }
    delta.push(0);
    for case in 0..300 {
        let slicing = Slicing::draw(&mut random);
        let (fails_with, blocks) =
            (random.pick(&[None, None, Some(100), Some(103), Some(7)]), random.one_in(3));
        let [ours, theirs] =
            [ours, real].map(|library| run_moody(library, &delta, slicing, fails_with, blocks));
        assert_eq!(ours, theirs, "case {case}, {slicing:?}, {fails_with:?}, {blocks}");
        assert!(fails_with.is_some() || (ours.code, &ours.output) == (DONE, &expected), "case {case}");
    }
}

/// The real one would ask for ever.
#[test]
fn a_callback_without_bytes_ends_the_job() {
    /// # Safety
    /// `len` is librsync's.
    unsafe extern "C" fn nothing(_: *mut c_void, _: i64, len: *mut usize, _: *mut *mut c_void) -> c_int {
        // SAFETY: the caller's promise.
        unsafe { *len = 0 };
        DONE
    }
    let ours = Library::ours();
    // SAFETY: the callback does not look at its argument.
    let job = unsafe { (ours.patch_begin)(Some(nothing), ptr::null_mut()) };
    let outcome = run(ours, job, b"rs\x026\x45\x00\x05\x00", Slicing::WHOLE, &[]);
    assert_eq!((outcome.code, &outcome.output[..]), (103, &b""[..]));
    assert_eq!(outcome.log, ["3 librsync: ERROR: patch job failed: unexpected end of input\n"]);
}

/// More than was asked for: the real one aborts.
#[test]
fn a_callback_with_too_many_bytes_is_cut() {
    /// # Safety
    /// `len` and `place` are librsync's.
    unsafe extern "C" fn too_many(_: *mut c_void, _: i64, len: *mut usize, place: *mut *mut c_void) -> c_int {
        // SAFETY: the caller's promise; a static is there for ever, and librsync only reads it.
        unsafe {
            *len += 5;
            *place = BASIS.as_ptr().cast_mut().cast();
        }
        DONE
    }
    let ours = Library::ours();
    // SAFETY: the callback does not look at its argument.
    let job = unsafe { (ours.patch_begin)(Some(too_many), ptr::null_mut()) };
    let outcome = run(ours, job, b"rs\x026\x45\x00\x05\x00", Slicing::WHOLE, &[]);
    assert_eq!((outcome.code, &outcome.output[..]), (DONE, &b"the q"[..]));
}
