use crate::{guarded::Guarded, lengths, noise};
use rollsync_kernels::{
    Isa,
    weak::{self, RollingSum, WeakKind},
};

pub(crate) const KINDS: [WeakKind; 2] = [WeakKind::Rollsum, WeakKind::RabinKarp];

/// The definitions, term by term.
pub(crate) fn by_definition(kind: WeakKind, window: &[u8]) -> u32 {
    match kind {
        WeakKind::Rollsum => {
            let terms = (1_u32..).zip(window.iter().rev()).map(|(weight, &b)| (weight, u32::from(b) + 31));
            let (mut s1, mut s2) = (0_u32, 0_u32);
            for (weight, term) in terms {
                s1 = s1.wrapping_add(term);
                s2 = s2.wrapping_add(weight.wrapping_mul(term));
            }
            s2 << 16 | s1 & 0xffff
        }
        WeakKind::RabinKarp => {
            let (mut sum, mut power) = (0_u32, 1_u32);
            for &byte in window.iter().rev() {
                sum = sum.wrapping_add(power.wrapping_mul(u32::from(byte)));
                power = power.wrapping_mul(0x0810_4225);
            }
            sum.wrapping_add(power)
        }
    }
}

#[test]
fn sum_at_every_length_and_alignment() {
    let mut memory = Guarded::new(65_537 + 64);
    for data in [noise(1, 65_537), vec![0xff; 65_537]] {
        for len in lengths() {
            let content = &data[..len];
            for kind in KINDS {
                let expected = by_definition(kind, content);
                memory.everywhere(content, |block, place| {
                    for isa in Isa::available() {
                        assert_eq!(weak::sum(isa, kind, block), expected, "{isa:?} {kind:?} of {place}");
                    }
                });
            }
        }
    }
}

#[test]
fn sums_of_many_blocks() {
    let data = noise(2, 9000);
    let mut memory = Guarded::new(data.len() + 64);
    for kind in KINDS {
        for block_len in [1, 2, 31, 32, 33, 63, 64, 65, 200, 2047, 2048, 2049, 9000, 9001] {
            for len in [0, 1, block_len.min(9000), 4096, 8999, 9000] {
                let expected: Vec<u32> =
                    data[..len].chunks(block_len).map(|block| by_definition(kind, block)).collect();
                let check = |data: &[u8]| {
                    for isa in Isa::available() {
                        let mut sums = vec![0; expected.len()];
                        weak::sums(isa, kind, data, block_len, &mut sums);
                        assert_eq!(sums, expected, "{isa:?} {kind:?}, {len} bytes in blocks of {block_len}");
                    }
                };
                for gap in [0, 1, 31] {
                    check(memory.at_front(&data[..len], gap));
                    check(memory.at_back(&data[..len], gap));
                }
            }
        }
    }
}

/// A window that is not empty, at whose end more is appended.
#[test]
fn update_after_anything() {
    let data = noise(3, 2 * 4200);
    let mut memory = Guarded::new(4200);
    for kind in KINDS {
        for before in [1, 7, 64, 1000, 4200] {
            for len in lengths().filter(|&len| len <= 4200) {
                let expected = by_definition(kind, &data[..before + len]);
                let appended = memory.at_back(&data[before..before + len], 0);
                for isa in Isa::available() {
                    let mut sum = RollingSum::new(kind);
                    sum.update(Isa::portable(), &data[..before]);
                    sum.update(isa, appended);
                    assert_eq!((sum.digest(), sum.len()), (expected, before + len), "{isa:?} {kind:?}");
                    // What else it carries is right when it still rolls.
                    sum.rotate(data[0], 0x5a);
                    let rolled = [&data[1..before + len], &[0x5a]].concat();
                    assert_eq!(sum.digest(), by_definition(kind, &rolled), "{isa:?} {kind:?} rolled");
                }
            }
        }
    }
}
