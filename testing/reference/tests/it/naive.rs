//! The delta against an even plainer one, which sums every window from scratch and has no index.

use rollsync_reference::{
    Format, Params, Rules, Signature, delta, index_key, rabinkarp, strong_sum, weak_sum,
};

use crate::random::Random;

/// (position, lowest equal block, window length) of every match.
fn naive_matches(signature: &Signature, new: &[u8]) -> Vec<(usize, usize, usize)> {
    let params = signature.params;
    let (mut matches, mut p) = (Vec::new(), 0);
    while p < new.len() {
        let window = &new[p..(p + params.block_len()).min(new.len())];
        let key = index_key(params.format().weak, weak_sum(params.format().weak, window));
        let strong = strong_sum(params.format().strong, window, params.strong_len());
        let found = signature
            .records
            .iter()
            .position(|r| index_key(params.format().weak, r.weak) == key && r.strong == strong);
        if let Some(block) = found {
            matches.push((p, block, window.len()));
        }
        p += if found.is_some() { window.len() } else { 1 };
    }
    matches
}

#[test]
fn the_search_finds_what_the_naive_search_finds() {
    let mut random = Random::new(5);
    let mut found = 0;
    for _ in 0..300 {
        let basis = random.basis(800);
        let new = random.edited(&basis);
        let format = random.pick(&Format::ALL);
        let block_len = random.pick(&[1, 3, 8, 50, 1000]);
        let params = Params::new(format, block_len, random.pick(&[1, 2, 16])).unwrap();
        let signature = Signature::of(&basis, params);
        let made = delta(&signature, &new, &Rules::release_2_3_2(block_len));
        let matches: Vec<_> = made.matches.iter().map(|m| (m.position, m.lowest, m.len)).collect();
        assert_eq!(matches, naive_matches(&signature, &new));
        assert_eq!(made.search.matches, matches.len() as u64);
        let matched: usize = made.matches.iter().map(|m| m.len).sum();
        if !signature.records.is_empty() {
            assert_eq!(made.search.searches, (matches.len() + new.len() - matched) as u64);
        }
        found += matches.len();
    }
    assert!(found > 1000, "the cases find blocks: {found}");
}

/// Keys 0 and ffffffff are one key: blocks under them are told apart by the strong sum alone.
#[test]
fn the_key_zero_has_a_twin() {
    let (zero, ones) = (b"\x00\x7e\x1d\xc4\xfc", b"\x00\x7e\x1d\xc4\xfb");
    assert_eq!((rabinkarp(zero), rabinkarp(ones)), (0, 0xffff_ffff));
    let params = Params::new(Format::RABINKARP_MD4, 5, 16).unwrap();
    let signature = Signature::of(&[*zero, *ones].concat(), params);
    let made = delta(&signature, &[*ones, *zero].concat(), &Rules::release_2_3_2(5));
    // The second block is found behind the first one's strong sum, the first at once.
    assert_eq!(made.matches.iter().map(|m| m.lowest).collect::<Vec<_>>(), [1, 0]);
    assert_eq!((made.search.strong_compares, made.search.strong_calcs), (3, 2));
    assert_eq!(index_key(Format::ROLLSUM_MD4.weak, 0), 0xffff_ffff);
}
