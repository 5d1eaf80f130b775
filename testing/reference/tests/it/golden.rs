use rollsync_reference::{
    EmptyBasis, Rules, STRONG_LEN_MAX, STRONG_LEN_MIN, Signature, delta, parse_delta, patch, sig_args,
};
use rollsync_vectors::{DeltaCase, SignatureCase, load};

fn made(case: &SignatureCase) -> Signature {
    let fsize = if case.size_known { i64::try_from(case.basis.len()).unwrap() } else { -1 };
    let strong_len = match case.strong_len {
        -1 => STRONG_LEN_MIN,
        0 => STRONG_LEN_MAX,
        given => u64::try_from(given).unwrap(),
    };
    let params = sig_args(fsize, case.magic, case.block_len, strong_len).unwrap().params;
    Signature::of(&case.basis, params)
}

/// The rules of both releases, with the buffers that the case asked for.
fn rules(case: &DeltaCase, block_len: usize) -> [Rules; 2] {
    let (mut old, mut new) = (Rules::release_2_3_2(block_len), Rules::release_2_3_3(block_len));
    if let Some(len) = case.buffer_len("-I") {
        old.empty_basis = EmptyBasis::Cut(len);
        new.empty_basis =
            EmptyBasis::Buffers { input: len, output: case.buffer_len("-O").unwrap_or(262_144) };
    }
    [old, new]
}

#[test]
fn signatures() {
    for case in load().signatures {
        let signature = made(&case);
        case.sig.check(&signature.to_bytes()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(Signature::load(&signature.to_bytes()), Ok(signature), "{}", case.name);
    }
}

#[test]
fn deltas() {
    for case in load().deltas {
        let name = &case.signature.name;
        let signature = made(&case.signature);
        case.signature.sig.check(&signature.to_bytes()).unwrap_or_else(|e| panic!("{name}: signature: {e}"));
        let [old, new] = rules(&case, signature.params.block_len());
        let old = delta(&signature, &case.new, &old);
        case.delta.check(&old.bytes).unwrap_or_else(|e| panic!("{name}: delta: {e}"));
        let new = delta(&signature, &case.new, &new);
        case.delta_new().check(&new.bytes).unwrap_or_else(|e| panic!("{name}: newer delta: {e}"));
        for made in [old, new] {
            let parsed = parse_delta(&made.bytes).unwrap();
            assert!(parsed.commands().eq(&made.commands), "{name}");
            let patched = patch(&case.signature.basis, &made.bytes);
            assert_eq!((patched.code(), patched.output == case.new), (0, true), "{name}");
        }
    }
}

#[test]
fn patches() {
    for case in load().patches {
        let name = &case.name;
        let patched = patch(&case.basis, &case.delta);
        assert_eq!(patched.code(), case.exit, "{name}");
        match patched.result {
            Ok(()) => {
                case.output.check(&patched.output).unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_eq!(case.stderr, [""; 0], "{name}");
            }
            Err(error) => {
                assert!(patched.output.len() >= case.output.len(), "{name}");
                case.output
                    .check(&patched.output[..case.output.len()])
                    .unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_logged(name, &error.to_string(), &case.stderr);
            }
        }
    }
}

#[test]
fn loadsigs() {
    for case in load().loadsigs {
        let name = &case.name;
        match Signature::load(&case.sig) {
            Ok(signature) => {
                assert_eq!(case.exit, 0, "{name}");
                let made = delta(&signature, &case.new, &Rules::release_2_3_2(signature.params.block_len()));
                case.delta.check(&made.bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            }
            Err(error) => {
                assert_eq!(error.code(), case.exit, "{name}");
                assert!(case.delta.is_empty(), "{name}");
                assert_logged(name, &error.to_string(), &case.stderr);
            }
        }
    }
}

/// The first line on stderr is the one that names the cause; where librsync has no such line, the job's.
fn assert_logged(name: &str, error: &str, stderr: &[String]) {
    let first = &stderr[0];
    if error.starts_with('(') {
        assert_eq!(*first, format!("librsync: ERROR: {error}"), "{name}");
    } else {
        assert!(first.contains("(rs_job_complete)") && first.ends_with(error), "{name}: {first}");
    }
}
