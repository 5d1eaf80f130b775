//! A signature without records: librsync cuts literals by its buffers.

use rollsync::EmptyBasis;
use rollsync_conformance::{Buffers, Ours, Random, RealLibrsync, Release, present};

use crate::compare::{replayed, same};

const CASES: usize = 300;

#[test]
fn whole_files_of_any_buffers() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let mut random = Random::new(11);
        for _ in 0..CASES {
            let block_len = random.pick(&[1, 2, 100, 256, 2_048, 70_000]);
            let max = random.pick(&[5, 700, 5_000, 500_000, 1_200_000]);
            let len = random.below(max);
            let new = random.bytes(len, 256);
            // librsync reads and writes so much at once: a few bytes take long over a long file.
            let lens: &[usize] = if len < 6_000 { &[2, 9, 300, 5_000] } else { &[5_000, 70_000, 400_000] };
            let [input, output] = [(); 2].map(|()| {
                let most = random.pick(lens);
                if random.one_in(4) { 0 } else { random.between(1, most) }
            });
            compare(real, block_len, &new, Buffers { input, output });
        }
        println!("empty basis, {}: {CASES}", release.version());
    }
}

/// The smallest buffers crossed, so that whatever is compared in librsync's loop is once equal.
#[test]
fn whole_files_of_the_smallest_buffers() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let new = Random::new(13).bytes(70, 256);
        let mut count = 0;
        for (input, output) in (1..=12).flat_map(|input| (1..=14).map(move |output| (input, output))) {
            for len in [1, 2 * input, 31, 70] {
                compare(real, 256, &new[..len], Buffers { input, output });
                count += 1;
            }
        }
        println!("empty basis, smallest buffers, {}: {count}", release.version());
    }
}

fn compare(real: &RealLibrsync, block_len: usize, new: &[u8], buffers: Buffers) {
    let release = real.release();
    let label = format!("{} bytes, blocks of {block_len}, {buffers:?}, {}", new.len(), release.version());
    let signature = header(block_len);
    let (_, loaded) = real.whole_file(Buffers::default()).load(&signature);
    let theirs = real.whole_file(buffers).delta(&loaded.expect("it is a signature"), new);

    let ours = Ours(release.profile());
    let index = ours.load(&signature, Buffers::default()).1.expect("it is a signature");
    let rule = replayed(release, block_len, buffers);
    // The buffers of the drive have no say in it.
    for buffers in [buffers, Buffers { input: 333, output: 77 }] {
        same(&ours.delta(&index, new, Some(rule), buffers).0, &theirs, true, &label);
    }
    if buffers == Buffers::default() {
        same(&ours.delta(&index, new, None, buffers).0, &theirs, true, &label);
    }
    let patched = real.patch(&[], &theirs.output, Buffers::default());
    assert!((patched.code, &patched.output[..]) == (0, new), "{label}");
}

/// Through `rs_job_iter` each piece is one literal.
#[test]
fn pieces_as_they_are_offered() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let mut random = Random::new(12);
        for case in 0..CASES {
            let len = random.below(5_000);
            let new = random.bytes(len, 256);
            let signature = header(256);
            // Output space for all of it, so that no piece is left over and offered again with the next.
            let buffers = Buffers { input: random.between(1, 6_000), output: 100_000 };
            let loaded = real.load(&signature, Buffers::default()).1.expect("it is a signature");
            let theirs = real.delta(&loaded, &new, buffers);
            let ours = Ours(release.profile());
            let index = ours.load(&signature, Buffers::default()).1.expect("it is a signature");
            let made = ours.delta(&index, &new, Some(EmptyBasis::AsOffered), buffers).0;
            same(&made, &theirs, false, &format!("case {case}: {len} bytes, {buffers:?}"));
        }
        println!("empty basis in pieces, {}: {CASES}", release.version());
    }
}

/// A signature of nothing.
fn header(block_len: usize) -> Vec<u8> {
    let block_len = u32::try_from(block_len).expect("blocks are short");
    [0x7273_0147, block_len, 32].map(u32::to_be_bytes).concat()
}
