//! What must be reached: each figure as a ratio to a peer in the same run.

use super::runner::{Block, Strong};

/// A signature beside rdiff's, whatever the pair.
pub(super) fn signature_to_rdiff(strong: Strong) -> f64 {
    match strong {
        Strong::Blake2 => 3.5,
        Strong::Md4 => 5.5,
    }
}

/// A signature with MD4 beside fast_rsync's: ahead of it.
pub(super) const SIGNATURE_TO_FAST_RSYNC: f64 = 1.0;

/// A delta with BLAKE2 beside rdiff's.
pub(super) fn delta_to_rdiff(pair: &str, block: Block) -> Option<f64> {
    Some(match pair {
        "e-same" | "h-zeros" | "h-period" | "h-dupblocks" => 3.3,
        "g-inserts" if block == Block::Default => 10.0,
        "c-image" | "d-log" | "g-inserts" => 4.0,
        "a-srctar" | "b-sqlite" => 6.0,
        "f-unrelated" => 12.0,
        "h-weakcoll" => 25.0,
        _ => return None,
    })
}

/// hsynz, which has no package, measured once beside rdiff on one machine (2 KiB blocks): what its delta was to rdiff's,
/// and what ours must be to its.
pub(super) struct Hsynz {
    pub(super) to_rdiff: f64,
    pub(super) floor: f64,
}

/// Its delta with XXH128 beside rdiff's with BLAKE2, in MB per CPU-second on the full corpus; of a range, the end that
/// is the best for it.
pub(super) fn delta_to_hsynz(pair: &str) -> Option<Hsynz> {
    let (hsynz, rdiff, floor) = match pair {
        "a-srctar" => (265.0, 128.0, 2.5),
        "b-sqlite" => (369.0, 132.0, 2.0),
        "c-image" => (523.0, 256.0, 2.0),
        "d-log" => (527.0, 248.0, 2.0),
        "e-same" => (598.0, 383.0, 2.3),
        "f-unrelated" => (71.0, 32.0, 5.0),
        "g-inserts" => (580.0, 245.0, 2.0),
        "h-weakcoll" => (168.0, 4.0, 1.0),
        "h-zeros" | "h-period" | "h-dupblocks" => (1538.0, 414.0, 1.0),
        _ => return None,
    };
    Some(Hsynz { to_rdiff: hsynz / rdiff, floor })
}

/// A patch beside `cp`, when `rdiff_to_cp` is the speed of rdiff's: 0.9 times, or 1.8 times rdiff where that is less.
pub(super) fn patch_to_cp(rdiff_to_cp: Option<f64>) -> f64 {
    rdiff_to_cp.map_or(0.9, |rdiff| (1.8 * rdiff).min(0.9))
}

/// Two threads beside one, by wall time, on pairs a to g above [`THREADS_FROM`] bytes.
pub(super) const TWO_THREADS: f64 = 1.8;
pub(super) const THREADS_FROM: u64 = 64 << 20;
/// Two threads beside one on pairs h, at the worst: by wall time 1.1 times as long, by CPU time 1.3 times.
pub(super) const TWO_THREADS_HOSTILE: f64 = 1.0 / 1.1;
pub(super) const TWO_THREADS_HOSTILE_CPU: f64 = 1.3;

/// A caller that pushes 64 KiB at a time beside whole files.
pub(super) const STREAMING: f64 = 0.8;

/// A byte of a delta without false matches, against 4 GiB beside against 16 MiB: less than so many times.
pub(super) const GROWTH: f64 = 1.5;

/// Bytes at the peak with one thread, the index not counted.
pub(super) fn memory(block_len: u32) -> f64 {
    (16.0 * 1024.0 * 1024.0_f64).max(6.0 * f64::from(block_len))
}

/// Bytes at the peak with two threads, the index not counted.
pub(super) const MEMORY_TWO_THREADS: f64 = 64.0 * 1024.0 * 1024.0;

/// Seconds that a process on a file of 1 KiB may take longer than rdiff's.
pub(super) const SMALL_WORK: f64 = 0.002;

#[cfg(test)]
mod tests {
    use super::patch_to_cp;

    #[test]
    fn the_lesser_floor_of_a_patch_counts() {
        assert!((patch_to_cp(Some(0.4)) - 0.72).abs() < 1e-9);
        assert!((patch_to_cp(Some(0.6)) - 0.9).abs() < 1e-9);
        assert!((patch_to_cp(None) - 0.9).abs() < 1e-9);
    }
}
