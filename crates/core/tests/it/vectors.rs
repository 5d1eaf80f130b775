//! The golden vectors, made by real librsync, through the jobs.

use crate::engine::{code, index_of, load, patch_of};
use crate::slicing::{Outcome, Slicing, drive};
use rollsync_core::{
    BlockLen, DeltaJob, DeltaOptions, EmptyBasis, Format, Profile, SignatureIndex, SignatureJob,
    SignatureOptions, StrongLen, StrongLenChoice,
};
use rollsync_vectors::{DeltaCase, SignatureCase, load as vectors};
use std::num::NonZeroUsize;

fn signature(case: &SignatureCase) -> Vec<u8> {
    let options = SignatureOptions {
        format: Format::from_magic(case.magic).unwrap(),
        block_len: (case.block_len > 0).then(|| BlockLen::new(case.block_len.into()).unwrap()),
        strong_len: match case.strong_len {
            0 => StrongLenChoice::Max,
            -1 => StrongLenChoice::Min,
            len => StrongLenChoice::Exactly(StrongLen::new(len.cast_unsigned()).unwrap()),
        },
    };
    let params = options.resolve(case.size_known.then_some(case.basis.len() as u64)).unwrap();
    let [whole, bytes] =
        slicings().map(|slicing| drive(&mut SignatureJob::new(params), &case.basis, &[], &slicing));
    assert_eq!(whole.essence(), bytes.essence(), "{}", case.name);
    case.sig.check(&whole.output).unwrap_or_else(|difference| panic!("{}: {difference}", case.name));
    whole.output
}

fn slicings() -> [Slicing; 2] {
    [Slicing::whole(), Slicing::bytes()]
}

fn delta(index: &SignatureIndex, new: &[u8], options: DeltaOptions) -> Outcome {
    let [whole, bytes] =
        slicings().map(|slicing| drive(&mut DeltaJob::new(index, options), new, &[], &slicing));
    assert_eq!(whole.essence(), bytes.essence());
    whole.result.unwrap();
    whole
}

/// What the options `-I` and `-O` of `rdiff` mean to each release; neither means anything to a basis with blocks.
fn options(case: &DeltaCase) -> [DeltaOptions; 2] {
    let len = |option| case.buffer_len(option).and_then(NonZeroUsize::new);
    let output = len("-O").or(NonZeroUsize::new(262_144)).unwrap();
    let old = len("-I").map(EmptyBasis::Cut);
    let new = len("-I").map(|input| EmptyBasis::Buffers { input, output });
    [
        DeltaOptions { profile: Profile::Librsync232, empty_basis: old },
        DeltaOptions { profile: Profile::Librsync234, empty_basis: new },
    ]
}

#[test]
fn signatures() {
    for case in vectors().signatures {
        let bytes = signature(&case);
        assert_eq!(load(&bytes).unwrap().params().header(), bytes[..12], "{}", case.name);
    }
}

#[test]
fn deltas() {
    for case in vectors().deltas {
        let name = &case.signature.name;
        let index = index_of(&signature(&case.signature));
        let [old, new] = options(&case);
        for (options, expected) in [(old, &case.delta), (new, case.delta_new())] {
            let made = delta(&index, &case.new, options);
            expected
                .check(&made.output)
                .unwrap_or_else(|difference| panic!("{name}, {}: {difference}", options.profile));
            let patched = patch_of(&case.signature.basis, &made.output);
            assert_eq!((patched.result, patched.output == case.new), (Ok(()), true), "{name}");
        }
        let compact = delta(&index, &case.new, DeltaOptions::default());
        assert_eq!(patch_of(&case.signature.basis, &compact.output).output, case.new, "{name}");
    }
}

#[test]
fn patches() {
    for case in vectors().patches {
        let name = &case.name;
        let patched = patch_of(&case.basis, &case.delta);
        assert_eq!(code(patched.result), case.exit, "{name}: {:?}", patched.result);
        if patched.result.is_ok() {
            case.output.check(&patched.output).unwrap_or_else(|difference| panic!("{name}: {difference}"));
        }
        // What a failing tool had written is the beginning of what can be told byte by byte.
        let by_bytes =
            drive(&mut rollsync_core::PatchJob::new(), &case.delta, &case.basis, &Slicing::bytes());
        assert_eq!(by_bytes.essence(), patched.essence(), "{name}");
        assert!(by_bytes.output.len() >= case.output.len(), "{name}");
        case.output
            .check(&by_bytes.output[..case.output.len()])
            .unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
}

#[test]
fn signatures_that_are_loaded() {
    for case in vectors().loadsigs {
        let name = &case.name;
        match load(&case.sig) {
            Ok(loaded) => {
                assert_eq!(case.exit, 0, "{name}");
                let index = SignatureIndex::build(loaded, &rollsync_core::Limits::default()).unwrap();
                let options = DeltaOptions { profile: Profile::Librsync232, empty_basis: None };
                let made = delta(&index, &case.new, options);
                case.delta.check(&made.output).unwrap_or_else(|difference| panic!("{name}: {difference}"));
            }
            Err(error) => assert_eq!(code(Err(error)), case.exit, "{name}: {error:?}"),
        }
    }
}
