//! Input that comes in small pieces: whoever watches hears of each before the next is waited for.

use rollsync::{Options, Report, Threads, delta, load, signature};
use std::{
    cell::Cell,
    io::{self, Read},
    num::NonZeroUsize,
};

const PIECE: usize = 30_000;

/// Gives a piece at a time, and looks whether the ones before have been told of.
struct Slowly<'a> {
    left: &'a [u8],
    given: u64,
    heard: &'a Cell<u64>,
}

impl Read for Slowly<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        assert_eq!(self.heard.get(), self.given, "more is waited for before this is told");
        let most = PIECE.min(place.len());
        let len = self.left.read(&mut place[..most])?;
        self.given += len as u64;
        Ok(len)
    }
}

#[test]
fn every_piece_is_told() {
    let data: Vec<u8> = (0..5_000_000_u32).map(|i| i.wrapping_mul(0x9e37_79b1).to_be_bytes()[0]).collect();
    let mut sums = Vec::new();
    signature(&data[..200_000], None, &mut sums, &mut Options::new()).unwrap();
    let index = load(&sums[..], None, &mut Options::new()).unwrap();
    for (threads, seal) in [(1, false), (1, true), (2, false), (2, true), (3, false)] {
        let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
        for what in ["signature", "delta"] {
            let heard = Cell::new(0);
            let mut told = |report: Report| {
                assert!(report.bytes_in >= heard.get(), "it goes back");
                heard.set(report.bytes_in);
            };
            let mut options = Options::new().threads(threads).seal(seal).progress(&mut told);
            let slowly = Slowly { left: &data, given: 0, heard: &heard };
            let stats = match what {
                "signature" => signature(slowly, None, io::sink(), &mut options),
                _ => delta(&index, slowly, None, io::sink(), &mut options),
            };
            assert_eq!(stats.unwrap().bytes_in, data.len() as u64);
            assert_eq!(heard.get(), data.len() as u64, "{what}");
        }
    }
}
