//! The work on several threads. They live inside one call, and what comes out is what one thread makes, byte for byte.
//!
//! A file is cut into segments of about a MiB, which the threads read, or the calling one for all where the input is no regular
//! file. The calling thread puts what is made of them in order, writes it and tells of it; in between it works on segments, as
//! the others do all the time.

mod crew;
mod delta;
mod index;
mod load;
mod offsets;
mod own_reads;
mod pause;
mod placed;
mod read_ahead;
mod segment;
mod signature;
mod spread;

pub use index::index_signature;
pub(crate) use signature::{can_cut, signature};

use crate::{
    Error, Side,
    drive::{failed, uninterrupted},
};
use std::{
    io::Read,
    num::{NonZeroUsize, ParseIntError},
    str::FromStr,
    thread,
};

/// How many threads work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Threads {
    /// So many; one is the calling thread alone.
    Exactly(NonZeroUsize),
    /// One for each processor that the process may use; affinity and cgroup limits count.
    Available,
}

impl Threads {
    /// The calling thread alone.
    pub const ONE: Self = Self::Exactly(NonZeroUsize::MIN);

    /// How many that is, at most 64.
    #[must_use]
    pub fn count(self) -> usize {
        let count = match self {
            Self::Exactly(count) => count,
            Self::Available => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        };
        count.get().min(64)
    }

    /// How many of them are worth it for an input of `len` bytes, as far as that is known.
    #[must_use]
    pub fn count_for(self, len: Option<u64>) -> usize {
        if len.is_some_and(|len| len < SHARED) { 1 } else { self.count() }
    }

    /// How many of them are worth it to load a signature of `len` bytes, as far as that is known.
    #[must_use]
    pub fn count_to_load(self, len: Option<u64>) -> usize {
        if len.is_some_and(|len| len < LOADED_TOGETHER) { 1 } else { self.count() }
    }
}

/// Below this length one thread is done before others have begun.
const SHARED: u64 = 4 << 20;
/// The same of a signature, which is loaded and then indexed.
const LOADED_TOGETHER: u64 = 1 << 20;

/// A number from 1 on.
impl FromStr for Threads {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self::Exactly)
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

/// Segments above this length are not worth the memory that one for each thread takes.
const SEGMENT_MAX: u64 = 8 << 20;

/// Reads until `place` is full or the input ends; how much that was. `told` hears of every read, how much there is by then:
/// input may come slowly.
fn read_full(
    input: &mut impl Read,
    offset: u64,
    place: &mut [u8],
    told: &mut Told<'_>,
) -> Result<usize, Error> {
    let mut len = 0;
    while len < place.len() {
        let read = uninterrupted(|| input.read(&mut place[len..]));
        let read = read.map_err(|source| failed(Side::Read, offset + len as u64, source))?;
        if read == 0 {
            break;
        }
        len += read;
        told(offset + len as u64)?;
    }
    Ok(len)
}

/// Is told how many bytes of the input are read; an error stops the work.
type Told<'a> = dyn FnMut(u64) -> Result<(), Error> + 'a;
