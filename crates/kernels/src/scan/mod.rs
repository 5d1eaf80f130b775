//! The rolling scan: which positions of a slice could begin a known block?
//!
//! A window of one block length moves along the data a byte at a time, its weak sum with it. The [`Filter`]
//! answers for each sum "surely unknown" or "perhaps known"; only the latter are reported.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod filter;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse41;
#[cfg(test)]
mod tests;

pub use filter::Filter;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::isa::Level;
use crate::{
    Isa,
    weak::{self, RollingSum, WeakKind},
};

/// The most positions that one call of [`Scan::find`] decides.
pub const CHUNK: usize = 1024;

/// A position whose window's weak sum passed the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where the window begins, counted from the start of the slice.
    pub position: usize,
    /// The window's weak sum, as a signature would hold it.
    pub digest: u32,
}

/// The hits of one call, in order of position.
#[derive(Clone, Debug)]
pub struct Hits {
    list: [Hit; CHUNK],
    len: usize,
    /// Where a vector scan keeps the sums of the chunk, so that it need not be cleared for each.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    sums: lanes::Sums,
}

impl Hits {
    /// Room for the hits of a chunk.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            list: [Hit { position: 0, digest: 0 }; CHUNK],
            len: 0,
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            sums: lanes::Sums([0; CHUNK]),
        }
    }

    /// The hits.
    #[must_use]
    pub fn as_slice(&self) -> &[Hit] {
        &self.list[..self.len]
    }
}

impl Default for Hits {
    fn default() -> Self {
        Self::new()
    }
}

/// A scan in progress: the window's length and its weak sum at the next position.
#[derive(Clone, Debug)]
pub struct Scan {
    isa: Isa,
    kind: WeakKind,
    window_len: usize,
    /// The window at the next position; `None` before the first and after [`restart`](Self::restart).
    window: Option<RollingSum>,
}

impl Scan {
    /// A scan with windows of `window_len` bytes.
    ///
    /// # Panics
    /// When `window_len` is 0.
    #[must_use]
    pub fn new(isa: Isa, kind: WeakKind, window_len: usize) -> Self {
        assert!(window_len > 0, "a window has bytes");
        Self { isa, kind, window_len, window: None }
    }

    /// Forgets the window: the next call of [`find`](Self::find) sums its first one from the data.
    pub const fn restart(&mut self) {
        self.window = None;
    }

    /// Decides positions from `from` on, at most `limit` and at most [`CHUNK`], as far as the window and the byte
    /// behind it lie inside `data`; the hits among them replace what `hits` held. Returns the first position that
    /// is not decided: `from` itself when `data` ends too early.
    ///
    /// A call goes on where the last one stopped: between two calls without [`restart`](Self::restart) the byte at
    /// `from` must be the one that the last call returned the position of, though it may stand elsewhere in `data`.
    pub fn find(
        &mut self,
        filter: &Filter,
        data: &[u8],
        from: usize,
        limit: usize,
        hits: &mut Hits,
    ) -> usize {
        hits.len = 0;
        let undecided = data.len().saturating_sub(self.window_len);
        let until = undecided.min(from.saturating_add(limit.min(CHUNK)));
        if from >= until {
            return from;
        }
        let mut window = self.window_at(data, from);
        let outgoing = &data[from..until];
        let incoming = &data[from + self.window_len..until + self.window_len];
        match self.isa.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `isa` says that there is AVX2.
            Level::Avx2 | Level::Avx512 | Level::Avx512Vnni => unsafe {
                avx2::scan(filter, &mut window, outgoing, incoming, from, hits)
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `isa` says that there is SSE4.1.
            Level::Sse41 => unsafe { sse41::scan(filter, &mut window, outgoing, incoming, from, hits) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: `isa` says that there is NEON.
            Level::Neon => unsafe { neon::scan(filter, &mut window, outgoing, incoming, from, hits) },
            _ => portable::scan(filter, &mut window, outgoing, incoming, from, hits),
        }
        self.window = Some(window);
        until
    }

    /// The window at `from`, which lies whole inside `data`: the one carried along, or summed afresh.
    ///
    /// # Panics
    /// When it does not lie inside.
    #[must_use]
    pub fn window_at(&self, data: &[u8], from: usize) -> RollingSum {
        self.window.unwrap_or_else(|| {
            let digest = weak::sum(self.isa, self.kind, &data[from..from + self.window_len]);
            RollingSum::from_digest(self.kind, digest, self.window_len)
        })
    }
}
