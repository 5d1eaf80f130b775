//! The reference beside the real `rdiff` 2.3.2, where it is installed.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use rollsync_reference::{
    EmptyBasis, Format, Params, Rules, STRONG_LEN_MIN, Signature, Stats, StrongKind, WeakKind, delta, patch,
    sig_args,
};
use tempfile::TempDir;

use crate::random::Random;

const VERSION: &str = "rdiff (librsync 2.3.2)";

/// A folder in which the real tool runs.
struct Rdiff {
    dir: TempDir,
}

impl Rdiff {
    /// `None`, said loudly, when the tool is not there; a failure when `REQUIRE_ORACLE=1` asks for it.
    fn find() -> Option<Rdiff> {
        let found = Command::new("rdiff").arg("-V").output();
        let version =
            found.map(|out| String::from_utf8_lossy(&out.stdout).lines().next().unwrap_or("").to_owned());
        if version.as_deref().is_ok_and(|version| version == VERSION) {
            return Some(Rdiff { dir: tempfile::tempdir().unwrap() });
        }
        let missing = format!("the oracle `{VERSION}` is not in PATH (found: {version:?})");
        assert!(std::env::var_os("REQUIRE_ORACLE").is_none_or(|v| v != "1"), "{missing}");
        // Not with `eprintln!`, which the test harness keeps to itself when the test passes.
        let mut stderr = std::io::stderr();
        writeln!(stderr, "SKIPPED, NOTHING WAS COMPARED: {missing}").unwrap();
        None
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Runs it with statistics on; gives the exit status and the lines on stderr, their seconds set to 1.
    fn run(&self, args: &[&str]) -> (i32, Vec<String>) {
        let Output { status, stderr, .. } =
            Command::new("rdiff").args(["-f", "-s"]).args(args).current_dir(self.path()).output().unwrap();
        let lines = String::from_utf8(stderr).unwrap().lines().map(with_one_second).collect();
        (status.code().expect("rdiff was not killed"), lines)
    }
}

/// Small files make rates of 0.0 in any time, so that only the seconds themselves depend on the clock.
fn with_one_second(line: &str) -> String {
    match line.strip_suffix(" sec]").and_then(|head| head.rsplit_once(' ')) {
        Some((head, _)) => format!("{head} 1 sec]"),
        None => line.to_owned(),
    }
}

fn line(text: &str) -> String {
    format!("librsync: {text}")
}

fn kinds(format: Format) -> [&'static str; 4] {
    let hash = if format.strong == StrongKind::Md4 { "md4" } else { "blake2" };
    let sum = if format.weak == WeakKind::Rollsum { "rollsum" } else { "rabinkarp" };
    ["-H", hash, "-R", sum]
}

#[test]
fn whole_rounds() {
    let Some(rdiff) = Rdiff::find() else { return };
    let mut random = Random::new(7);
    let mut false_matches = 0;
    for case in 0..120 {
        let basis = if case % 10 == 9 { Vec::new() } else { random.basis(6000) };
        let mut new = random.edited(&basis);
        if basis.is_empty() {
            let len = random.below(3000);
            new = random.bytes(len, 256);
        }
        let format = random.pick(&Format::ALL);
        let block_len = random.pick(&[0, 1, 2, 5, 16, 64, 100, 700]);
        let strong_len = random.pick(&[0, -1, 1, 2, 8, 16]);

        // Signature.
        let argument = if strong_len == -1 { STRONG_LEN_MIN } else { u64::try_from(strong_len).unwrap() };
        let fsize = i64::try_from(basis.len()).unwrap();
        let advised = sig_args(fsize, format.magic(), block_len, argument).unwrap();
        let signature = Signature::of(&basis, advised.params);
        let sig = signature.to_bytes();
        rdiff.put("basis", &basis);
        let (block_arg, strong_arg) = (block_len.to_string(), strong_len.to_string());
        let sizes = ["-b", &block_arg, "-S", &strong_arg, "signature", "basis", "sig"];
        let (status, stderr) = rdiff.run(&[&kinds(format)[..], &sizes].concat());
        let mut expected: Vec<String> =
            advised.warning.iter().map(|w| line(&format!("Warning: {w}"))).collect();
        expected.push(line(&counted(signature.stats("signature"), basis.len(), sig.len())));
        assert_eq!((status, stderr), (0, expected), "case {case}");
        assert!(rdiff.get("sig") == sig, "case {case}: signature");

        // Delta.
        let mut rules = Rules::release_2_3_2(advised.params.block_len());
        let (input, output) = (random.below(200) + 1, random.below(200) + 1);
        let (input_arg, output_arg) = (input.to_string(), output.to_string());
        let mut args = vec!["delta", "sig", "new", "delta"];
        if random.below(3) == 0 {
            args.extend(["-I", &input_arg, "-O", &output_arg]);
            rules.empty_basis = EmptyBasis::Cut(input);
        }
        let made = delta(&signature, &new, &rules);
        rdiff.put("new", &new);
        let (status, stderr) = rdiff.run(&args);
        let expected = [
            counted(signature.stats("loadsig"), sig.len(), 0),
            made.search.text(),
            counted(made.stats, new.len(), made.bytes.len()),
        ];
        assert_eq!((status, stderr), (0, expected.map(|text| line(&text)).to_vec()), "case {case}");
        assert!(rdiff.get("delta") == made.bytes, "case {case}: delta");
        false_matches += made.search.strong_compares - made.search.matches;

        // Patch. A short strong sum may have matched what is not equal, so the new file is not what counts.
        let patched = patch(&basis, &made.bytes);
        let (status, stderr) = rdiff.run(&["patch", "basis", "delta", "out"]);
        assert_eq!(status, patched.code(), "case {case}: patch");
        if patched.result.is_ok() {
            let stats = counted(patched.stats, made.bytes.len(), patched.output.len());
            assert_eq!(stderr, [line(&stats)], "case {case}");
            assert!(rdiff.get("out") == patched.output, "case {case}: output");
        }
    }
    assert!(false_matches > 0, "the cases compare strong sums in vain too");
}

fn counted(stats: Stats, in_bytes: usize, out_bytes: usize) -> String {
    Stats { in_bytes: in_bytes as u64, out_bytes: out_bytes as u64, ..stats }.text(1)
}

#[test]
fn a_long_file() {
    let Some(rdiff) = Rdiff::find() else { return };
    let mut random = Random::new(8);
    let basis = random.bytes(200_000, 256);
    let mut new = basis.clone();
    for _ in 0..20 {
        let at = random.below(new.len());
        let noise = random.bytes(100, 256);
        new.splice(at..at, noise);
    }
    new.extend(random.bytes(70_000, 256));
    rdiff.put("basis", &basis);
    rdiff.put("new", &new);
    for format in Format::ALL {
        let signature = Signature::of(&basis, Params::new(format, 2048, 8).unwrap());
        let sizes = ["-b", "2048", "-S", "8", "signature", "basis", "sig"];
        assert_eq!(rdiff.run(&[&kinds(format)[..], &sizes].concat()).0, 0);
        assert!(rdiff.get("sig") == signature.to_bytes(), "{format:?}");
        let made = delta(&signature, &new, &Rules::release_2_3_2(2048));
        let (status, stderr) = rdiff.run(&["delta", "sig", "new", "delta"]);
        assert_eq!((status, &stderr[1]), (0, &line(&made.search.text())), "{format:?}");
        assert!(rdiff.get("delta") == made.bytes, "{format:?}");
    }
}

#[test]
fn broken_deltas() {
    let Some(rdiff) = Rdiff::find() else { return };
    let mut random = Random::new(9);
    let basis = random.bytes(700, 256);
    rdiff.put("basis", &basis);
    let (mut failed, mut succeeded) = (0, 0);
    for case in 0..150 {
        let new = random.edited(&basis);
        let params = Params::new(Format::RABINKARP_BLAKE2, 16, 32).unwrap();
        let mut delta = delta(&Signature::of(&basis, params), &new, &Rules::compact()).bytes;
        if random.below(4) == 0 {
            delta.truncate(random.below(delta.len() + 1));
        }
        for _ in 0..random.below(3) {
            if !delta.is_empty() {
                let at = random.below(delta.len());
                delta[at] = random.bytes(1, 0x60)[0];
            }
        }
        rdiff.put("delta", &delta);
        let patched = patch(&basis, &delta);
        let (status, stderr) = rdiff.run(&["patch", "basis", "delta", "out"]);
        if stderr.first().is_some_and(|line| line.contains("(rs_file_copy_cb) seek failed")) {
            // An offset that the file system cannot even seek to; how far it can is its own affair.
            assert_eq!((status, patched.code()), (100, 103), "case {case}: {delta:02x?}");
            continue;
        }
        assert_eq!(status, patched.code(), "case {case}: {delta:02x?}");
        let told = rdiff.get("out");
        assert!(patched.output.starts_with(&told), "case {case}: {delta:02x?}");
        match patched.result {
            Ok(()) => assert_eq!(told.len(), patched.output.len(), "case {case}"),
            Err(error) if error.to_string().starts_with('(') => {
                assert_eq!(stderr[0], line(&format!("ERROR: {error}")), "case {case}");
            }
            Err(_) => assert!(stderr[0].contains("(rs_job_complete) patch job failed"), "case {case}"),
        }
        *(if patched.result.is_ok() { &mut succeeded } else { &mut failed }) += 1;
    }
    assert!(failed > 20 && succeeded > 20, "{failed} failed, {succeeded} succeeded");
}

#[test]
fn broken_signatures() {
    let Some(rdiff) = Rdiff::find() else { return };
    let mut random = Random::new(10);
    let (mut failed, mut succeeded) = (0, 0);
    for case in 0..150 {
        let basis = random.basis(600);
        let new = random.edited(&basis);
        let format = random.pick(&Format::ALL);
        let params = Params::new(format, random.pick(&[3, 16, 90]), random.pick(&[1, 4, 16])).unwrap();
        let mut sig = Signature::of(&basis, params).to_bytes();
        for _ in 0..random.below(3) {
            // The high bytes of the block length stay: the tool would ask for buffers of that size.
            let record = 12 + random.below(200);
            let at = random.pick(&[0, 1, 3, 3, 7, 8, 11, 11, 11, record]);
            let values = [random.bytes(1, 256)[0], 0, 0x36, 0x37, 0x46, 0x47, 1, 16];
            if let Some(byte) = sig.get_mut(at) {
                *byte = random.pick(&values);
            }
        }
        if random.below(3) == 0 {
            sig.truncate(random.below(sig.len() + 1));
        }
        rdiff.put("sig", &sig);
        rdiff.put("new", &new);
        let (status, stderr) = rdiff.run(&["delta", "sig", "new", "delta"]);
        match Signature::load(&sig) {
            Ok(signature) => {
                let made = delta(&signature, &new, &Rules::release_2_3_2(signature.params.block_len()));
                assert_eq!((status, &stderr[1]), (0, &line(&made.search.text())), "case {case}: {sig:02x?}");
                assert!(rdiff.get("delta") == made.bytes, "case {case}: {sig:02x?}");
                succeeded += 1;
            }
            Err(error) => {
                assert_eq!(status, error.code(), "case {case}: {sig:02x?}");
                if error.to_string().starts_with('(') {
                    assert_eq!(stderr[0], line(&format!("ERROR: {error}")), "case {case}");
                }
                failed += 1;
            }
        }
    }
    assert!(failed > 20 && succeeded > 20, "{failed} failed, {succeeded} succeeded");
}

/// Two weak sums share an index key, 0 and ffffffff: a block is found under either.
#[test]
fn the_twin_of_key_zero() {
    let Some(rdiff) = Rdiff::find() else { return };
    let new = *b"\x00\x7e\x1d\xc4\xfc";
    let mut signature = Signature::of(&new, Params::new(Format::RABINKARP_MD4, 5, 16).unwrap());
    rdiff.put("new", &new);
    for (weak, matches) in [(0, 1), (0xffff_ffff, 1), (1, 0)] {
        signature.records[0].weak = weak;
        rdiff.put("sig", &signature.to_bytes());
        let made = delta(&signature, &new, &Rules::release_2_3_2(5));
        assert_eq!(made.search.matches, matches, "{weak:08x}");
        let (status, stderr) = rdiff.run(&["delta", "sig", "new", "delta"]);
        assert_eq!((status, &stderr[1]), (0, &line(&made.search.text())), "{weak:08x}");
        assert!(rdiff.get("delta") == made.bytes, "{weak:08x}");
    }
}

/// Ties in the megabytes are rounded to even, as C does.
#[test]
fn rounded_megabytes() {
    let Some(rdiff) = Rdiff::find() else { return };
    for len in [250_000, 350_000, 150_000, 750_000] {
        let basis = vec![0; len];
        let signature = Signature::of(&basis, Params::new(Format::RABINKARP_BLAKE2, 1000, 8).unwrap());
        rdiff.put("basis", &basis);
        let (status, stderr) = rdiff.run(&["-b", "1000", "-S", "8", "signature", "basis", "sig"]);
        let expected = counted(signature.stats("signature"), len, signature.to_bytes().len());
        // Rates in brackets depend on the clock when the run meets the turn of a second.
        let without_rates = |text: &str| text.split(" (").next().unwrap().to_owned();
        assert_eq!((status, without_rates(&stderr[0])), (0, without_rates(&line(&expected))), "{len}");
    }
}
