use super::*;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

fn filter_of(digests: &[u32], kind: WeakKind, window_len: usize) -> Filter {
    let mut filter = Filter::with_room_for(digests.len(), kind, window_len).unwrap();
    for &digest in digests {
        filter.insert(digest);
    }
    filter
}

/// Every window of the data that has a byte behind it, summed afresh and put to the filter.
fn by_definition(filter: &Filter, kind: WeakKind, data: &[u8], window_len: usize) -> Vec<Hit> {
    let count = data.len().saturating_sub(window_len);
    (0..count)
        .map(|position| Hit {
            position,
            digest: weak::sum(Isa::portable(), kind, &data[position..position + window_len]),
        })
        .filter(|hit| filter.may_contain(hit.digest))
        .collect()
}

#[test]
fn what_was_put_in_passes_and_most_else_does_not() {
    for count in [1, 100, 5_000, 60_000_u32] {
        let digests: Vec<u32> = (0..count).map(|i| weak::mix32(i + 1)).collect();
        let filter = filter_of(&digests, WeakKind::Rollsum, 512);
        assert!(digests.iter().all(|&digest| filter.may_contain(digest)));
        let passed = (0..100_000).filter(|&i| filter.may_contain(weak::mix32(0x8000_0000 + i))).count();
        assert!(passed < 1_000, "{passed} of 100000 unknown sums pass beside {count}");
    }
    let filter = filter_of(&[0, u32::MAX], WeakKind::RabinKarp, 77);
    assert!(filter.may_contain(0) && filter.may_contain(u32::MAX));
}

#[test]
fn filters_grow_with_the_sums() {
    assert_eq!(Filter::size_for(0), 16 << 10);
    assert_eq!(Filter::size_for(2047), 16 << 10);
    assert_eq!(Filter::size_for(2048), 32 << 10);
    assert_eq!(Filter::size_for(22_000), 64 << 10);
    assert_eq!(Filter::size_for(65_536), 256 << 10);
    assert_eq!(Filter::size_for(122_000), 512 << 10);
    assert_eq!(Filter::size_for(2 << 20), 8 << 20);
    assert_eq!(Filter::size_for(usize::MAX), 8 << 30);
}

#[test]
fn data_that_is_too_short_decides_nothing() {
    let filter = filter_of(&[weak::sum(Isa::detect(), WeakKind::Rollsum, b"abcd")], WeakKind::Rollsum, 4);
    let mut hits = Hits::new();
    let mut scan = Scan::new(Isa::detect(), WeakKind::Rollsum, 4);
    for data in [&b""[..], b"abc", b"abcd"] {
        assert_eq!(scan.find(&filter, data, 0, CHUNK, &mut hits), 0);
        assert_eq!(hits.as_slice(), []);
    }
    assert_eq!(scan.find(&filter, b"abcde", 0, CHUNK, &mut hits), 1);
    assert_eq!(hits.as_slice().len(), 1);
}

proptest! {
    /// Whatever the limits of the calls, and wherever the data moves to in between.
    #[test]
    fn calls_joined_equal_every_window_summed_afresh(
        data in prop::collection::vec(0_u8..4, 0..4000),
        window_len in 1..90_usize,
        limits in prop::collection::vec(1..2000_usize, 1..8),
        known in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        for isa in Isa::available() {
            for kind in [WeakKind::Rollsum, WeakKind::RabinKarp] {
                let digests: Vec<u32> = known
                    .iter()
                    .filter(|_| data.len() >= window_len)
                    .map(|i| i.index(data.len() - window_len + 1))
                    .map(|at| weak::sum(isa, kind, &data[at..at + window_len]))
                    .collect();
                let filter = filter_of(&digests, kind, window_len);
                let (mut scan, mut hits) = (Scan::new(isa, kind, window_len), Hits::new());
                let (mut got, mut at) = (vec![], 0);
                for limit in limits.iter().cycle() {
                    // The slice begins at the position itself, as it does when the bytes before it are gone.
                    let next = at + scan.find(&filter, &data[at..], 0, *limit, &mut hits);
                    got.extend(hits.as_slice().iter().map(|hit| Hit { position: at + hit.position, ..*hit }));
                    if next == at {
                        break;
                    }
                    at = next;
                }
                prop_assert_eq!(at, data.len().saturating_sub(window_len));
                prop_assert_eq!(got, by_definition(&filter, kind, &data, window_len));
            }
        }
    }
}
