//! The scan in AVX2, 32 positions a step.
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
//! A chunk is rolled into a scratch array first, and looked up from there: the two phases wait for different things.

use super::{CHUNK, Filter, Hit, Hits, portable};
use crate::weak::{INVERSE_MULT, MULT, RollingSum, WeakKind, power};
use core::arch::x86_64::*;

/// Positions a step.
const STEP: usize = 32;

/// Bare sums of a chunk, a row of eight at a time, in the order in which they come out of [`Order`].
#[repr(align(64))]
struct Scratch([[u32; 8]; CHUNK / 8]);

/// How a step's 32 bits, one for each sum in the order of the scratch, become bits in order of position.
#[derive(Clone, Copy)]
enum Order {
    Straight,
    /// Word `8t + l` belongs to position `4l + t`.
    ByPhase,
}

/// As [`portable::scan`].
#[target_feature(enable = "avx2")]
pub(super) fn scan(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
) {
    let (out_steps, out_rest) = outgoing.as_chunks::<STEP>();
    let (in_steps, in_rest) = incoming.as_chunks::<STEP>();
    let mut scratch = Scratch([[0; 8]; CHUNK / 8]);
    let rows = &mut scratch.0[..out_steps.len() * (STEP / 8)];
    let bare = filter.bare.of(window.digest());
    let (bare, order) = match window.kind() {
        WeakKind::RabinKarp => (roll_rabin_karp(bare, window.len(), out_steps, in_steps, rows), Order::ByPhase),
        WeakKind::Rollsum => (roll_rollsum(bare, window.len(), out_steps, in_steps, rows), Order::Straight),
    };
    *window = RollingSum::from_digest(window.kind(), filter.bare.digest(bare), window.len());
    look_up(filter, rows, order, start, hits);
    portable::scan(filter, window, out_rest, in_rest, start + out_steps.len() * STEP, hits);
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

/// Writes the bare sums of all positions, and returns that of the one behind them. Lane `l` of a vector is a dword of
/// data, four positions; row `t` of four is the `t`-th of each.
#[target_feature(enable = "avx2")]
fn roll_rabin_karp(bare: u32, n: usize, out: &[[u8; STEP]], next: &[[u8; STEP]], rows: &mut [[u32; 8]]) -> u32 {
    let m_n = splat(power(n));
    let inverses = INVERSES.map(|row| load_words(&row));
    let gone = inverses.map(|row| _mm256_mullo_epi32(row, m_n));
    let powers = POWERS.map(|row| load_words(&row));
    let m_32 = splat(MULT.wrapping_pow(32));
    let last = splat(7);
    let mut carry = splat(bare);
    for ((out, next), rows) in out.iter().zip(next).zip(rows.as_chunks_mut::<4>().0) {
        let (out, next) = (phases(load(out)), phases(load(next)));
        let term = |t: usize| {
            _mm256_sub_epi32(_mm256_mullo_epi32(next[t], inverses[t]), _mm256_mullo_epi32(out[t], gone[t]))
        };
        // What the positions from phase t on add within their dword.
        let suffix_3 = term(3);
        let suffix_2 = _mm256_add_epi32(term(2), suffix_3);
        let suffix_1 = _mm256_add_epi32(term(1), suffix_2);
        let suffix_0 = _mm256_add_epi32(term(0), suffix_1);
        let sums = prefix_sums(suffix_0);
        let after = _mm256_add_epi32(carry, sums);
        for ((row, suffix), power) in rows.iter_mut().zip([suffix_0, suffix_1, suffix_2, suffix_3]).zip(powers) {
            store_words(row, _mm256_mullo_epi32(_mm256_sub_epi32(after, suffix), power));
        }
        let total = _mm256_permutevar8x32_epi32(sums, last);
        carry = _mm256_mullo_epi32(_mm256_add_epi32(carry, total), m_32);
    }
    first_lane(carry)
}

/// The four bytes of each dword, each as a dword.
#[target_feature(enable = "avx2")]
fn phases(dwords: __m256i) -> [__m256i; 4] {
    let low = splat(0xff);
    [
        _mm256_and_si256(dwords, low),
        _mm256_and_si256(_mm256_srli_epi32::<8>(dwords), low),
        _mm256_and_si256(_mm256_srli_epi32::<16>(dwords), low),
        _mm256_srli_epi32::<24>(dwords),
    ]
}

/// Each lane and all before it.
#[target_feature(enable = "avx2")]
fn prefix_sums(x: __m256i) -> __m256i {
    let x = _mm256_add_epi32(x, _mm256_slli_si256::<4>(x));
    let x = _mm256_add_epi32(x, _mm256_slli_si256::<8>(x));
    let lasts = _mm256_shuffle_epi32::<0xff>(x);
    _mm256_add_epi32(x, _mm256_permute2x128_si256::<0x08>(lasts, lasts))
}

/// Writes the bare sums of all positions, and returns that of the one behind them; sixteen 16-bit lanes at a time.
#[target_feature(enable = "avx2")]
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "rollsum counts modulo 2^16")]
fn roll_rollsum(bare: u32, n: usize, out: &[[u8; STEP]], next: &[[u8; STEP]], rows: &mut [[u32; 8]]) -> u32 {
    let n = _mm256_set1_epi16(n as i16);
    let (mut s1, mut s2) = (_mm256_set1_epi16(bare as i16), _mm256_set1_epi16((bare >> 16) as i16));
    let halves = out.as_flattened().as_chunks::<16>().0.iter().zip(next.as_flattened().as_chunks::<16>().0);
    for ((out, next), rows) in halves.zip(rows.as_chunks_mut::<2>().0) {
        let (out, next) = (_mm256_cvtepu8_epi16(load_half(out)), _mm256_cvtepu8_epi16(load_half(next)));
        let change_1 = _mm256_sub_epi16(next, out);
        let sums_1 = prefix_sums_16(change_1);
        let after_1 = _mm256_add_epi16(s1, sums_1);
        let change_2 = _mm256_sub_epi16(after_1, _mm256_mullo_epi16(n, out));
        let sums_2 = prefix_sums_16(change_2);
        let after_2 = _mm256_add_epi16(s2, sums_2);
        // Before the step, not after it.
        let (at_1, at_2) = (_mm256_sub_epi16(after_1, change_1), _mm256_sub_epi16(after_2, change_2));
        let (low, high) = (_mm256_unpacklo_epi16(at_1, at_2), _mm256_unpackhi_epi16(at_1, at_2));
        store_words(&mut rows[0], _mm256_permute2x128_si256::<0x20>(low, high));
        store_words(&mut rows[1], _mm256_permute2x128_si256::<0x31>(low, high));
        s1 = _mm256_add_epi16(s1, last_16(sums_1));
        s2 = _mm256_add_epi16(s2, last_16(sums_2));
    }
    first_lane(_mm256_unpacklo_epi16(s1, s2))
}

/// Each lane and all before it.
#[target_feature(enable = "avx2")]
fn prefix_sums_16(x: __m256i) -> __m256i {
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<2>(x));
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<4>(x));
    let x = _mm256_add_epi16(x, _mm256_slli_si256::<8>(x));
    let lower = _mm256_permute2x128_si256::<0x08>(x, x);
    _mm256_add_epi16(x, _mm256_shuffle_epi8(lower, _mm256_set1_epi16(0x0f0e)))
}

/// The last lane in all lanes.
#[target_feature(enable = "avx2")]
fn last_16(x: __m256i) -> __m256i {
    _mm256_shuffle_epi8(_mm256_permute2x128_si256::<0x11>(x, x), _mm256_set1_epi16(0x0f0e))
}

/// Puts the sums to the filter, and lists those that pass in order of position.
#[target_feature(enable = "avx2")]
fn look_up(filter: &Filter, rows: &[[u32; 8]], order: Order, start: usize, hits: &mut Hits) {
    for (step, rows) in rows.as_chunks::<4>().0.iter().enumerate() {
        let mut passed = 0_u32;
        for (i, row) in rows.iter().enumerate() {
            passed |= test(filter, row) << (8 * i);
        }
        if passed == 0 {
            continue;
        }
        if let Order::ByPhase = order {
            passed = by_position(passed);
        }
        while passed != 0 {
            let position = passed.trailing_zeros() as usize;
            passed &= passed - 1;
            let word = match order {
                Order::Straight => rows[position / 8][position % 8],
                Order::ByPhase => rows[position % 4][position / 4],
            };
            hits.list[hits.len] = Hit { position: start + STEP * step + position, digest: filter.bare.digest(word) };
            hits.len += 1;
        }
    }
}

/// Which of eight bare sums may be in the filter.
#[target_feature(enable = "avx2")]
fn test(filter: &Filter, row: &[u32; 8]) -> u32 {
    let spread = match filter.bare.kind {
        WeakKind::RabinKarp => *row,
        WeakKind::Rollsum => row.map(|bare| filter.bare.spread(bare)),
    };
    let words: [u32; 8] = core::array::from_fn(|i| {
        // SAFETY: there are 2^(32 - shift) words, and a word's number is what is left of 32 bits after the shift.
        unsafe { *filter.words.get_unchecked((spread[i] >> filter.shift) as usize) }
    });
    let (sums, words, low) = (load_words(&spread), load_words(&words), splat(31));
    let first = _mm256_srlv_epi32(words, _mm256_and_si256(sums, low));
    let second = _mm256_srlv_epi32(words, _mm256_and_si256(_mm256_srli_epi32::<5>(sums), low));
    let both = _mm256_slli_epi32::<31>(_mm256_and_si256(first, second));
    _mm256_movemask_ps(_mm256_castsi256_ps(both)).cast_unsigned()
}

/// Bit `8t + l` becomes bit `4l + t`.
fn by_position(mask: u32) -> u32 {
    let [a, b, c, d] = mask.to_le_bytes().map(|bits| SPREAD_BITS[bits as usize]);
    a | b << 1 | c << 2 | d << 3
}

/// Bit `i` of a byte at bit `4i`.
static SPREAD_BITS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte] |= 1 << (4 * bit);
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

#[target_feature(enable = "avx2")]
fn splat(word: u32) -> __m256i {
    _mm256_set1_epi32(word.cast_signed())
}

#[target_feature(enable = "avx2")]
fn first_lane(vector: __m256i) -> u32 {
    _mm256_cvtsi256_si32(vector).cast_unsigned()
}

#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: thirty-two bytes are there; they need no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn load_half(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: sixteen bytes are there; they need no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn load_words(words: &[u32; 8]) -> __m256i {
    // SAFETY: thirty-two bytes are there; they need no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn store_words(words: &mut [u32; 8], vector: __m256i) {
    // SAFETY: there are thirty-two bytes to write; they need no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}
