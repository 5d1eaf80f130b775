use super::*;
use alloc::vec::Vec;
use proptest::prelude::*;

const KINDS: [WeakKind; 2] = [WeakKind::Rollsum, WeakKind::RabinKarp];

/// The definitions, summed term by term.
fn by_definition(kind: WeakKind, window: &[u8]) -> u32 {
    let n = u32::try_from(window.len()).unwrap();
    match kind {
        WeakKind::Rollsum => {
            let (mut s1, mut s2) = (0_u32, 0_u32);
            for (i, &byte) in (0..).zip(window) {
                s1 = s1.wrapping_add(u32::from(byte) + 31);
                s2 = s2.wrapping_add((n - i).wrapping_mul(u32::from(byte) + 31));
            }
            s2 << 16 | s1 & 0xffff
        }
        WeakKind::RabinKarp => {
            let m = 0x0810_4225_u32;
            let terms =
                (0..n).zip(window).map(|(i, &b)| u32::from(b).wrapping_mul(m.wrapping_pow(n - 1 - i)));
            terms.fold(m.wrapping_pow(n), u32::wrapping_add)
        }
    }
}

fn generated(n: usize) -> Vec<u8> {
    (0..n).map(|i| u8::try_from((7 * i + 13 * (i >> 8) + 3) % 256).unwrap()).collect()
}

/// The published table of both sums after a sequence of operations.
#[test]
fn step_by_step() {
    for (kind, expected) in [
        (
            WeakKind::Rollsum,
            [0x050a_0206, 0x0514_020a, 0x07a3_028f, 0x051e_020e, 0x0316_018c, 0xea6a_b8fe, 0x1744_b772],
        ),
        (
            WeakKind::RabinKarp,
            [0x238b_d873, 0x56e2_cfcf, 0x7d4b_6751, 0x8a39_c72b, 0x6f7f_9ba0, 0xdd1c_da5e, 0x1832_ea0f],
        ),
    ] {
        let isa = Isa::detect();
        let mut sum = RollingSum::new(kind);
        sum.update(isa, b"abcd");
        assert_eq!(sum.digest(), expected[0]);
        sum.rotate(b'a', b'e');
        assert_eq!(sum.digest(), expected[1]);
        sum.roll_in(b'f');
        assert_eq!((sum.digest(), sum.len()), (expected[2], 5));
        sum.roll_out(b'b');
        assert_eq!(sum.digest(), expected[3]);
        sum.roll_out(b'c');
        assert_eq!(sum.digest(), expected[4]);
        sum.update(isa, &generated(300));
        assert_eq!((sum.digest(), sum.len()), (expected[5], 303));
        for out in *b"def" {
            sum.roll_out(out);
        }
        assert_eq!((sum.digest(), sum.len()), (expected[6], 300));
    }
}

#[test]
fn the_empty_window() {
    assert_eq!(RollingSum::new(WeakKind::Rollsum).digest(), 0);
    assert_eq!(RollingSum::new(WeakKind::RabinKarp).digest(), 1);
    for kind in KINDS {
        let mut sum = RollingSum::new(kind);
        sum.roll_out(7);
        assert_eq!(sum, RollingSum::new(kind), "nothing to drop");
    }
}

#[test]
fn mix32_is_a_bijection_with_its_published_values() {
    for (h, mixed) in [(0, 0), (1, 0x514e_28b7), (u32::MAX, 0x81f1_6f39), (0x1234_5678, 0xe37c_d1bc)] {
        assert_eq!(mix32(h), mixed);
        assert_eq!(unmix32(mixed), h);
    }
}

#[test]
fn every_length_around_the_edges_equals_the_definition() {
    let data: Vec<u8> = generated(70_000).into_iter().map(|b| b ^ 0xa5).collect();
    for isa in Isa::available() {
        for kind in KINDS {
            for n in (0..140).chain([255, 256, 257, 2047, 2048, 2049, 65_535, 65_536, 65_537]) {
                for start in [0, 1, 3, 7] {
                    let window = &data[start..start + n];
                    assert_eq!(
                        sum(isa, kind, window),
                        by_definition(kind, window),
                        "{kind:?} {n} at {start}"
                    );
                }
            }
            assert_eq!(sum(isa, kind, &[0xff; 65_536]), by_definition(kind, &[0xff; 65_536]));
        }
    }
}

proptest! {
    #[test]
    fn rolling_equals_summing_afresh(data in prop::collection::vec(any::<u8>(), 1..400), n in 1..200_usize) {
        let n = n.min(data.len());
        for kind in KINDS {
            let mut rolling = RollingSum::new(kind);
            for &byte in &data[..n] {
                rolling.roll_in(byte);
            }
            for at in 0..data.len() {
                let window = &data[at..data.len().min(at + n)];
                prop_assert_eq!((rolling.digest(), rolling.len()), (by_definition(kind, window), window.len()));
                // A window known by its digest goes on like the one that was rolled here.
                let mut known = RollingSum::from_digest(kind, rolling.digest(), window.len());
                for sum in [&mut rolling, &mut known] {
                    match data.get(at + n) {
                        Some(&next) => sum.rotate(data[at], next),
                        None => sum.roll_out(data[at]),
                    }
                }
                prop_assert_eq!((known.digest(), known.len()), (rolling.digest(), rolling.len()));
            }
            prop_assert_eq!(rolling.digest(), RollingSum::new(kind).digest());
        }
    }

    #[test]
    fn unmix32_undoes_mix32(h: u32) {
        prop_assert_eq!(unmix32(mix32(h)), h);
    }

    #[test]
    fn many_blocks_equal_each_block(data in prop::collection::vec(any::<u8>(), 0..3000), block_len in 1..300_usize) {
        for kind in KINDS {
            let mut got = alloc::vec![0; data.len().div_ceil(block_len)];
            sums(Isa::detect(), kind, &data, block_len, &mut got);
            let want: Vec<u32> = data.chunks(block_len).map(|b| by_definition(kind, b)).collect();
            prop_assert_eq!(got, want);
        }
    }
}
