//! The whole-file functions, over streams of every kind: ours beside the real one.

use std::ffi::{c_int, c_void};
use std::ptr;

use rollsync_conformance::{Case, Class, Random};

use crate::library::{DONE, Library, Stats};
use crate::log;
use crate::streams::{Kind, Stream};

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    code: c_int,
    output: Vec<u8>,
    stats: Vec<String>,
    log: Vec<String>,
}

/// Calls a whole-file function that writes to a new stream.
fn call(kind: Kind, function: impl FnOnce(*mut libc::FILE, *mut Stats) -> c_int) -> Outcome {
    let (mut output, mut stats) = (Stream::new(kind, b""), Stats::ZERO);
    let code = function(output.as_ptr(), &mut stats);
    Outcome { code, output: output.contents(), stats: stats.counted(), log: log::take() }
}

fn same(label: &str, ours: &Outcome, theirs: &Outcome) {
    let told = |outcome: &Outcome| (outcome.code, outcome.stats.clone(), outcome.log.clone());
    assert_eq!(told(ours), told(theirs), "{label}");
    assert!(ours.output == theirs.output, "{label}: {} and {} bytes", ours.output.len(), theirs.output.len());
}

struct Loaded(&'static Library, *mut c_void);

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: it is live, and freed here alone.
        unsafe { (self.0.free_sumset)(self.1) };
    }
}

fn load(library: &'static Library, kind: Kind, bytes: &[u8]) -> (Outcome, Loaded) {
    let (input, mut stats, mut raw) = (Stream::new(kind, bytes), Stats::ZERO, ptr::null_mut());
    // SAFETY: the stream is open, both places are there.
    let code = unsafe { (library.loadsig_file)(input.as_ptr(), &mut raw, &mut stats) };
    assert!(!raw.is_null(), "stored whatever happens");
    (Outcome { code, output: Vec::new(), stats: stats.counted(), log: log::take() }, Loaded(library, raw))
}

#[test]
fn signature_load_delta_patch() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(31);
    for seed in 0..120 {
        let class = random.pick(&Class::ALL);
        let case = Case::draw(class, seed);
        let [kind, second] = [(); 2].map(|()| random.pick(&Kind::ALL));
        let label = format!("{class:?} {seed}, {kind:?} {second:?}, {:?}", case.arguments);
        let magic = case.arguments.format.magic().cast_signed();
        let strong_len = usize::try_from(case.arguments.strong_len).unwrap_or(usize::MAX);

        let [sums, theirs] = [ours, real].map(|library| {
            let old = Stream::new(kind, &case.basis);
            call(second, |sums, stats| {
                // SAFETY: both streams are open.
                unsafe {
                    (library.sig_file)(old.as_ptr(), sums, case.arguments.block_len, strong_len, magic, stats)
                }
            })
        });
        same(&label, &sums, &theirs);
        assert_eq!(sums.code, DONE);

        let [(loaded, ours_loaded), (theirs, their_loaded)] =
            [ours, real].map(|library| load(library, second, &sums.output));
        same(&label, &loaded, &theirs);
        let [difference, theirs] = [(ours, &ours_loaded), (real, &their_loaded)].map(|(library, loaded)| {
            let new = Stream::new(second, &case.new);
            // SAFETY: the signature is loaded.
            assert_eq!(unsafe { (library.build_hash_table)(loaded.1) }, DONE);
            // SAFETY: the signature is indexed, both streams are open.
            call(kind, |delta, stats| unsafe { (library.delta_file)(loaded.1, new.as_ptr(), delta, stats) })
        });
        same(&label, &difference, &theirs);

        let [new, theirs] = [ours, real].map(|library| {
            let [basis, delta] = [&case.basis, &difference.output].map(|bytes| Stream::new(kind, bytes));
            // SAFETY: the three streams are open.
            call(second, |new, stats| unsafe {
                (library.patch_file)(basis.as_ptr(), delta.as_ptr(), new, stats)
            })
        });
        same(&label, &new, &theirs);
        assert!(class == Class::ShortStrongSum || new.output == case.new, "{label}");
    }
}

/// `rs_inbuflen` and `rs_outbuflen` are seen where they show: in a delta against nothing.
#[test]
fn lengths_of_buffers() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(32);
    let header = b"rs\x01\x36\0\0\x08\0\0\0\0\x08";
    for case in 0..40 {
        let lens = [(); 2].map(|()| random.pick(&[0, 1, 50, 4096, 70_000]));
        let len = random.below(9_000);
        let new = random.bytes(len, 256);
        let [ours, theirs] = [ours, real].map(|library| {
            let loaded = load(library, Kind::Regular, header).1;
            let input = Stream::new(Kind::Regular, &new);
            let _held = library.settings();
            let set = |lens: [c_int; 2]| {
                // SAFETY: the variables are there for ever, and the lock is held.
                unsafe { (*library.inbuflen, *library.outbuflen) = (lens[0], lens[1]) };
            };
            set(lens);
            // SAFETY: the signature is loaded and empty, both streams are open.
            let outcome = call(Kind::Regular, |delta, stats| unsafe {
                (library.delta_file)(loaded.1, input.as_ptr(), delta, stats)
            });
            set([0, 0]);
            outcome
        });
        same(&format!("case {case}: {lens:?}, {} bytes", new.len()), &ours, &theirs);
    }
}

#[test]
fn what_fails() {
    let Some([ours, real]) = Library::both() else { return };
    let basis = b"0123456789".repeat(50);
    let kinds = Kind::ALL;
    for kind in kinds {
        for delta in [
            &b""[..],
            b"rs\x026\x05he",
            b"rs\x026\x55",
            b"rs\x02\x37\0",
            b"\0\0\0\0\0",
            b"rs\x026\x45\x00\x0a",
            b"rs\x026\x45\xf0\xff\0",
            b"rs\x026\x4d\x01\xf0\x80\0",
            b"rs\x026\x46\x00\x02\x00\0and more",
        ] {
            let [ours, theirs] = [ours, real].map(|library| {
                let [basis, delta] = [&basis[..], delta].map(|bytes| Stream::new(kind, bytes));
                // SAFETY: the three streams are open.
                let mut outcome = call(kind, |new, stats| unsafe {
                    (library.patch_file)(basis.as_ptr(), delta.as_ptr(), new, stats)
                });
                // Descriptors differ.
                outcome.log.iter_mut().for_each(|line| {
                    if let Some(at) = line.find(" on fd") {
                        line.truncate(at);
                    }
                });
                outcome
            });
            same(&format!("{kind:?} {delta:02x?}"), &ours, &theirs);
        }
        for sums in [
            &b""[..],
            b"rs\x01\x36\0\0",
            b"rs\x01\x99\0\0\x08\0\0\0\0\x08",
            b"rs\x01\x36\0\0\0\0\0\0\0\x08",
            b"rs\x01\x36\0\0\x08\0\0\0\0\x11",
            b"rs\x01\x36\0\0\x08\0\0\0\0\x08abcdef",
            b"rs\x01\x36\0\0\x08\0\0\0\0\x08abc",
        ] {
            let [ours, theirs] = [ours, real].map(|library| load(library, kind, sums).0);
            same(&format!("{kind:?} {sums:02x?}"), &ours, &theirs);
        }
    }
    // A folder cannot be read, a full device not be written.
    let [folder, full] = [(c"/", c"rb"), (c"/dev/full", c"wb")].map(|(name, mode)| {
        // SAFETY: two C strings.
        let raw = unsafe { libc::fopen(name.as_ptr(), mode.as_ptr()) };
        assert!(!raw.is_null());
        raw
    });
    // SAFETY: the stream is open, and nothing was done with it.
    unsafe { libc::setvbuf(full, ptr::null_mut(), libc::_IONBF, 0) };
    for (from_folder, to_full) in [(true, false), (false, true)] {
        let [ours, theirs] = [ours, real].map(|library| {
            let (old, sums) = (Stream::new(Kind::Regular, &basis), Stream::new(Kind::Regular, b""));
            let old = if from_folder { folder } else { old.as_ptr() };
            let to = if to_full { full } else { sums.as_ptr() };
            // SAFETY: the streams are open; no statistics are asked for.
            let code = unsafe { (library.sig_file)(old, to, 100, 8, 0, ptr::null_mut()) };
            (code, log::take())
        });
        assert_eq!(ours, theirs);
        assert_eq!(ours.0, 100);
    }
    for file in [folder, full] {
        // SAFETY: it is open, and closed here alone.
        unsafe { libc::fclose(file) };
    }
}

#[test]
fn bad_parameters_leave_the_statistics_alone() {
    let Some([ours, real]) = Library::both() else { return };
    for (block_len, strong_len, magic) in [(100, 33, 0), (100, 17, 0x7273_0136), (100, 8, 5)] {
        let [ours, theirs] = [ours, real].map(|library| {
            let old = Stream::new(Kind::Regular, b"bytes");
            let mut stats = Stats { lit_cmds: 77, ..Stats::ZERO };
            let sums = Stream::new(Kind::Regular, b"");
            // SAFETY: both streams are open.
            let code = unsafe {
                (library.sig_file)(old.as_ptr(), sums.as_ptr(), block_len, strong_len, magic, &mut stats)
            };
            (code, stats.counted(), log::take())
        });
        assert_eq!(ours, theirs);
        assert!(ours.1[0].contains("77"), "{:?}", ours.1);
    }
}

#[test]
fn lengths_and_copies() {
    let Some([ours, real]) = Library::both() else { return };
    for kind in Kind::ALL {
        let [ours, theirs] = [ours, real].map(|library| {
            let stream = Stream::new(kind, b"0123456789");
            // SAFETY: the stream is open.
            let size = unsafe { (library.file_size)(stream.as_ptr()) };
            let mut answers = Vec::new();
            for (position, asked) in [(0, 4), (3, 100), (10, 1), (50, 3), (-1, 3), (9, 1)] {
                let mut space = [b'.'; 100];
                let (mut len, mut place) = (asked, space.as_mut_ptr().cast::<c_void>());
                // SAFETY: the stream is open; at `place` is room for `len` bytes.
                let code =
                    unsafe { (library.file_copy_cb)(stream.as_ptr().cast(), position, &mut len, &mut place) };
                let mut log = log::take();
                log.iter_mut().for_each(|line| line.truncate(line.find(" on fd").unwrap_or(line.len())));
                let len = (code == DONE).then_some(len);
                answers.push((code, len, place == space.as_mut_ptr().cast(), space.to_vec(), log));
            }
            (size, answers)
        });
        assert_eq!(ours, theirs, "{kind:?}");
    }
}
