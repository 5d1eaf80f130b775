//! What is fuzzed: for each target a function that takes any bytes, and panics when the engine breaks a promise.
//!
//! The functions need no fuzzing engine: `tests/replay.rs` calls them with every seed and every past finding, and the
//! programs in `fuzz/` with what libFuzzer thinks of. A new target is a module here, a line in [`ALL`], and a file of
//! its name in `fuzz/fuzz_targets`.

mod altered;
mod command;
mod info;
mod librsync_delta;
mod librsync_patch;
mod load;
mod pair;
mod patch;
mod plan;
mod roundtrip;
mod seal;
mod slicing;
mod threads;

use rollsync_conformance::{Missing, RealLibrsync, Release};
use rollsync_vectors::Vectors;

/// One thing that is fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Of its file in `fuzz/fuzz_targets`, and of its folders in `fuzz/corpus` and `fuzz/findings`.
    pub name: &'static str,
    /// Takes any bytes; panics when something is wrong.
    pub run: fn(&[u8]),
    /// Inputs to begin with, made of the golden vectors.
    pub seeds: fn(&Vectors) -> Vec<Vec<u8>>,
    /// Whether it asks the real librsync.
    pub asks_librsync: bool,
}

/// All of them.
pub const ALL: [Target; 9] = [
    Target { name: "load", run: load::target, seeds: load::seeds, asks_librsync: false },
    Target { name: "patch", run: patch::target, seeds: patch::seeds, asks_librsync: false },
    Target { name: "roundtrip", run: roundtrip::target, seeds: roundtrip::seeds, asks_librsync: false },
    Target { name: "threads", run: threads::target, seeds: threads::seeds, asks_librsync: false },
    Target { name: "info", run: info::target, seeds: info::seeds, asks_librsync: false },
    Target { name: "seal", run: seal::target, seeds: seal::seeds, asks_librsync: false },
    Target { name: "command", run: command::target, seeds: command::seeds, asks_librsync: false },
    Target {
        name: "librsync_delta",
        run: librsync_delta::target,
        seeds: librsync_delta::seeds,
        asks_librsync: true,
    },
    Target {
        name: "librsync_patch",
        run: librsync_patch::target,
        seeds: librsync_patch::seeds,
        asks_librsync: true,
    },
];

impl Target {
    /// The target of this name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        ALL.into_iter().find(|target| target.name == name).expect("a line of ALL has this name")
    }

    /// Whether all that it asks is on this machine.
    ///
    /// # Errors
    /// What is missing.
    pub fn oracles(&self) -> Result<(), Missing> {
        if self.asks_librsync {
            Release::ALL.into_iter().try_for_each(|release| RealLibrsync::of(release).map(drop))
        } else {
            Ok(())
        }
    }
}
