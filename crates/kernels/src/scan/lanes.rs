//! The scan in vectors, four positions a lane and a step.
//!
//! Rolling is a linear recurrence, and so a prefix sum. With `v[j]` the bare sum of the window at position `j`, `n` its
//! length, `in[j] = data[j + n]` and `out[j] = data[j]`:
//!
//! ```text
//! RabinKarp  v[j+1] = v[j] * M + in[j] - M^n * out[j]
//!            u[j] = v[j] * M^-j                          makes that a plain sum:
//!            u[j+1] = u[j] + e[j],   e[j] = in[j] * M^-(j+1) - out[j] * M^n * M^-(j+1)
//!            v[j] = u[j] * M^j
//! rollsum    s1[j+1] = s1[j] + in[j] - out[j]
//!            s2[j+1] = s2[j] + s1[j+1] - n * out[j]
//! ```
//!
//! A chunk is rolled into [`Sums`] first, and looked up from there: the two phases wait for different things.

use super::{CHUNK, Filter, Hit, Hits, portable};
use crate::{
    vector::Multiply,
    weak::{INVERSE_MULT, MULT, RollingSum, WeakKind, power},
};

/// The sums of a chunk as they are looked up. Within a step, word `COUNT * t + l` belongs to position `4 * l + t` for
/// RabinKarp, and each to its own for rollsum.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Sums(pub(super) [u32; CHUNK]);

/// A run of positions to roll over: whole steps.
pub(super) struct Run<'a> {
    /// The bare sum at the first position.
    pub(super) bare: u32,
    /// What the oldest byte is multiplied with when it leaves.
    pub(super) factor: u32,
    /// The byte that leaves at each position, and the one that enters.
    pub(super) out: &'a [u8],
    pub(super) next: &'a [u8],
    /// Where each position's sum goes.
    pub(super) sums: &'a mut [u32],
}

/// As [`portable::scan`]. `roll_rollsum` writes the spread sums of all positions of a run in their order, and returns the
/// bare sum of the one behind them.
///
/// # Safety
/// The machine must have the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn scan<V: Multiply>(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
    roll_rollsum: impl FnOnce(Run<'_>) -> u32,
) {
    let whole = outgoing.len() - outgoing.len() % (4 * V::COUNT);
    let (out, out_rest) = outgoing.split_at(whole);
    let (next, next_rest) = incoming.split_at(whole);
    let bare = filter.bare.of(window.digest());
    let run = Run { bare, factor: window.outgoing_factor(), out, next, sums: &mut hits.sums.0[..whole] };
    let bare = match window.kind() {
        // SAFETY: the caller vouches for the instructions; so below.
        WeakKind::RabinKarp => unsafe { roll_rabin_karp::<V>(run) },
        WeakKind::Rollsum => roll_rollsum(run),
    };
    window.set_digest(filter.bare.digest(bare));
    // SAFETY: the same.
    unsafe { look_up::<V>(filter, window.kind(), whole, start, hits) };
    portable::scan(filter, window, out_rest, next_rest, start + whole, hits);
}

/// Row `t`, lane `l`: `M^-(4l + t + 1)`.
const INVERSES: [[u32; 8]; 4] = by_phase(INVERSE_MULT, 1);
/// Row `t`, lane `l`: `M^(4l + t)`.
const POWERS: [[u32; 8]; 4] = by_phase(MULT, 0);

const fn by_phase(base: u32, offset: u32) -> [[u32; 8]; 4] {
    let mut table = [[0; 8]; 4];
    let (mut position, mut power) = (0, base.wrapping_pow(offset));
    while position < 32 {
        table[position % 4][position / 4] = power;
        power = power.wrapping_mul(base);
        position += 1;
    }
    table
}

/// Writes the bare sums of all positions, and returns that of the one behind them.
///
/// # Safety
/// The machine must have the instructions of `V`.
#[inline(always)]
unsafe fn roll_rabin_karp<V: Multiply>(run: Run<'_>) -> u32 {
    // SAFETY: the caller vouches for the instructions.
    let mut roll = unsafe { RabinKarp::<V>::new(run.bare, run.factor) };
    let abreast = run.out.len() / (ABREAST * 4 * V::COUNT) * (ABREAST * 4 * V::COUNT);
    let ((out, out_rest), (next, next_rest)) = (run.out.split_at(abreast), run.next.split_at(abreast));
    let (sums, sums_rest) = run.sums.split_at_mut(abreast);
    roll.steps::<ABREAST>(out, next, sums);
    roll.steps::<1>(out_rest, next_rest, sums_rest);
    let mut lanes = [0; 8];
    roll.carry.store(&mut lanes[..V::COUNT]);
    lanes[0]
}

/// Steps that go stage by stage together: the processor does not see far enough ahead to interleave them itself.
const ABREAST: usize = 4;

/// A RabinKarp window that rolls. Lane `l` of a vector is a dword of data, four positions; vector `t` of four is the
/// `t`-th of each.
struct RabinKarp<V> {
    /// What a byte that enters at each position of a step is multiplied with, and one that leaves.
    next_factors: [V; 4],
    out_factors: [V; 4],
    /// `M` to the power of each position in a step.
    powers: [V; 4],
    /// `M` to the power of a step's positions.
    m_step: V,
    /// The bare sum at the next step's first position, in all lanes.
    carry: V,
}

impl<V: Multiply> RabinKarp<V> {
    /// # Safety
    /// The machine must have the instructions of `V`.
    #[inline(always)]
    unsafe fn new(bare: u32, m_n: u32) -> Self {
        // SAFETY: the caller vouches for the instructions.
        let (carry, m_n, m_step) =
            unsafe { (V::splat(bare), V::splat(m_n), V::splat(const { power(4 * V::COUNT) })) };
        let (mut next_factors, mut out_factors, mut powers) = ([carry; 4], [carry; 4], [carry; 4]);
        for t in 0..4 {
            // SAFETY: the same.
            (next_factors[t], powers[t]) =
                unsafe { (V::load(&INVERSES[t][..V::COUNT]), V::load(&POWERS[t][..V::COUNT])) };
            out_factors[t] = next_factors[t].mul(m_n);
        }
        Self { next_factors, out_factors, powers, m_step, carry }
    }

    /// Rolls over whole groups of `ABREAST` steps.
    #[inline(always)]
    fn steps<const ABREAST: usize>(&mut self, out: &[u8], next: &[u8], sums: &mut [u32]) {
        let step = 4 * V::COUNT;
        let group = ABREAST * step;
        let groups = out.chunks_exact(group).zip(next.chunks_exact(group)).zip(sums.chunks_exact_mut(group));
        for ((out, next), sums) in groups {
            // What the positions from phase t on add within their dword.
            let mut suffixes = [[self.carry; 4]; ABREAST];
            for (i, suffix) in suffixes.iter_mut().enumerate() {
                let bytes = i * step..(i + 1) * step;
                // SAFETY: `self` holds values of the type, so the machine has its instructions.
                let (out, next) = unsafe {
                    (V::load_bytes(&out[bytes.clone()]).bytes(), V::load_bytes(&next[bytes]).bytes())
                };
                for t in (0..4).rev() {
                    let term = next[t].mul(self.next_factors[t]).sub(out[t].mul(self.out_factors[t]));
                    suffix[t] = if t == 3 { term } else { suffix[t + 1].add(term) };
                }
            }
            let mut prefixes = [self.carry; ABREAST];
            for (prefix, suffix) in prefixes.iter_mut().zip(&suffixes) {
                *prefix = suffix[0].prefix_sums();
            }
            for ((prefix, suffix), sums) in
                prefixes.into_iter().zip(suffixes).zip(sums.chunks_exact_mut(step))
            {
                let after = self.carry.add(prefix);
                self.carry = self.carry.add(prefix.last()).mul(self.m_step);
                for (t, sums) in sums.chunks_exact_mut(V::COUNT).enumerate() {
                    after.sub(suffix[t]).mul(self.powers[t]).store(sums);
                }
            }
        }
    }
}

/// Puts the sums of the first `count` positions to the filter, and lists those that pass in order of position.
///
/// # Safety
/// The machine must have the instructions of `V`.
#[inline(always)]
unsafe fn look_up<V: Multiply>(filter: &Filter, kind: WeakKind, count: usize, start: usize, hits: &mut Hits) {
    let width = V::COUNT;
    // First without a branch on what passes; bit `i` of `some` says that there is anything in `passed[i]`.
    let mut passed = [[0_u32; 4]; CHUNK / 16];
    let mut some = 0_u64;
    let steps = hits.sums.0[..count].chunks_exact(4 * width);
    for (i, (sums, passed)) in steps.zip(&mut passed).enumerate() {
        for t in 0..4 {
            let sums = &sums[t * width..(t + 1) * width];
            let mut words = [0_u32; 8];
            for (word, sum) in words.iter_mut().zip(sums) {
                // SAFETY: there are 2^(32 - shift) words, and a word's number is what is left of 32 bits after the shift.
                *word = unsafe { *filter.words.get_unchecked((sum >> filter.shift) as usize) };
            }
            // SAFETY: the caller vouches for the instructions.
            passed[t] = unsafe { V::load(sums).all_bits_in(V::load(&words[..width])) };
        }
        let any = passed[0] | passed[1] | passed[2] | passed[3];
        some |= u64::from(any != 0) << i;
    }
    while some != 0 {
        let step = some.trailing_zeros() as usize;
        some &= some - 1;
        let [a, b, c, d] = passed[step];
        let mut positions = match kind {
            WeakKind::RabinKarp => spread(a) | spread(b) << 1 | spread(c) << 2 | spread(d) << 3,
            WeakKind::Rollsum => a | b << width | c << (2 * width) | d << (3 * width),
        };
        while positions != 0 {
            let position = positions.trailing_zeros() as usize;
            positions &= positions - 1;
            let place = match kind {
                WeakKind::RabinKarp => width * (position % 4) + position / 4,
                WeakKind::Rollsum => position,
            };
            let digest = filter.bare.digest_of_spread(hits.sums.0[4 * width * step + place]);
            hits.list[hits.len] = Hit { position: start + 4 * width * step + position, digest };
            hits.len += 1;
        }
    }
}

/// Bit `i` of eight at bit `4i`.
const fn spread(bits: u32) -> u32 {
    let bits = (bits | bits << 12) & 0x000f_000f;
    let bits = (bits | bits << 6) & 0x0303_0303;
    (bits | bits << 3) & 0x1111_1111
}
