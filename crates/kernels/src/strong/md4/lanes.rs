//! MD4 of many messages of one length, side by side: lane `i` of every vector belongs to message `i`.

use super::{INITIAL, K2, K3};
use crate::vector::Vector;

/// The digests of up to `LANES` messages of one length, in their order; so many lanes `V` has. Lanes without a message of
/// their own hash the last one again.
///
/// # Safety
/// The machine must have the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn digests<V: Vector, const LANES: usize>(
    messages: &[&[u8]],
    mut put: impl FnMut(usize, [u8; 16]),
) {
    const { assert!(V::COUNT == LANES) }
    let last = messages.len() - 1;
    let all: [&[u8]; LANES] = core::array::from_fn(|i| messages[i.min(last)]);
    let len = all[0].len();
    assert!(last < LANES && all.iter().all(|message| message.len() == len));

    // What is left of each behind its whole blocks, the bit 1, zeros, and the length in bits.
    let mut tails = [[0_u8; 128]; LANES];
    let rest = len % 64;
    let (whole, padded) = (len - rest, if rest < 56 { 64 } else { 128 });
    for (tail, message) in tails.iter_mut().zip(all) {
        tail[..rest].copy_from_slice(&message[whole..]);
        tail[rest] = 0x80;
        tail[padded - 8..padded].copy_from_slice(&(len as u64).wrapping_mul(8).to_le_bytes());
    }
    let tails: [&[u8]; LANES] = core::array::from_fn(|i| &tails[i][..padded]);

    let [a, b, c, d] = INITIAL;
    // SAFETY: the caller vouches for the instructions; so below.
    let mut state = unsafe { [V::splat(a), V::splat(b), V::splat(c), V::splat(d)] };
    for at in (0..whole).step_by(64) {
        // SAFETY: the same.
        compress(&mut state, &unsafe { V::transposed(&all, at) });
    }
    for at in (0..padded).step_by(64) {
        // SAFETY: the same.
        compress(&mut state, &unsafe { V::transposed(&tails, at) });
    }

    let mut words = [[0_u32; LANES]; 4];
    for (words, vector) in words.iter_mut().zip(state) {
        vector.store(words);
    }
    for message in 0..messages.len() {
        let mut digest = [0; 16];
        for (bytes, words) in digest.as_chunks_mut::<4>().0.iter_mut().zip(&words) {
            *bytes = words[message].to_le_bytes();
        }
        put(message, digest);
    }
}

/// Four steps of a round: every word of the state in its turn.
macro_rules! steps {
    ($f:ident, $x:ident, $k:expr, [$($a:literal $b:literal $c:literal $d:literal),*], $s:ident, $r0:literal $r1:literal $r2:literal $r3:literal) => {$(
        $s[0] = step::<V, $r0>($s[0], $s[1].$f($s[2], $s[3]), $x[$a], $k);
        $s[3] = step::<V, $r1>($s[3], $s[0].$f($s[1], $s[2]), $x[$b], $k);
        $s[2] = step::<V, $r2>($s[2], $s[3].$f($s[0], $s[1]), $x[$c], $k);
        $s[1] = step::<V, $r3>($s[1], $s[2].$f($s[3], $s[0]), $x[$d], $k);
    )*};
}

#[inline(always)]
fn compress<V: Vector>(state: &mut [V; 4], x: &[V; 16]) {
    // SAFETY: `state` holds values of the type, so the machine has its instructions.
    let (k2, k3) = unsafe { (Some(V::splat(K2)), Some(V::splat(K3))) };
    let mut s = *state;
    steps!(choose, x, None, [0 1 2 3, 4 5 6 7, 8 9 10 11, 12 13 14 15], s, 3 7 11 19);
    steps!(majority, x, k2, [0 4 8 12, 1 5 9 13, 2 6 10 14, 3 7 11 15], s, 3 5 9 13);
    steps!(parity, x, k3, [0 8 4 12, 2 10 6 14, 1 9 5 13, 3 11 7 15], s, 3 9 11 15);
    for (word, done) in state.iter_mut().zip(s) {
        *word = word.add(done);
    }
}

#[inline(always)]
fn step<V: Vector, const BITS: i32>(a: V, f: V, x: V, k: Option<V>) -> V {
    let x = k.map_or(x, |k| x.add(k));
    a.add(x).add(f).rotate_left::<BITS>()
}
