//! Every edge of the lengths, old crossed with new, in all formats and beside both releases.

use rollsync::Format;
use rollsync_conformance::{Buffers, Case, Ours, Random, RealLibrsync, Release, SignatureArguments, present};
use rollsync_reference::rollsum;

use crate::compare::{Drive, round, same};

#[test]
fn lengths_crossed() {
    let mut count = 0;
    for block_len in [1, 2, 7, 64, 100] {
        let lens = [
            0,
            1,
            block_len - 1,
            block_len,
            block_len + 1,
            2 * block_len - 1,
            2 * block_len,
            3 * block_len + block_len / 2,
        ];
        for zeros in [false, true] {
            let bytes = if zeros { vec![0; 8 * block_len] } else { Random::new(3).bytes(8 * block_len, 256) };
            for (old, new) in lens.iter().flat_map(|old| lens.iter().map(move |new| (*old, *new))) {
                // The new file begins as the basis does, ends as it does, or is another.
                for new in
                    [&bytes[..new], &bytes[old.saturating_sub(new)..][..new], &bytes[8 * block_len - new..]]
                {
                    count += in_all_formats(&bytes[..old], new, block_len, 0);
                }
            }
        }
    }
    println!("lengths crossed: {count}");
}

/// The short last block of the basis is found at the end of the new file and nowhere else; a block of other length never.
#[test]
fn the_short_last_block() {
    let mut count = 0;
    for block_len in [2, 5, 64] {
        let mut random = Random::new(4);
        for tail in [1, block_len / 2, block_len - 1] {
            let basis = random.bytes(5 * block_len + tail, 256);
            let (blocks, last) = basis.split_at(5 * block_len);
            let noise = random.bytes(block_len + 1, 256);
            let news = [
                last.to_vec(),
                [last, last].concat(),
                [&noise, last].concat(),
                [last, &noise].concat(),
                [&noise, last, &noise].concat(),
                [blocks, last, blocks].concat(),
                [last, blocks].concat(),
                [blocks, &noise[..1], last].concat(),
                [last, blocks, last, &noise[..1], last].concat(),
                [&last[1..], blocks].concat(),
                [blocks, &last[1..]].concat(),
                [blocks, last, &last[..1]].concat(),
            ];
            for new in news {
                count += in_all_formats(&basis, &new, block_len, 0);
            }
        }
    }
    println!("short last blocks: {count}");
}

#[test]
fn every_strong_len() {
    let mut random = Random::new(5);
    let basis = random.bytes(1_000, 4);
    let new = [&basis[300..], &random.bytes(50, 4), &basis[..520]].concat();
    let mut count = 0;
    for strong_len in (-1..=33).chain([64, i64::MAX]) {
        for (block_len, (basis, new)) in [(0, (&basis, &new)), (1, (&new, &basis)), (9, (&basis, &new))] {
            count += in_all_formats(basis, new, block_len, strong_len);
        }
    }
    println!("strong lengths: {count}");
}

#[test]
fn blocks_longer_than_the_file() {
    let mut random = Random::new(6);
    let mut count = 0;
    for len in [0, 1, 255, 256, 257, 4_000] {
        let bytes = random.bytes(len, 256);
        let longer = [&bytes[..], &bytes, b"and more"].concat();
        for block_len in [len + 1, 2 * len + 9, 65_536, 200_000] {
            count += in_all_formats(&bytes, &bytes, block_len, 0);
            count += in_all_formats(&bytes, &longer, block_len, 0);
            count += in_all_formats(&longer, &bytes, block_len, 0);
        }
    }
    println!("blocks longer than the file: {count}");
}

/// A run that ends within a byte of where a release cuts literals, or of where the opcode changes its width.
#[test]
fn literal_cuts() {
    let mut random = Random::new(7);
    let basis = random.bytes(64, 256);
    let noise = random.bytes(131_080, 256);
    let mut count = 0;
    for len in [
        1, 63, 64, 65, 255, 256, 32_767, 32_768, 32_769, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537,
        131_066, 131_067,
    ] {
        for new in [
            noise[..len].to_vec(),
            [&noise[..len], &basis].concat(),
            [&basis, &noise[..len], &basis].concat(),
        ] {
            count += in_all_formats(&basis, &new, 64, 8);
        }
    }
    println!("literal cuts: {count}");
}

/// librsync's index knows two weak sums by one key, that of 0 and that of ffffffff: a block is found under either.
#[test]
fn twins_of_a_key() {
    // For a rollsum, the key is mixed from it.
    let windows = [
        (
            Format::RABIN_KARP_MD4,
            [0, u32::MAX],
            [*b"\xd6\x09\x67\xd4\x49\x84", *b"\x79\x97\xb1\x37\x28\xae"].map(Vec::from),
        ),
        (Format::ROLLSUM_MD4, [0, 0x331d_a083], [0, 0x331d_a083].map(window_of_rollsum)),
    ];
    for real in Release::ALL.into_iter().filter_map(present_once) {
        let ours = Ours(real.release().profile());
        for (format, sums, windows) in &windows {
            for (window, sum) in windows.iter().zip(sums) {
                let arguments =
                    SignatureArguments { format: *format, block_len: window.len(), strong_len: 0 };
                let mut signature = ours.signature(window, true, &arguments, Buffers::default()).output;
                assert_eq!(signature[12..16], sum.to_be_bytes(), "{format:?}");
                for (weak, found) in [(sums[0], 1), (sums[1], 1), (sums[1] ^ 1, 0)] {
                    signature[12..16].copy_from_slice(&weak.to_be_bytes());
                    let loaded = real.load(&signature, Buffers::default()).1.expect("it is a signature");
                    let index = ours.load(&signature, Buffers::default()).1.expect("it is a signature");
                    let new = [b"noise", &window[..], b"noise"].concat();
                    let (delta, searches) = ours.delta(&index, &new, None, Buffers::default());
                    let label = format!("weak sum {weak:#x} for {sum:#x}");
                    same(&delta, &real.delta(&loaded, &new, Buffers::default()), false, &label);
                    assert_eq!((searches.matches, Some(searches)), (found, loaded.searches()), "{label}");
                }
            }
        }
    }
}

/// A window with this rollsum.
fn window_of_rollsum(sum: u32) -> Vec<u8> {
    let mut window = vec![128; 1_200];
    let missing =
        |window: &[u8], half: u32| (sum >> half & 0xffff).wrapping_sub(rollsum(window) >> half) & 0xffff;
    // The sum of the values, in the lower half: by the bytes at the end.
    let mut left = missing(&window, 0);
    for byte in &mut window[600..] {
        let more = u8::try_from(left.min(127)).unwrap();
        *byte += more;
        left -= u32::from(more);
    }
    // The sum of the positions, in the upper half, grows by `n` when a unit moves forward by `n` places.
    let left = missing(&window, 16);
    let mut forward = |places: usize, units: u32| {
        let units = u8::try_from(units).unwrap();
        window[0] += units;
        window[places] -= units;
    };
    forward(520, left / 520);
    (0..10).for_each(|bit| forward(1 << bit, ((left % 520) >> bit) & 1));
    assert_eq!(rollsum(&window), sum);
    window
}

/// How many rounds were run.
fn in_all_formats(basis: &[u8], new: &[u8], block_len: usize, strong_len: i64) -> usize {
    let mut count = 0;
    for real in Release::ALL.into_iter().filter_map(|release| present_once(release)) {
        for format in Format::ALL {
            let arguments = SignatureArguments { format, block_len, strong_len };
            let case = Case { basis: basis.to_vec(), new: new.to_vec(), arguments };
            let label = format!("basis of {}, new of {} bytes", basis.len(), new.len());
            let one_byte = Buffers { input: 1, output: 1 };
            let drives = [Drive::WholeFile(Buffers::default()), Drive::Iterate(one_byte)];
            // One drive is enough for long files.
            for drive in &drives[..if new.len() < 1_000 { 2 } else { 1 }] {
                let done = round(real, &case, *drive, &label);
                let max = i64::try_from(format.strong.digest_len()).unwrap();
                assert_eq!(done.is_some(), strong_len <= max, "{label}, {arguments:?}");
                count += 1;
            }
        }
    }
    count
}

fn present_once(release: Release) -> Option<&'static RealLibrsync> {
    use std::sync::Once;
    static SAID: [Once; 2] = [Once::new(), Once::new()];
    let real = RealLibrsync::of(release);
    SAID[release as usize].call_once(|| {
        let _ = present(real.clone());
    });
    real.ok()
}
