//! The two weak sums that share a key: librsync keeps 0 for "none" and looks it up as all ones.

use crate::engine::{params, signature_of};
use crate::reference::same_deltas;
use rollsync_core::Format;
use rollsync_reference::{WeakKind, mix32, rabinkarp, rollsum, weak_sum};

/// RabinKarp blocks whose sums are 0 and all ones.
const RABIN_KARP: [[u8; 5]; 2] = [[0x00, 0x7e, 0x1d, 0xc4, 0xfc], [0x00, 0x7e, 0x1d, 0xc4, 0xfb]];

/// A block of `len` bytes, enough of them, with this rollsum.
fn block_of_rollsum(sum: u32, len: usize) -> Vec<u8> {
    let mut block = vec![128_u8; len];
    // The lower half is the plain sum: spread what lacks over all bytes.
    let lack = (sum & 0xffff).wrapping_sub(rollsum(&block) & 0xffff) as u16 as i16;
    for (at, byte) in block.iter_mut().enumerate() {
        let upto = |n: usize| i64::from(lack) * n as i64 / len as i64;
        *byte = byte.checked_add_signed(i8::try_from(upto(at + 1) - upto(at)).unwrap()).unwrap();
    }
    // The upper half weighs each byte by its distance from the end: shift units between a byte and its mirror image.
    let mut lack = i64::from((sum >> 16).wrapping_sub(rollsum(&block) >> 16) as u16 as i16);
    for at in 0..len / 2 {
        let distance = (len - 1 - 2 * at) as i64;
        let units = i8::try_from((lack / distance).clamp(-60, 60)).unwrap();
        block[at] = block[at].checked_add_signed(units).unwrap();
        block[len - 1 - at] = block[len - 1 - at].checked_add_signed(-units).unwrap();
        lack -= i64::from(units) * distance;
    }
    assert_eq!(rollsum(&block), sum);
    block
}

/// Blocks whose keys are all ones, of either kind of weak sum.
fn twins(kind: WeakKind) -> [Vec<u8>; 2] {
    match kind {
        WeakKind::RabinKarp => {
            assert_eq!(RABIN_KARP.map(|block| rabinkarp(&block)), [0, u32::MAX]);
            RABIN_KARP.map(|block| block.to_vec())
        }
        WeakKind::Rollsum => {
            // `mix32` of it is all ones.
            const ALL_ONES: u32 = 0x331d_a083;
            [0, ALL_ONES].map(|sum| block_of_rollsum(sum, 1024))
        }
    }
}

#[test]
fn both_are_found_under_one_key() {
    for format in Format::ALL {
        let kind = rollsync_reference::Format::from_magic(format.magic()).unwrap().weak;
        let [zero, ones] = twins(kind);
        if kind == WeakKind::Rollsum {
            assert_eq!([&zero, &ones].map(|block| mix32(weak_sum(kind, block))), [0, u32::MAX]);
        }
        let filler = vec![b'x'; zero.len()];
        let all =
            [&zero[..], &filler, &ones, b"between", &ones, &zero, &ones, &filler, &zero, b"end"].concat();
        for basis in [vec![&zero], vec![&ones], vec![&zero, &ones], vec![&filler, &ones, &zero, &ones]] {
            let basis = basis.into_iter().flatten().copied().collect::<Vec<u8>>();
            for strong_len in [1, 2, 16] {
                let signature = signature_of(&basis, params(format, zero.len(), strong_len));
                same_deltas(&signature, &all).unwrap();
                // The strong sum of one under the weak sum of the other: equal for the index.
                let both = signature_of(&[&zero[..], &ones].concat(), params(format, zero.len(), strong_len));
                let record = 4 + strong_len;
                let mut crossed = both.clone();
                crossed[12 + 4..12 + record].copy_from_slice(&both[12 + record + 4..]);
                same_deltas(&crossed, &all).unwrap();
                crossed[12 + record + 4..].copy_from_slice(&both[12 + 4..12 + record]);
                same_deltas(&crossed, &all).unwrap();
                // And short of its end, so that the shrinking window meets them.
                same_deltas(&crossed, &all[..all.len() - 3]).unwrap();
            }
        }
    }
}
