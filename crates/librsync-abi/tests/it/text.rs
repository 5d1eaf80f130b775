//! The functions without state.

use std::ffi::{CStr, c_char};

use rollsync_conformance::Random;

use crate::library::{Library, Stats};
use crate::log;

#[test]
fn every_result_has_the_same_text() {
    let Some([ours, real]) = Library::both() else { return };
    for code in (-3..120).chain([1000, i32::MAX, i32::MIN]) {
        // SAFETY: a number in, a C string out.
        let [ours, theirs] =
            [ours, real].map(|library| unsafe { CStr::from_ptr((library.strerror)(code)).to_owned() });
        assert_eq!(ours, theirs, "{code}");
    }
}

#[test]
fn digits() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(1);
    for len in 0..70 {
        let bytes = random.bytes(len, 256);
        let n = i32::try_from(len).expect("small");
        for n in [n, -n] {
            let [ours, theirs] = [ours, real].map(|library| {
                let mut text = [0x55_u8; 160];
                // SAFETY: there are `n` bytes, and room for twice as many.
                unsafe { (library.hexify)(text.as_mut_ptr().cast(), bytes.as_ptr().cast(), n) };
                text
            });
            assert_eq!(ours, theirs, "{bytes:?}, {n}");
        }
        let [ours, theirs] = [ours, real].map(|library| {
            let mut text = [0x55_u8; 160];
            // SAFETY: there are `n` bytes, and room for their digits.
            unsafe { (library.base64)(bytes.as_ptr(), n, text.as_mut_ptr().cast()) };
            text
        });
        assert_eq!(ours, theirs, "{bytes:?}");
    }
}

#[test]
fn bytes_of_digits() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(2);
    let symbols = b"ABCXYZabcxyz0189+/+/+/=\n -";
    for case in 0..2000 {
        let len = random.below(40);
        let most = random.pick(&[22, 22, 22, symbols.len()]);
        let mut text: Vec<u8> = (0..len).map(|_| symbols[random.below(most)]).collect();
        text.push(0);
        let [ours, theirs] = [ours, real].map(|library| {
            let mut text = text.clone();
            // SAFETY: a C string of our own.
            let len = unsafe { (library.unbase64)(text.as_mut_ptr().cast::<c_char>()) };
            text.truncate(len);
            (len, text)
        });
        assert_eq!(ours, theirs, "case {case}: {:?}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn md4_in_any_pieces() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(3);
    for case in 0..300 {
        let len = random.pick(&[0, 1, 55, 56, 63, 64, 65, 127, 128, 300]) + random.below(3);
        let bytes = random.bytes(len, 256);
        let pieces: Vec<usize> = (0..5).map(|_| random.below(len + 1)).collect();
        let [ours, theirs] = [ours, real].map(|library| {
            // As much as programs that know the private header reserve, and a guard.
            let mut context = [0x5a_u64; 13];
            let (mut whole, mut pieced) = ([0; 16], [0; 16]);
            // SAFETY: the context has 96 bytes, the digests 16, and each piece is inside `bytes`.
            unsafe {
                (library.mdfour)(whole.as_mut_ptr(), bytes.as_ptr().cast(), bytes.len());
                (library.mdfour_begin)(context.as_mut_ptr().cast());
                let mut from = 0;
                for to in pieces.iter().copied().chain([bytes.len()]) {
                    let to = to.max(from);
                    let piece = &bytes[from..to];
                    (library.mdfour_update)(context.as_mut_ptr().cast(), piece.as_ptr().cast(), piece.len());
                    from = to;
                }
                (library.mdfour_result)(context.as_mut_ptr().cast(), pieced.as_mut_ptr());
            }
            assert_eq!((whole, context[12]), (pieced, 0x5a), "case {case}");
            whole
        });
        assert_eq!(ours, theirs, "case {case}");
    }
}

#[test]
fn statistics_as_text() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(4);
    for case in 0..2000 {
        let mut number = || match random.below(4) {
            0 => 0,
            1 => i64::try_from(random.below(5)).expect("small"),
            2 => i64::try_from(random.number() >> 20).expect("44 bits"),
            _ => i64::try_from(random.number() >> 40).expect("24 bits"),
        };
        let stats = Stats {
            op: [c"delta".as_ptr(), std::ptr::null()][usize::from(case % 7 == 0)],
            lit_cmds: i32::try_from(number() & 0xffff).expect("16 bits"),
            numbers: std::array::from_fn(|_| number()),
            false_matches: i32::try_from(number() & 0xffff).expect("16 bits"),
            sig_blocks: number(),
            block_len: usize::try_from(number()).expect("not negative"),
            in_bytes: number(),
            out_bytes: number(),
            start: 1_000_000,
            end: 1_000_000 + number() % 1000 - 2,
        };
        let size = 1 + random.below(300);
        let [text, theirs] = [ours, real].map(|library| {
            let mut text = [0_u8; 2000];
            // SAFETY: there is so much room. The real one must not be given less than the text needs.
            unsafe {
                let place = text.as_mut_ptr().cast();
                assert_eq!((library.format_stats)(&stats, place, text.len()), place);
                CStr::from_ptr(place).to_owned()
            }
        });
        assert_eq!(text, theirs, "case {case}: {stats:?}");

        let mut short = vec![0x55_u8; size + 1];
        // SAFETY: there is room for `size` bytes.
        unsafe { (ours.format_stats)(&stats, short.as_mut_ptr().cast(), size) };
        let expected = &text.to_bytes()[..text.to_bytes().len().min(size - 1)];
        assert_eq!(&short[..=expected.len()], [expected, b"\0"].concat(), "case {case}");
        assert_eq!(short[size], 0x55, "case {case}");

        let [logged, theirs] = [ours, real].map(|library| {
            // SAFETY: statistics whose `op` is NULL or a C string.
            let result = unsafe { (library.log_stats)(&stats) };
            (result, log::take())
        });
        assert_eq!(logged, theirs, "case {case}");
    }
}

#[test]
fn parameters_of_a_signature() {
    let Some([ours, real]) = Library::both() else { return };
    let mut random = Random::new(5);
    for case in 0..20_000 {
        let old_fsize = match random.below(4) {
            0 => -1,
            1 => i64::try_from(random.below(300_000)).expect("small"),
            _ => i64::try_from(random.number() >> random.between(8, 60)).expect("56 bits"),
        };
        let magic = match random.below(8) {
            0 => 0,
            1 => random.pick(&[0x7273_0236, 1, -1, 0x1234]),
            _ => random.pick(&[0x7273_0136, 0x7273_0137, 0x7273_0146, 0x7273_0147]),
        };
        let block_len = random.pick(&[0, 0, 1, 2, 100, 2048, 1 << 20, i32::MAX as usize]);
        let strong_len = random.pick(&[0, usize::MAX, 1, 4, 5, 6, 8, 12, 15, 16, 17, 31, 32, 33, 1 << 40]);
        let [ours, theirs] = [ours, real].map(|library| {
            let (mut magic, mut block_len, mut strong_len) = (magic, block_len, strong_len);
            // SAFETY: three pointers to numbers.
            let code = unsafe { (library.sig_args)(old_fsize, &mut magic, &mut block_len, &mut strong_len) };
            (code, magic, block_len, strong_len, log::take())
        });
        assert_eq!(ours, theirs, "case {case}: {old_fsize} {magic:#x} {block_len} {strong_len}");
    }
}
