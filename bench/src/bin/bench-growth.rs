//! How the cost of a delta grows with the basis: nothing of the new file is in it.
//!
//! `bench-growth ROUNDS` makes the index of bases of growing lengths (random bytes, never stored) with default block
//! lengths, and the delta of one new file in memory against each, in turns. One line a delta, with tabs between: bytes
//! of the basis, bytes a block, bytes of the new file, bytes hashed for false matches, user and system time in microseconds, then
//! the same time with a work budget of 0. That finds the same (nothing), looks up the same positions, and
//! passes over every false match unhashed: what is left is the scan.

use std::error::Error;
use std::io::{self, Read};
use std::process::ExitCode;

use rollsync::{Limits, Options, Profile, SignatureIndex, Stats, Work, delta, index_basis};

#[path = "../cpu_clock.rs"]
mod cpu_clock;

const BASIS_LENS: [u64; 5] = [16 << 20, 64 << 20, 256 << 20, 1 << 30, 4 << 30];
const NEW_LEN: u64 = 256 << 20;

fn main() -> ExitCode {
    let Some(rounds) = std::env::args().nth(1).and_then(|word| word.parse().ok()) else {
        eprintln!("usage: bench-growth ROUNDS");
        return ExitCode::from(2);
    };
    match run(rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-growth: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(rounds: usize) -> Result<(), Box<dyn Error>> {
    let indexes = BASIS_LENS
        .into_iter()
        .map(|len| {
            Ok((len, index_basis(RandomBytes { state: len, left: len }, Some(len), &mut Options::new())?))
        })
        .collect::<Result<Vec<_>, rollsync::Error>>()?;
    let mut new = Vec::new();
    RandomBytes { state: 1, left: NEW_LEN }.read_to_end(&mut new)?;
    // The first round warms up.
    for round in 0..=rounds {
        for (len, index) in &indexes {
            let (stats, micros) = timed(index, &new, Work::Unlimited)?;
            let (unhashed, scan_micros) = timed(index, &new, Work::PerByte(0))?;
            if (stats.search.matches, unhashed.search.hashed_bytes) != (0, 0) {
                return Err("files that share nothing do not match, and no budget hashes nothing".into());
            }
            if round > 0 {
                let block_len = index.signature().params().block_len().get();
                let hashed = stats.search.hashed_bytes;
                println!("{len}\t{block_len}\t{NEW_LEN}\t{hashed}\t{micros}\t{scan_micros}");
            }
        }
    }
    Ok(())
}

fn timed(index: &SignatureIndex, new: &[u8], work: Work) -> Result<(Stats, i64), Box<dyn Error>> {
    let limits = Limits { work, ..Limits::default() };
    let mut options = Options::new().profile(Profile::Librsync234).limits(limits);
    let before = cpu_clock::cpu_micros()?;
    let stats = delta(index, new, Some(NEW_LEN), io::sink(), &mut options)?;
    Ok((stats, cpu_clock::cpu_micros()? - before))
}

/// splitmix64, eight bytes at a time.
struct RandomBytes {
    state: u64,
    left: u64,
}

impl Read for RandomBytes {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = place.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        for word in place[..len].chunks_mut(8) {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.state;
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            word.copy_from_slice(&(z ^ z >> 31).to_le_bytes()[..word.len()]);
        }
        self.left -= len as u64;
        Ok(len)
    }
}
