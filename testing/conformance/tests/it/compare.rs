//! One whole round beside a real librsync: signature, delta, patch, and what was counted.

use std::num::NonZeroUsize;

use rollsync::{EmptyBasis, Profile};
use rollsync_conformance::{Buffers, Case, Ours, Outcome, RealLibrsync, Release};
use rollsync_reference::{Command, parse_delta};

/// How both are driven.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drive {
    /// Through `rs_job_iter`, the length of the basis unknown.
    Iterate(Buffers),
    /// Through the whole-file functions, the basis a regular file.
    WholeFile(Buffers),
}

/// What a round brought out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Bytes of the longest run of literals.
    pub(crate) longest_literal: usize,
    /// Records of the signature, and how many of them have no equal before them.
    pub(crate) records: usize,
    pub(crate) distinct_records: usize,
    /// Positions with the weak sum of a block, but not its strong sum.
    pub(crate) false_hits: u64,
    /// A block was taken for another: the delta does not make the new file.
    pub(crate) false_match: bool,
    /// COPY commands.
    pub(crate) copies: u64,
}

/// Compares the release of `real` with the engine in its profile; `None` when both refuse the parameters.
pub(crate) fn round(real: &RealLibrsync, case: &Case, drive: Drive, label: &str) -> Option<Seen> {
    let Case { basis, new, arguments } = case;
    let release = real.release();
    let label = format!("{label}, {}, {arguments:?}, {drive:?}", release.version());
    let ours = Ours(release.profile());
    let (whole_file, buffers) = match drive {
        Drive::Iterate(buffers) => (None, buffers),
        Drive::WholeFile(buffers) => (Some(real.whole_file(buffers)), buffers),
    };

    let theirs = match whole_file {
        Some(whole_file) => whole_file.signature(basis, true, arguments),
        None => real.signature(basis, arguments, buffers),
    };
    let known_len = whole_file.is_some();
    let signature = ours.signature(basis, known_len, arguments, buffers);
    same(&signature, &theirs, known_len, &format!("signature, {label}"));
    if theirs.code != 0 {
        return None;
    }

    let (loaded, loaded_signature) = match whole_file {
        Some(whole_file) => whole_file.load(&signature.output),
        None => real.load(&signature.output, buffers),
    };
    let (our_loaded, index) = ours.load(&theirs.output, buffers);
    same(&our_loaded, &loaded, known_len, &format!("load, {label}"));
    let loaded_signature = loaded_signature.expect("the real librsync loads it");
    let index = index.expect("the engine loads it");

    let (empty_basis, buffers) = if index.signature().is_empty() {
        match drive {
            Drive::WholeFile(_) => {
                (Some(replayed(release, index.signature().params().block_len().as_usize(), buffers)), buffers)
            }
            // Each step's input is a literal of its own: all of it is offered at once.
            Drive::Iterate(_) => {
                (Some(EmptyBasis::AsOffered), Buffers { input: new.len().max(1), output: 0 })
            }
        }
    } else {
        (None, buffers)
    };
    let their_delta = match whole_file {
        Some(whole_file) => whole_file.delta(&loaded_signature, new),
        None => real.delta(&loaded_signature, new, buffers),
    };
    let (our_delta, searches) = ours.delta(&index, new, empty_basis, buffers);
    same(&our_delta, &their_delta, known_len, &format!("delta, {label}"));
    if !index.signature().is_empty() {
        assert_eq!(Some(searches), loaded_signature.searches(), "searches, {label}");
    }

    let patched = match whole_file {
        Some(whole_file) => whole_file.patch(basis, &our_delta.output),
        None => real.patch(basis, &our_delta.output, buffers),
    };
    let our_patched = ours.patch(basis, &their_delta.output, buffers);
    // A false match of the short window at the end may copy from behind the end of the basis.
    if patched.code == 0 {
        same(&our_patched, &patched, known_len, &format!("patch, {label}"));
    } else {
        assert_eq!((our_patched.code, patched.code), (103, 103), "patch, {label}");
    }
    let false_match = patched.code != 0 || patched.output != *new;
    if index.signature().params().strong_len().get() > 4 {
        assert!(!false_match, "the patch does not make the new file, {label}");
        let compact = Ours(Profile::Compact).delta(&index, new, None, buffers).0;
        let patched = real.patch(basis, &compact.output, Buffers::default());
        assert!((patched.code, &patched.output) == (0, new), "the real one patches a compact delta, {label}");
    }

    let records = &signature.output[12..];
    let mut distinct: Vec<&[u8]> = records.chunks_exact(index.signature().params().record_len()).collect();
    let count = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    Some(Seen {
        longest_literal: longest_literal(&their_delta.output),
        records: count,
        distinct_records: distinct.len(),
        false_hits: searches.false_hits(),
        false_match,
        copies: our_delta.counts.copy[0],
    })
}

/// How the whole-file function of a release cuts the literals of a delta against nothing.
pub(crate) fn replayed(release: Release, block_len: usize, buffers: Buffers) -> EmptyBasis {
    let given = |len: usize, or: usize| {
        NonZeroUsize::new(if len == 0 { or } else { len }).expect("no block has no bytes")
    };
    match release {
        Release::V2_3_2 => EmptyBasis::Cut(given(buffers.input, block_len)),
        Release::V2_3_4 => EmptyBasis::Buffers {
            input: given(buffers.input, 4 * (65_536 + block_len)),
            output: given(buffers.output, 262_144),
        },
    }
}

/// Panics where two outcomes differ; bytes read and written are compared when `moved`.
pub(crate) fn same(ours: &Outcome, theirs: &Outcome, moved: bool, label: &str) {
    assert_eq!(ours.code, theirs.code, "result code (ours, theirs), {label}: {:?}", theirs.log);
    same_bytes(&ours.output, &theirs.output, label);
    let [ours, theirs] =
        [ours, theirs].map(|outcome| if moved { outcome.counts } else { outcome.counts.of_the_job() });
    assert_eq!(ours, theirs, "counts (ours, theirs), {label}");
}

/// Panics at the first byte that differs.
pub(crate) fn same_bytes(ours: &[u8], theirs: &[u8], label: &str) {
    if ours != theirs {
        let at = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
        let around = |bytes: &[u8]| bytes[at.saturating_sub(8)..(at + 16).min(bytes.len())].to_vec();
        panic!(
            "{label}: ours has {} bytes, theirs {}; they differ at {at}: {:02x?} and {:02x?}",
            ours.len(),
            theirs.len(),
            around(ours),
            around(theirs)
        );
    }
}

fn longest_literal(delta: &[u8]) -> usize {
    let (mut longest, mut run) = (0, 0);
    for located in parse_delta(delta).expect("librsync's delta is one").commands {
        run = match located.command {
            Command::Literal(payload) => run + payload.len(),
            _ => 0,
        };
        longest = longest.max(run);
    }
    longest
}
