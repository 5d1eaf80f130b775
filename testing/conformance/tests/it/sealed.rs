//! Sealed files, in the hands of those who know of no seals.

use rollsync::{
    DeltaJob, DeltaOptions, Drive, Limits, LoadJob, SignatureIndex, SignatureJob,
    seal::{FileDigest, SEAL_LEN, Seal},
};
use rollsync_conformance::{Buffers, Case, Class, RealLibrsync, Release, present};

const CASES: u64 = 160;

/// librsync takes a sealed signature for one with some blocks more, which nothing matches, and reads a sealed delta up to
/// its END.
#[test]
fn librsync_reads_them() {
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let mut count = 0;
        for seed in 0..CASES {
            let Case { basis, new, arguments } = Case::draw(Class::Mixed, seed);
            let params = arguments.options().and_then(|options| options.resolve(Some(basis.len() as u64)));
            let params = params.expect("they are in range");
            if params.strong_len().get() <= 4 {
                continue;
            }
            let label = format!("case {seed}, {arguments:?}, {}", release.version());
            let [plain, sealed] =
                [SignatureJob::new(params), SignatureJob::new(params).sealed()].map(|job| {
                    let mut output = Vec::new();
                    Drive::new(job).run(&basis[..], &mut output).expect("a signature");
                    output
                });
            let records = Seal::record_count(&params);
            assert_eq!(sealed.len(), plain.len() + records * params.record_len(), "{label}");
            assert!(sealed.starts_with(&plain), "{label}");

            // Theirs, of our signature.
            let whole_file = real.whole_file(Buffers::default());
            let (loaded, signature) = whole_file.load(&sealed);
            assert_eq!(loaded.code, 0, "{label}: {:?}", loaded.log);
            let theirs = whole_file.delta(&signature.expect("it is loaded"), &new);
            assert_eq!(theirs.code, 0, "{label}: {:?}", theirs.log);
            let patched = whole_file.patch(&basis, &theirs.output);
            assert!((patched.code, &patched.output) == (0, &new), "{label}: {:?}", patched.log);

            // Ours, in their hands; through both of their ways.
            let mut load = Drive::new(LoadJob::new());
            load.run(&sealed[..], std::io::sink()).expect("it is one");
            let signature = load.into_job().into_signature().expect("it is loaded");
            assert_eq!(signature.basis(), Some(FileDigest::of(&basis)), "{label}");
            let index = SignatureIndex::build(signature, &Limits::default()).expect("memory");
            let mut delta = Vec::new();
            let job = DeltaJob::new(&index, DeltaOptions::default()).sealed();
            Drive::new(job).run(&new[..], &mut delta).expect("a delta");
            assert!(delta[delta.len() - SEAL_LEN..].starts_with(b"\x89RSEAL\r\n"), "{label}");
            let buffers = Buffers { input: 1 + usize::try_from(seed).expect("it is small"), output: 4096 };
            for patched in [whole_file.patch(&basis, &delta), real.patch(&basis, &delta, buffers)] {
                assert!((patched.code, &patched.output) == (0, &new), "{label}: {:?}", patched.log);
            }
            count += 1;
        }
        assert!(count > CASES / 2);
        println!("sealed, {}: {count}", release.version());
    }
}
