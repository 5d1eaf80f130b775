//! The speed of the kernels in memory, for every instruction set of this machine.
//!
//! One line each, with tabs between: kernel, instruction set, median and best of the runs in MB/s of wall time on one
//! thread.

use std::hint::black_box;
use std::time::Instant;

use rollsync_kernels::{
    Isa,
    scan::{CHUNK, Filter, Hits, Scan},
    strong::{self, Digest, LANES, StrongKind},
    weak::{self, WeakKind},
};

const RUNS: usize = 9;
const BLOCK_LEN: usize = 2048;
/// Stays in the second-level cache, as what was just read does.
const SUMMED_LEN: usize = 128 * BLOCK_LEN;
const SCANNED_LEN: usize = 8 << 20;
/// Blocks of a basis at 2 KiB: of 8 MiB, of a 46 MB one, of one of 500 MB, of one of 4 GiB.
const KEYS: [usize; 4] = [4096, 22_450, 244_141, 2_097_152];

fn main() {
    let data = random_bytes(SCANNED_LEN);
    for isa in Isa::available() {
        for (name, kind) in [("rabinkarp", WeakKind::RabinKarp), ("rollsum", WeakKind::Rollsum)] {
            report(&format!("weak sums, {name}"), isa, &weak_sums(isa, kind, &data[..SUMMED_LEN]));
        }
        for (name, kind) in [("blake2", StrongKind::Blake2), ("md4", StrongKind::Md4)] {
            report(&format!("strong sums, {name}"), isa, &strong_sums(isa, kind, &data[..SUMMED_LEN]));
        }
        for (name, kind) in [("rabinkarp", WeakKind::RabinKarp), ("rollsum", WeakKind::Rollsum)] {
            for keys in KEYS {
                report(&format!("scan, {name}, {keys} keys"), isa, &scan(isa, kind, keys, &data));
            }
        }
    }
}

fn weak_sums(isa: Isa, kind: WeakKind, data: &[u8]) -> Vec<f64> {
    let mut sums = vec![0; data.len() / BLOCK_LEN];
    speeds(SCANNED_LEN, || {
        for _ in 0..SCANNED_LEN / data.len() {
            weak::sums(isa, kind, black_box(data), BLOCK_LEN, &mut sums);
            black_box(&sums);
        }
    })
}

fn strong_sums(isa: Isa, kind: StrongKind, data: &[u8]) -> Vec<f64> {
    let blocks: Vec<&[u8]> = data.chunks(BLOCK_LEN).collect();
    let mut digests: [Digest; LANES] = [[0; 32]; LANES];
    speeds(SCANNED_LEN, || {
        for _ in 0..SCANNED_LEN / data.len() {
            for blocks in blocks.chunks_exact(LANES) {
                strong::sums(isa, kind, black_box(blocks), &mut digests);
                black_box(&digests);
            }
        }
    })
}

/// Random keys against random data: every hit is a false one, as in a file without matches.
fn scan(isa: Isa, kind: WeakKind, keys: usize, data: &[u8]) -> Vec<f64> {
    let mut filter = Filter::with_room_for(keys, kind, BLOCK_LEN).expect("there is memory for the filter");
    let mut state = 1;
    for _ in 0..keys {
        let block = next(&mut state).to_le_bytes();
        // A rollsum is far from uniform: its keys must be sums of windows of this length.
        filter.insert(match kind {
            WeakKind::RabinKarp => u32::from_le_bytes([block[4], block[5], block[6], block[7]]),
            WeakKind::Rollsum => rollsum_of_random_window(&mut state, data),
        });
    }
    let mut hits = Hits::new();
    speeds(data.len() - BLOCK_LEN, || {
        let mut scan = Scan::new(isa, kind, BLOCK_LEN);
        let mut from = 0;
        let mut passed = 0;
        loop {
            let until = scan.find(&filter, black_box(data), from, CHUNK, &mut hits);
            passed += hits.as_slice().len();
            if until == from {
                break;
            }
            from = until;
        }
        black_box(passed);
    })
}

fn rollsum_of_random_window(state: &mut u64, data: &[u8]) -> u32 {
    let from = usize::try_from(next(state) % (data.len() - BLOCK_LEN) as u64).expect("a position in a slice");
    // One bit is turned, so that the window itself is not found.
    weak::sum(Isa::portable(), WeakKind::Rollsum, &data[from..from + BLOCK_LEN]) ^ 1
}

/// MB/s of each run over `len` bytes; a first run that warms up is not counted.
fn speeds(len: usize, mut run: impl FnMut()) -> Vec<f64> {
    run();
    let mut speeds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            len as f64 / 1e6 / start.elapsed().as_secs_f64()
        })
        .collect();
    speeds.sort_by(f64::total_cmp);
    speeds
}

fn report(kernel: &str, isa: Isa, speeds: &[f64]) {
    println!("{kernel}\t{}\t{:.0}\t{:.0}", isa.name(), speeds[RUNS / 2], speeds[RUNS - 1]);
}

fn random_bytes(len: usize) -> Vec<u8> {
    let mut state = 2;
    (0..len / 8).flat_map(|_| next(&mut state).to_le_bytes()).collect()
}

/// splitmix64
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
