use crate::{guarded::Guarded, noise, weak::KINDS, weak::by_definition};
use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Filter, Hit, Hits, Scan},
    weak::{RollingSum, WeakKind},
};

fn filter(kind: WeakKind, window_len: usize, room: usize, digests: impl IntoIterator<Item = u32>) -> Filter {
    let mut filter = Filter::with_room_for(room, kind, window_len).unwrap();
    digests.into_iter().for_each(|digest| filter.insert(digest));
    filter
}

/// Sums that follow each other without a pattern.
fn random_sums(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|i| (i ^ i << 13).wrapping_mul(0x9e37_79b1).rotate_left(11).wrapping_mul(0x85eb_ca6b))
}

/// The sum of every window that has a byte behind it.
fn all_sums(kind: WeakKind, data: &[u8], window_len: usize) -> Vec<u32> {
    let Some(last) = data.len().checked_sub(window_len + 1) else { return Vec::new() };
    let mut window = RollingSum::new(kind);
    window.update(Isa::portable(), &data[..window_len]);
    (0..=last)
        .map(|at| {
            let digest = window.digest();
            // The definition itself where that is quick, and here and there.
            if window_len < 80 || at % 97 == 0 {
                assert_eq!(digest, by_definition(kind, &data[at..at + window_len]));
            }
            window.rotate(data[at], data[at + window_len]);
            digest
        })
        .collect()
}

fn expected(filter: &Filter, sums: &[u32]) -> Vec<Hit> {
    let hits = sums.iter().enumerate().map(|(position, &digest)| Hit { position, digest });
    hits.filter(|hit| filter.may_contain(hit.digest)).collect()
}

/// The hits of the whole slice, call after call.
fn found(
    isa: Isa,
    kind: WeakKind,
    window_len: usize,
    filter: &Filter,
    data: &[u8],
    limit: usize,
) -> Vec<Hit> {
    let (mut scan, mut hits) = (Scan::new(isa, kind, window_len), Hits::new());
    let (mut all, mut from) = (Vec::new(), 0);
    loop {
        let next = scan.find(filter, data, from, limit, &mut hits);
        assert!(next <= from + limit.min(CHUNK));
        if next == from {
            assert_eq!(from, data.len().saturating_sub(window_len), "stopped early");
            return all;
        }
        all.extend_from_slice(hits.as_slice());
        from = next;
    }
}

/// Filters that let nothing, little, about half and everything through.
fn filters(kind: WeakKind, window_len: usize, sums: &[u32]) -> [Filter; 4] {
    [
        filter(kind, window_len, 0, []),
        filter(kind, window_len, 0, sums.iter().copied().step_by(7)),
        filter(kind, window_len, 0, random_sums(80_000)),
        filter(kind, window_len, 0, random_sums(1_000_000)),
    ]
}

#[test]
fn every_number_of_positions() {
    let data = noise(21, 4000);
    let mut memory = Guarded::new(4064);
    for kind in KINDS {
        for window_len in [1, 2, 31, 32, 33, 64, 700, 1500] {
            let sums = all_sums(kind, &data, window_len);
            let filters = filters(kind, window_len, &sums);
            for count in (0..=200).chain([255, 256, 257, 511, 1023, 1024, 1025, 2047, 2048, 2049]) {
                let data = memory.at_back(&data[..window_len + count], count % 64 * (count & 1));
                for filter in &filters {
                    let expected = expected(filter, &sums[..count]);
                    for isa in Isa::available() {
                        let got = found(isa, kind, window_len, filter, data, CHUNK);
                        assert!(got == expected, "{isa:?} {kind:?} window {window_len}, {count} positions");
                    }
                }
            }
        }
    }
}

#[test]
fn every_window_length_and_alignment() {
    let data = noise(22, 65_537 + 1200);
    let mut memory = Guarded::new(data.len() + 64);
    let lengths = (1..=200).chain(255..=257).chain(1023..=1025).chain(2047..=2049).chain(65_535..=65_537);
    for kind in KINDS {
        for window_len in lengths.clone() {
            let content = &data[..window_len + 1100];
            let sums = all_sums(kind, content, window_len);
            let filter = filter(kind, window_len, 0, sums.iter().copied().step_by(11));
            let expected = expected(&filter, &sums);
            let check = |data: &[u8], place: &str| {
                for isa in Isa::available() {
                    let got = found(isa, kind, window_len, &filter, data, CHUNK);
                    assert!(got == expected, "{isa:?} {kind:?} window {window_len} in {place}");
                }
            };
            if [1, 32, 100, 2049].contains(&window_len) {
                memory.everywhere(content, check);
            } else {
                let gap = window_len % 64;
                check(memory.at_front(content, 0), "front");
                check(memory.at_front(content, gap), "near the front");
                check(memory.at_back(content, 0), "back");
                check(memory.at_back(content, gap), "near the back");
            }
        }
    }
}

#[test]
fn every_limit() {
    let data = noise(23, 2500);
    let mut memory = Guarded::new(data.len());
    let data = memory.at_back(&data, 0);
    for kind in KINDS {
        for window_len in [5, 512] {
            let sums = all_sums(kind, data, window_len);
            let filter = filter(kind, window_len, 0, random_sums(80_000));
            let expected = expected(&filter, &sums);
            for limit in (1..=200).chain([255, 256, 257, 1023, 1024, 1025, usize::MAX / 2]) {
                for isa in Isa::available() {
                    let got = found(isa, kind, window_len, &filter, data, limit);
                    assert!(got == expected, "{isa:?} {kind:?} window {window_len}, {limit} a call");
                }
            }
        }
    }
}

/// From the smallest filter to one larger than a second-level cache.
#[test]
fn filters_of_every_size() {
    let data = noise(24, 20_000);
    for kind in KINDS {
        for room in [0, 10_000, 40_000, 300_000, 1_000_000] {
            let sums = all_sums(kind, &data, 1000);
            let known = sums.iter().copied().step_by(100);
            let filter =
                filter(kind, 1000, room, known.clone().chain(random_sums(u32::try_from(room).unwrap())));
            assert!(known.clone().all(|digest| filter.may_contain(digest)));
            let expected = expected(&filter, &sums);
            assert!((190..1500).contains(&expected.len()), "{} of {} pass", expected.len(), sums.len());
            for isa in Isa::available() {
                assert!(
                    found(isa, kind, 1000, &filter, &data, CHUNK) == expected,
                    "{isa:?} {kind:?}, room {room}"
                );
            }
        }
    }
}

/// Sums at the ends of their range, and windows whose bare sum is 0.
#[test]
fn data_of_one_byte() {
    for kind in KINDS {
        for byte in [0, 1, 0x80, 0xff] {
            for window_len in [1, 33, 2048, 65_537] {
                let data = vec![byte; window_len + 1500];
                let sum = by_definition(kind, &data[..window_len]);
                let (known, unknown) =
                    (filter(kind, window_len, 0, [sum]), filter(kind, window_len, 0, [!sum]));
                for isa in Isa::available() {
                    let hits = found(isa, kind, window_len, &known, &data, CHUNK);
                    assert!(hits.iter().enumerate().all(|(i, hit)| *hit == Hit { position: i, digest: sum }));
                    assert_eq!(hits.len(), 1500, "{isa:?} {kind:?} {byte} window {window_len}");
                    assert_eq!(found(isa, kind, window_len, &unknown, &data, CHUNK), []);
                }
            }
        }
    }
}
