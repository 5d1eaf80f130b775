//! Input that is made to hurt: no panic, no hang, no memory that it has not paid for.

use crate::allocation::peak;
use crate::draw::{Random, cases};
use crate::engine::{delta_of, index_of, params, patch_of, signature_of};
use crate::files::{Pair, any_params, mutations};
use crate::slicing::{Slicing, drive};
use proptest::prelude::*;
use rollsync_core::{
    BlockLen, Error, Format, Input, Job, LimitError, LimitKind, Limits, LoadJob, PatchError, PatchJob,
    Profile, SignatureIndex, Work,
};
use rollsync_reference::{Rolling, WeakKind, mix32, weak_sum};

/// Bytes that begin like a signature, like a delta, or like nothing.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(vec![
        &b""[..],
        b"rs\x026",
        b"rs\x016\0\0\0\x02\0\0\0\x01",
        b"rs\x01G\0\0\0\x01\0\0\0\x20",
        b"rs\x01G\x7f\xff\xff\xff\0\0\0\0",
        b"\0\0\0\0\0\0\0\x05\0\0\0\0",
    ]);
    let byte = prop_oneof![3 => any::<u8>(), 2 => 0x40..0x56_u8, 1 => Just(0), 1 => Just(0xff)];
    (start, prop::collection::vec(byte, 0..200)).prop_map(|(start, rest)| [start, &rest].concat())
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn anything_with_tiny_limits(
        bytes in any_bytes(), slicing in Slicing::any(300),
        records in 0..8_u64, memory in 0..400_u64, output in 0..600_u64,
    ) {
        let limits =
            Limits { records: Some(records), memory: Some(memory), output: Some(output), ..Limits::default() };
        let mut job = LoadJob::new().with_limits(limits);
        let loaded = drive(&mut job, &bytes, &[], &slicing);
        if let Some(signature) = job.into_signature() {
            prop_assert!(loaded.result.is_ok());
            prop_assert!(signature.block_count() as u64 <= records);
            if let Ok(index) = SignatureIndex::build(signature, &Limits::default()) {
                delta_of(&index, &bytes, Profile::Compact, Work::OfProfile);
            }
        }
        let patched = drive(&mut PatchJob::new().with_limits(limits), &bytes, b"a short basis", &slicing);
        prop_assert!(patched.output.len() as u64 <= output);
    }

    #[test]
    fn mutated_files_with_limits(
        pair in Pair::any(500), params in any_params(), mutations in mutations(), slicing in Slicing::any(800),
        output in 0..3000_u64,
    ) {
        let (basis, new) = pair.build();
        let mut signature = signature_of(&basis, params);
        let mut delta = delta_of(&index_of(&signature), &new, Profile::Compact, Work::OfProfile).output;
        for mutation in mutations {
            mutation.apply(&mut signature);
            mutation.apply(&mut delta);
        }
        let limits = Limits { output: Some(output), memory: Some(4000), ..Limits::default() };
        drive(&mut LoadJob::new().with_limits(limits), &signature, &[], &slicing);
        let patched = drive(&mut PatchJob::new().with_limits(limits), &delta, &basis, &slicing);
        prop_assert!(patched.output.len() as u64 <= output);
    }
}

/// A few bytes that stand for very many: refused when the command is read, before one of its bytes is there.
#[test]
fn a_bomb_stops_at_the_limit_before_its_bytes_are_produced() {
    let basis = vec![1; 1 << 20];
    // COPY 0, 1 MiB: a thousand of them are 1 GiB.
    let copies = [&b"rs\x026"[..], &b"\x47\0\0\x10\0\0".repeat(1000), b"\0"].concat();
    let limits = Limits { output: Some(5 << 20 | 1), ..Limits::default() };
    let mut job = PatchJob::new().with_limits(limits);
    let outcome = drive(&mut job, &copies, &basis, &Slicing::whole());
    let error = LimitError { kind: LimitKind::Output, limit: 5 << 20 | 1, needed: 6 << 20 };
    assert_eq!(outcome.result, Err(Error::Patch(PatchError::Limit(error))));
    assert!(outcome.output.len() <= 5 << 20);

    for (delta, needed) in [
        (&b"rs\x026\x44\x7f\xff\xff\xff\xff\xff\xff\xff...."[..], (1 << 63) - 1),
        (b"rs\x026\x43\xff\xff\xff\xff....", 0xffff_ffff),
        (b"rs\x026\x48\0\x7f\xff\xff\xff\xff\xff\xff\xff", (1 << 63) - 1),
        (b"rs\x026\x54\x7f\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff", (1 << 63) - 1),
        (b"rs\x026\x03abc\x45\0\x09", 12),
    ] {
        for slicing in [Slicing::whole(), Slicing::bytes()] {
            let limits = Limits { output: Some(11), ..Limits::default() };
            let outcome = drive(&mut PatchJob::new().with_limits(limits), delta, &basis, &slicing);
            let error = LimitError { kind: LimitKind::Output, limit: 11, needed };
            assert_eq!(outcome.result, Err(Error::Patch(PatchError::Limit(error))));
            assert!(outcome.output.len() <= 3);
        }
    }
}

/// Lengths near 2⁶³, one after another: their sum is more than a number holds.
#[test]
fn huge_lengths_without_a_limit_end_with_the_input() {
    let copy = b"\x54\x7f\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff";
    let mut job = PatchJob::new();
    let (mut space, mut at) = ([0; 8], 0);
    let delta = [&b"rs\x026"[..], &copy.repeat(4), b"\x44\x7f\xff\xff\xff\xff\xff\xff\xffliteral"].concat();
    // A basis that never ends.
    for _ in 0..100 {
        at += job.step(Input::last(&delta[at..]), &mut space).unwrap().consumed;
        job.basis_copied(usize::MAX);
    }
    assert_eq!(job.stats().copy.commands, 1);
    let literal = [&b"rs\x026"[..], b"\x44\x7f\xff\xff\xff\xff\xff\xff\xff", b"literal"].concat();
    let outcome = patch_of(b"", &literal);
    assert!(matches!(outcome.result, Err(Error::Patch(PatchError::InputEnded { offset: 20, .. }))));
    assert_eq!(outcome.stats.literal.bytes, (1 << 63) - 1);
    let outcome = patch_of(b"basis", &delta);
    let ended = PatchError::BasisEnded { offset: (1 << 63) - 1, missing: (1 << 63) - 1 };
    assert_eq!(outcome.result, Err(ended.into()));
}

#[test]
fn a_header_is_not_believed() {
    // The longest blocks and records, and none of them.
    let header = b"rs\x01G\x7f\xff\xff\xff\0\0\0\x20";
    let (outcome, memory) = peak(|| drive(&mut LoadJob::new(), header, &[], &Slicing::whole()));
    assert_eq!(outcome.result, Ok(()));
    assert!(memory < (1 << 18) + 4096, "{memory} bytes, of which 256 KiB are the driver's");
}

#[test]
fn the_longest_blocks_with_short_files() {
    let (basis, new) = (b"a basis of one short block", b"a new file: a basis of one short block");
    for format in Format::ALL {
        let (deltas, memory) = peak(|| {
            let signature = signature_of(basis, params(format, BlockLen::MAX.as_usize(), 16));
            let index = index_of(&signature);
            [Profile::Librsync232, Profile::Librsync234, Profile::Compact]
                .map(|profile| delta_of(&index, new, profile, Work::OfProfile))
        });
        for delta in deltas {
            assert_eq!(delta.stats.copy.bytes, basis.len() as u64);
            assert_eq!(patch_of(basis, &delta.output).output, new);
        }
        assert!(memory < 1 << 20, "{memory} bytes");
    }
}

/// Where a table that is not keyed would look for a weak sum.
type Place = fn(u32) -> u32;

/// Records whose weak sums would stand side by side in a table that is not keyed: by their lower bits, by their upper
/// ones, by those of a multiplication or a mixing that everybody knows.
#[test]
fn keys_that_cluster_in_an_unkeyed_table_do_not_here() {
    let new = Random::new(1).bytes(1 << 20, 0);
    let mut window = Rolling::of(WeakKind::RabinKarp, &new[..5]);
    let mut sums = vec![window.digest()];
    for at in 5..new.len() {
        window.rotate(new[at - 5], new[at]);
        sums.push(window.digest());
    }
    let clusters: [(&str, Place); 5] = [
        ("lower bits", |sum| sum & 0xffff),
        ("upper bits", |sum| sum >> 16),
        ("multiplied", |sum| sum.wrapping_mul(0x9e37_79b1) >> 16),
        ("mixed", |sum| mix32(sum) & 0xffff),
        ("mixed, upper", |sum| mix32(sum) >> 16),
    ];
    for (name, place) in clusters {
        // One part in 32 of the places, and of the windows.
        let chosen: Vec<u32> = sums.iter().copied().filter(|sum| place(*sum) < 2048).collect();
        let mut signature = params(Format::default(), 5, 8).header().to_vec();
        for sum in &chosen {
            signature.extend(sum.to_be_bytes());
            signature.extend([0; 8]);
        }
        let made = delta_of(&index_of(&signature), &new, Profile::Librsync234, Work::OfProfile);
        let search = made.stats.search;
        assert_eq!((search.strong_sums, search.matches), (chosen.len() as u64, 0), "{name}");
        // A few keys for each position that the filter lets through.
        assert!(search.weak_compares <= 3 * search.strong_sums + search.searches / 16, "{name}: {search:?}");
    }
}

/// Very many records of one weak sum, whose strong sums are chosen: in order, from either end, or unlike in a few bits.
/// If building or looking up went along them, this would not end in time.
#[test]
fn many_records_of_one_weak_sum() {
    const COUNT: u32 = 150_000;
    let families: [fn(u32) -> [u8; 32]; 5] = [
        |i| [i.to_be_bytes(); 8].as_flattened().try_into().unwrap(),
        |i| [&i.to_le_bytes()[..], &[0; 28]].concat().try_into().unwrap(),
        |i| [&[0; 28][..], &i.to_be_bytes()].concat().try_into().unwrap(),
        |i| [&[0xff; 12][..], &(i << 12).to_le_bytes(), &[0; 16]].concat().try_into().unwrap(),
        |i| {
            [&[0; 7][..], &i.to_le_bytes(), &i.wrapping_neg().to_le_bytes(), &[0; 17]]
                .concat()
                .try_into()
                .unwrap()
        },
    ];
    let zeros = [0; 256];
    for family in families {
        let real = signature_of(&zeros, params(Format::default(), 256, 32));
        let mut signature = real[..12].to_vec();
        for i in 0..COUNT {
            signature.extend(weak_sum(WeakKind::RabinKarp, &zeros).to_be_bytes());
            signature.extend(family(i));
        }
        let new = vec![0; 3000 + 256];
        let made = delta_of(&index_of(&signature), &new, Profile::Librsync234, Work::OfProfile);
        let search = made.stats.search;
        // Each position that has a whole window, but for those of the shrinking one.
        assert_eq!((search.strong_sums, search.matches), (3001, 0));
        assert_eq!(search.strong_compares, 3001 * u64::from(COUNT));
        assert!(search.weak_compares <= 20 * search.searches, "{search:?}");
        // The real block behind all of them is found at once, and counts as if all had been compared.
        signature.extend(&real[12..]);
        let made = delta_of(&index_of(&signature), &zeros, Profile::Librsync234, Work::OfProfile);
        assert_eq!(made.stats.search.strong_compares, u64::from(COUNT) + 1);
        assert_eq!(made.stats.copy.bytes, 256);
    }
}
