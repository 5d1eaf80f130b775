use rollsync_reference::{
    RabinKarp, Rolling, Rollsum, StrongKind, WeakKind, mix32, rabinkarp, rollsum, strong_sum, weak_sum,
};
use rollsync_vectors::primitives::{MIX32, SUMS, WEAK_ROLLED_OUT, WEAK_STATES, WeakState, WeakStep};

use crate::random::Random;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn published_sums() {
    for sums in SUMS {
        let bytes = sums.message.bytes();
        let name = format!("{:?}", sums.message);
        assert_eq!(rollsum(&bytes), sums.rollsum, "rollsum of {name}");
        assert_eq!(mix32(sums.rollsum), sums.mixed, "mixed rollsum of {name}");
        assert_eq!(rabinkarp(&bytes), sums.rabinkarp, "rabinkarp of {name}");
        assert_eq!(hex(&strong_sum(StrongKind::Md4, &bytes, 16)), sums.md4, "md4 of {name}");
        assert_eq!(hex(&strong_sum(StrongKind::Blake2, &bytes, 32)), sums.blake2b, "blake2b of {name}");
        assert_eq!(hex(&strong_sum(StrongKind::Blake2, &bytes, 7)), sums.blake2b[..14], "truncated: {name}");
    }
}

#[test]
fn published_mixing() {
    for &(value, mixed) in MIX32 {
        assert_eq!(mix32(value), mixed, "mix32({value:#x})");
    }
}

#[test]
fn published_steps() {
    let (mut sum, mut hash) = (Rollsum::new(), RabinKarp::new());
    for state in WEAK_STATES {
        match state.step {
            WeakStep::Update(message) => {
                sum.update(&message.bytes());
                hash.update(&message.bytes());
            }
            WeakStep::RollIn(byte) => {
                sum.rollin(byte);
                hash.rollin(byte);
            }
            WeakStep::Rotate(out, byte) => {
                sum.rotate(out, byte);
                hash.rotate(out, byte);
            }
            WeakStep::RollOut(out) => {
                sum.rollout(out);
                hash.rollout(out);
            }
        }
        assert_state(&sum, &hash, state);
    }
    for out in *b"def" {
        sum.rollout(out);
        hash.rollout(out);
    }
    assert_state(&sum, &hash, &WEAK_ROLLED_OUT);
}

fn assert_state(sum: &Rollsum, hash: &RabinKarp, state: &WeakState) {
    assert_eq!(sum.digest(), state.rollsum, "rollsum after {:?}", state.step);
    assert_eq!(hash.digest(), state.rabinkarp, "rabinkarp after {:?}", state.step);
    assert_eq!(hash.mult(), state.mult, "mult after {:?}", state.step);
    assert_eq!(
        (sum.len(), hash.len()),
        (state.len as u64, state.len as u64),
        "length after {:?}",
        state.step
    );
}

/// A window of random bytes that grows, moves and shrinks at random equals its closed formula after every operation.
#[test]
fn rolling_is_the_closed_formula() {
    let mut random = Random::new(1);
    for alphabet in [1, 3, 256] {
        let data = random.bytes(3000, alphabet);
        let data = if alphabet == 1 { vec![0xff; 3000] } else { data };
        let (mut from, mut to) = (0, 0);
        let (mut sum, mut hash) = (Rollsum::new(), RabinKarp::new());
        while to < data.len() {
            match random.below(4) {
                0 if from < to => {
                    sum.rollout(data[from]);
                    hash.rollout(data[from]);
                    from += 1;
                }
                1 if from < to => {
                    sum.rotate(data[from], data[to]);
                    hash.rotate(data[from], data[to]);
                    (from, to) = (from + 1, to + 1);
                }
                2 => {
                    let more = random.below((data.len() - to).min(40) + 1);
                    sum.update(&data[to..to + more]);
                    hash.update(&data[to..to + more]);
                    to += more;
                }
                _ => {
                    sum.rollin(data[to]);
                    hash.rollin(data[to]);
                    to += 1;
                }
            }
            let window = &data[from..to];
            assert_eq!(sum.digest(), rollsum(window), "rollsum of {from}..{to}, alphabet {alphabet}");
            assert_eq!(hash.digest(), rabinkarp(window), "rabinkarp of {from}..{to}, alphabet {alphabet}");
            assert_eq!((sum.len(), hash.len()), (window.len() as u64, window.len() as u64));
        }
    }
}

#[test]
fn either_kind_rolls() {
    let data = Random::new(2).bytes(700, 256);
    for kind in [WeakKind::Rollsum, WeakKind::RabinKarp] {
        let mut sum = Rolling::of(kind, &data[..100]);
        for p in 0..600 {
            assert_eq!(sum.digest(), weak_sum(kind, &data[p..p + 100]));
            sum.rotate(data[p], data[p + 100]);
        }
        for p in 600..700 {
            assert_eq!(sum.digest(), weak_sum(kind, &data[p..]));
            sum.rollout(data[p]);
        }
        assert_eq!(sum.digest(), weak_sum(kind, b""));
    }
}
