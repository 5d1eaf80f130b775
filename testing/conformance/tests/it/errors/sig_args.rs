//! What `rs_sig_args` chooses, warns of and refuses.

use rollsync::{BlockLen, Format, StrongLen, StrongLenChoice};
use rollsync_conformance::{Random, RealLibrsync, Release, SignatureArguments, present, result_code};

const CASES: usize = 20_000;

#[test]
fn chosen_values() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let mut random = Random::new(21);
        let (mut refused, mut warned) = (0, 0);
        for case in 0..CASES {
            let basis_len = match random.below(5) {
                0 => None,
                // Where a rule changes: at powers of two and at squares.
                1 => Some((1 << random.between(2, 57)) + random.number() % 5 - 2),
                2 => {
                    let root = random.number() % (1 << 28) + 2;
                    Some(root * root - random.number() % 3)
                }
                _ => Some(random.number() >> random.between(8, 63)),
            };
            let basis_len = basis_len.map(|len: u64| len.min((1 << 57) - 1));
            let block_len = match random.below(4) {
                0 => 0,
                1 => random.between(1, 70_000),
                2 => random.between(1, 9),
                _ => (1 << random.below(31)) - usize::from(random.one_in(2)),
            };
            let strong_len = random.pick(&[
                0,
                0,
                -1,
                -1,
                1,
                2,
                4,
                5,
                6,
                7,
                8,
                11,
                12,
                13,
                16,
                17,
                20,
                32,
                33,
                64,
                1 << 40,
            ]);
            let arguments = SignatureArguments { format: random.pick(&Format::ALL), block_len, strong_len };
            let label = format!("case {case}: basis of {basis_len:?} bytes, {arguments:?}");

            let (code, their_block_len, their_strong_len) = real.sig_args(basis_len, &arguments);
            let log = real.logged();
            let resolved = arguments.options().and_then(|options| options.resolve(basis_len));
            match resolved {
                Err(error) => {
                    assert_eq!(code, result_code(&error.into()), "{label}: {log:?}");
                    let magic = arguments.format.magic();
                    let says =
                        format!("ERROR: (rs_sig_args) invalid strong_len={strong_len} for magic={magic:#x}");
                    assert_eq!(log, [says], "{label}");
                    refused += 1;
                }
                Ok(params) => {
                    let ours = (params.block_len().as_usize(), params.strong_len().as_usize());
                    assert_eq!((code, ours), (0, (their_block_len, their_strong_len)), "{label}: {log:?}");
                    let least = StrongLen::min_for(basis_len, params.block_len());
                    let choice = arguments.options().expect("it is resolved").strong_len;
                    let is_short = matches!(choice, StrongLenChoice::Exactly(len) if len < least);
                    // Only a length that was asked for, of a file whose length is known.
                    if let (true, Some(basis_len)) = (is_short, basis_len) {
                        let says = format!(
                            "Warning: (rs_sig_args) strong_len={strong_len} smaller than recommended minimum {} for \
                             old_fsize={basis_len} with block_len={}",
                            least.get(),
                            params.block_len().get()
                        );
                        assert_eq!(log, [says], "{label}");
                        warned += 1;
                    } else {
                        assert_eq!(log, [""; 0], "{label}");
                    }
                }
            }
        }
        println!("sig_args, {}: {CASES}, {refused} refused, {warned} warned of", release.version());
        assert!(refused > CASES / 20 && warned > CASES / 20);
    }
}

#[test]
fn recommended_block_lens() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let of = |len| {
            let arguments = SignatureArguments { format: Format::default(), block_len: 0, strong_len: 0 };
            real.sig_args(Some(len), &arguments).1 as u64
        };
        // Around every square of a multiple of 128, where the length steps.
        for len in (1..600).flat_map(|n: u64| [n * n * 16_384 - 1, n * n * 16_384, n * n * 16_384 + 1]) {
            assert_eq!(u64::from(BlockLen::recommended(Some(len)).get()), of(len), "{len}");
        }
    }
}

#[test]
fn magics_that_are_no_signatures() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let default = Format::default().magic();
        assert_eq!(real.sig_args_of_magic(-1, 0, 0, 0), (0, default, 2048, 32));
        for magic in (0x7273_0130..0x7273_0150).chain([0x7273_0236, 1, 0x1234, u32::MAX]) {
            let (code, left, block_len, strong_len) = real.sig_args_of_magic(-1, magic, 0, 0);
            match Format::from_magic(magic) {
                Some(format) => assert_eq!((code, strong_len), (0, format.strong.digest_len()), "{magic:#x}"),
                None => {
                    assert_eq!((code, left, block_len, strong_len), (104, magic, 0, 0), "{magic:#x}");
                    assert_eq!(real.logged(), [format!("ERROR: (rs_sig_args) invalid magic {magic:#x}")]);
                }
            }
        }
    }
}
