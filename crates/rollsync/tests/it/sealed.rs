//! Sealed work on files: what is wrong is found, named, and leaves the old files as they were.

use rollsync::{
    Basis, BlockLen, CancelToken, Checked, EngineError, Error, ErrorKind, FileError, Inspection, LimitKind,
    Limits, LoadError, Mismatch, Options, PatchError, Role, SealCheck, Threads, delta, delta_file, diff_file,
    inspect, load, patch, patch_file,
    seal::{FileDigest, SEAL_LEN, Seal, SealFault},
    signature, signature_file,
};
use std::{
    fs::{self, File},
    io::{self, Read},
    num::NonZeroUsize,
    path::PathBuf,
    thread,
    time::Duration,
};

struct Case {
    folder: tempfile::TempDir,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let old: Vec<u8> =
            (0..150_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 21).to_le_bytes()[0]).collect();
        let new = [&old[..70_000], b"in between", &old[60_000..]].concat();
        let case = Self { folder, old, new };
        case.put("old", &case.old);
        case.put("new", &case.new);
        signature_file(case.at("old"), case.at("sig"), &mut sealing()).unwrap();
        delta_file(case.at("sig"), case.at("new"), case.at("delta"), &mut sealing()).unwrap();
        case
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.at(name), bytes).unwrap();
    }

    fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap()
    }

    /// Patches `old` in place; what failed, and that nothing has changed then.
    fn patch(&self, options: &mut Options<'_>) -> Result<(), FileError> {
        let before = self.get("old");
        let made = patch_file(self.at("old"), self.at("delta"), self.at("old"), options);
        if made.is_err() {
            assert!(self.get("old") == before);
            assert_eq!(fs::read_dir(self.folder.path()).unwrap().count(), 4, "nothing is left behind");
        }
        made.map(drop)
    }
}

fn sealing<'a>() -> Options<'a> {
    Options::new().seal(true).sync(false)
}

fn parts(error: FileError) -> (Role, Error) {
    match error {
        FileError::Failed { role, source, .. } => (role, source),
        error => panic!("{error}"),
    }
}

#[test]
fn from_signature_to_patch() {
    let case = Case::new();
    let Ok(Inspection::Signature(sums)) = inspect(&case.get("sig")[..], &Limits::default()) else { panic!() };
    assert_eq!(sums.basis, Some(FileDigest::of(&case.old)));
    assert_eq!(sums.blocks, (case.old.len() as u64).div_ceil(sums.params.block_len().get().into()));
    let Ok(Inspection::Delta(summary)) = inspect(&case.get("delta")[..], &Limits::default()) else {
        panic!()
    };
    let expected = Seal::Delta { basis: Some(FileDigest::of(&case.old)), new: FileDigest::of(&case.new) };
    assert_eq!((summary.seal, summary.trailing), (Some(expected), 0));
    assert_eq!(summary.len + SEAL_LEN as u64, case.get("delta").len() as u64);

    diff_file(case.at("old"), case.at("new"), case.at("diff"), &mut sealing()).unwrap();
    assert!(case.get("diff") == case.get("delta"));
    fs::remove_file(case.at("diff")).unwrap();
    case.patch(&mut sealing().seal_check(SealCheck::Required)).unwrap();
    assert!(case.get("old") == case.new);
}

#[test]
fn threads_seal_the_same() {
    let basis: Vec<u8> =
        (0..6_000_000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 19).to_le_bytes()[0]).collect();
    let new = [&basis[1_000_000..5_000_000], b"x", &basis[..2_000_000]].concat();
    let made = |threads: usize| {
        let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
        let mut options = sealing().threads(threads).block_len(BlockLen::new(2048).unwrap());
        let (mut sums, mut difference) = (Vec::new(), Vec::new());
        let stats = signature(&basis[..], None, &mut sums, &mut options).unwrap();
        let index = load(&sums[..], None, &mut options).unwrap();
        let delta_stats = delta(&index, &new[..], None, &mut difference, &mut options).unwrap();
        (sums, difference, stats, delta_stats)
    };
    let alone = made(1);
    assert!(alone == made(2) && alone == made(3));
    let mut out = Vec::new();
    let options = &mut Options::new().seal_check(SealCheck::Required);
    patch(&mut &basis[..], &alone.1[..], None, &mut out, options).unwrap();
    assert!(out == new);
}

#[test]
fn another_basis_of_the_same_length() {
    let case = Case::new();
    let mut other = case.old.clone();
    other[100] ^= 1;
    case.put("old", &other);
    let (role, error) = parts(case.patch(&mut sealing()).unwrap_err());
    assert_eq!((role, error.kind()), (Role::Basis, ErrorKind::Mismatch));
    let Error::Mismatch(Mismatch::Basis { expected, found }) = error else { panic!("{error}") };
    assert_eq!((expected, found), (FileDigest::of(&case.old), FileDigest::of(&other)));
    // From memory, too.
    let error =
        patch(&mut &other[..], &case.get("delta")[..], None, Vec::new(), &mut Options::new()).unwrap_err();
    assert!(matches!(error, Error::Mismatch(Mismatch::Basis { .. })), "{error}");
}

#[test]
fn a_basis_of_another_length_is_refused_before_anything_is_written() {
    let case = Case::new();
    case.put("old", &case.old[1..]);
    let (role, error) = parts(case.patch(&mut sealing()).unwrap_err());
    assert_eq!(role, Role::Basis);
    let len = case.old.len() as u64;
    let Error::Mismatch(Mismatch::BasisLen { expected, found }) = error else { panic!("{error}") };
    assert_eq!((expected, found), (len, len - 1));
}

#[test]
fn a_part_of_the_basis_that_is_not_used_may_change() {
    let case = Case::new();
    case.put("new", &case.old[..50_000]);
    diff_file(case.at("old"), case.at("new"), case.at("delta"), &mut sealing()).unwrap();
    let mut other = case.old.clone();
    other[140_000] ^= 1;
    case.put("old", &other);
    case.patch(&mut sealing()).unwrap();
    assert!(case.get("old") == case.old[..50_000]);
}

#[test]
fn any_changed_byte_of_the_delta_is_the_deltas_fault() {
    let case = Case::new();
    let delta = case.get("delta");
    for at in (0..delta.len()).step_by(delta.len() / 150 + 1).chain(delta.len() - SEAL_LEN + 8..delta.len()) {
        for flip in [1, 0x40] {
            let mut changed = delta.clone();
            changed[at] ^= flip;
            case.put("delta", &changed);
            let (role, error) = parts(case.patch(&mut sealing()).unwrap_err());
            assert_eq!(role, Role::Delta, "{at}: {error}");
        }
    }
    for len in (0..delta.len()).step_by(97) {
        case.put("delta", &delta[..len]);
        assert_eq!(parts(case.patch(&mut sealing()).unwrap_err()).0, Role::Delta, "{len}");
    }
    // Exactly behind END it is a plain delta.
    case.put("delta", &delta[..delta.len() - SEAL_LEN]);
    let (role, error) = parts(case.patch(&mut sealing().seal_check(SealCheck::Required)).unwrap_err());
    assert!(matches!(error, Error::Unsealed) && role == Role::Delta, "{error}");
    case.patch(&mut sealing()).unwrap();
}

#[test]
fn a_delta_that_cannot_be_read_twice_is_told_from_its_basis() {
    let basis: Vec<u8> =
        (0..5000_u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 13).to_le_bytes()[0]).collect();
    let new = [&basis[..3000], b"in between", &basis[2500..]].concat();
    let (mut sums, mut delta) = (Vec::new(), Vec::new());
    let block_len = BlockLen::new(256).unwrap();
    let options = &mut Options::new().seal(true).block_len(block_len);
    signature(&basis[..], None, &mut sums, options).unwrap();
    let index = load(&sums[..], None, options).unwrap();
    rollsync::delta(&index, &new[..], None, &mut delta, options).unwrap();
    let limits = Limits { output: Some(1 << 20), ..Limits::default() };
    let piped = |mut basis: &[u8], delta: &[u8]| {
        patch(&mut basis, delta, None, Vec::new(), &mut Options::new().limits(limits)).map(drop)
    };

    piped(&basis, &delta).unwrap();
    for at in 0..delta.len() {
        for bit in 0..8 {
            let mut changed = delta.clone();
            changed[at] ^= 1 << bit;
            let error = piped(&basis, &changed).unwrap_err();
            let is_deltas = match error {
                Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. })) => false,
                // A literal is not read beyond what is allowed.
                Error::Engine(EngineError::Patch(PatchError::Limit(limit))) => {
                    limit.kind == LimitKind::Output
                }
                Error::Engine(_) => true,
                _ => false,
            };
            assert!(is_deltas, "{at}, {bit}: {error}");
        }
    }
    // The delta is whole: the basis is at fault, and it is known how.
    let (short, long) = (&basis[..2600], basis.len() as u64);
    let error = piped(short, &delta).unwrap_err();
    assert!(
        matches!(error, Error::Mismatch(Mismatch::BasisLen { expected, found: 2600 }) if expected == long),
        "{error}"
    );
    // Nothing vouches for a plain delta.
    let error = piped(short, &delta[..delta.len() - SEAL_LEN]).unwrap_err();
    assert!(matches!(error, Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. }))), "{error}");
    // Nothing is read behind a limit, and commands without an end reach it.
    let mut bomb = delta[..4].chain(&b"\x4b\x00\x00\x01\x00\x00\x00"[..]).chain(Forbidden);
    let options = &mut Options::new().limits(Limits { output: Some(1000), ..limits });
    let error = patch(&mut &basis[..], &mut bomb, None, Vec::new(), options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    let mut bomb = delta[..4].chain(&b"\x49\xff\xff\x01"[..]).chain(Endless(b"\x45\x00\xff"));
    let options = &mut Options::new().limits(Limits { output: Some(100_000), ..limits });
    let error = patch(&mut &basis[..], &mut bomb, None, Vec::new(), options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

/// Input that nobody may ask for.
struct Forbidden;

impl Read for Forbidden {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read behind a limit")
    }
}

/// The same bytes again and again.
struct Endless(&'static [u8]);

impl Read for Endless {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = place.len() / self.0.len() * self.0.len();
        place[..len].chunks_exact_mut(self.0.len()).for_each(|chunk| chunk.copy_from_slice(self.0));
        Ok(len)
    }
}

#[test]
fn without_a_known_basis_the_new_file_tells() {
    let case = Case::new();
    signature_file(case.at("old"), case.at("sig"), &mut Options::new()).unwrap();
    delta_file(case.at("sig"), case.at("new"), case.at("delta"), &mut sealing()).unwrap();
    let mut other = case.old.clone();
    other[100] ^= 1;
    case.put("old", &other);
    let (role, error) = parts(case.patch(&mut sealing()).unwrap_err());
    assert_eq!(role, Role::Basis);
    assert!(matches!(error, Error::Mismatch(Mismatch::New { basis_is_right: false, .. })), "{error}");
}

#[test]
fn bytes_behind_end() {
    let case = Case::new();
    let sealed = case.get("delta");
    let plain = &sealed[..sealed.len() - SEAL_LEN];
    for (behind, fits) in [(&[0; 3][..], true), (b"\0", false), (b"more", false), (&[7; 1000], false)] {
        case.put("delta", &[plain, behind].concat());
        let made = case.patch(&mut sealing());
        match made.map_err(parts) {
            Ok(()) => assert!(fits),
            Err((Role::Delta, Error::Engine(EngineError::Patch(PatchError::Seal(error))))) => {
                assert_eq!(
                    (error.offset, error.fault, fits),
                    (plain.len() as u64, SealFault::Trailing, false)
                );
            }
            Err(error) => panic!("{error:?}"),
        }
        case.put("old", &case.old);
    }
    case.patch(&mut sealing().seal_check(SealCheck::Ignored)).unwrap();
}

#[test]
fn a_changed_signature_makes_no_delta() {
    let case = Case::new();
    let mut sums = case.get("sig");
    sums[50] ^= 1;
    case.put("sig", &sums);
    let made = delta_file(case.at("sig"), case.at("new"), case.at("delta"), &mut sealing());
    let (role, error) = parts(made.unwrap_err());
    assert!(matches!(error, Error::Engine(EngineError::Load(LoadError::Seal(_)))), "{error}");
    assert_eq!((role, error.kind()), (Role::Signature, ErrorKind::Corrupt));
}

#[test]
fn what_the_seal_says_is_known_before() {
    let case = Case::new();
    let (old, delta) = (File::open(case.at("old")).unwrap(), File::open(case.at("delta")).unwrap());
    let checked = Checked::new(&old, &delta, &mut Options::new()).unwrap();
    let Some(Seal::Delta { new, .. }) = checked.seal() else { panic!() };
    assert_eq!((new, checked.check()), (FileDigest::of(&case.new), SealCheck::IfThere));
}

#[test]
fn literals_and_time_have_limits() {
    let case = Case::new();
    let limits = Limits { literal: Some(9), ..Limits::default() };
    let error = patch(
        &mut &case.old[..],
        &case.get("delta")[..],
        None,
        Vec::new(),
        &mut Options::new().limits(limits),
    );
    let Err(Error::Engine(EngineError::Patch(PatchError::Limit(error)))) = error else { panic!() };
    assert_eq!((error.kind, error.limit), (LimitKind::Literal, 9));
    assert!(error.needed >= 10);

    // Longer than any clock can tell.
    let options = &mut Options::new().time_limit(Duration::MAX);
    patch(&mut &case.old[..], &case.get("delta")[..], None, Vec::new(), options).unwrap();
    let options = &mut Options::new().time_limit(Duration::ZERO);
    let error = patch(&mut &case.old[..], &case.get("delta")[..], None, Vec::new(), options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

/// What is read again when a patch has failed is read as long as the work may go on.
#[test]
fn finding_the_fault_is_part_of_the_work() {
    let case = Case::new();
    let mut other = case.old.clone();
    other[100] ^= 1;
    case.put("other", &other);
    let delta = case.get("delta");
    let token = CancelToken::new();
    let mut basis = Stopping { bytes: &other, from_beginning: 0, act: &mut || token.cancel(), reads: 0 };
    let made = patch(&mut basis, &delta[..], None, Vec::new(), &mut Options::new().cancel(&token));
    assert!(matches!(made, Err(Error::Cancelled)), "{made:?}");
    assert_eq!(basis.reads, 1, "of those that look for the fault");

    let time = Duration::from_millis(200);
    let wait = &mut || thread::sleep(time);
    let mut basis = Stopping { bytes: &other, from_beginning: 0, act: wait, reads: 0 };
    let error = patch(&mut basis, &delta[..], None, Vec::new(), &mut Options::new().time_limit(time));
    assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Limit));
    assert_eq!(basis.reads, 1);

    // The same where all are files; whoever is told of it may stop it.
    let (token, mut same, mut last) = (CancelToken::new(), 0, None);
    let mut told = |report| {
        same += usize::from(last.replace(report) == Some(report));
        if same == 1 {
            token.cancel();
        }
    };
    let options = &mut Options::new().sync(false).cancel(&token).progress(&mut told);
    let made = patch_file(case.at("other"), case.at("delta"), case.at("made"), options);
    assert!(matches!(made, Err(FileError::Cancelled)), "{made:?}");
    assert_eq!(same, 1);
}

/// A basis that does something when it is read for the second time from its beginning.
struct Stopping<'a> {
    bytes: &'a [u8],
    from_beginning: usize,
    act: &'a mut dyn FnMut(),
    /// Since then.
    reads: usize,
}

impl Basis for Stopping<'_> {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        self.from_beginning += usize::from(offset == 0);
        if self.from_beginning > 1 {
            self.reads += 1;
            (self.act)();
        }
        let most = place.len().min(10_000);
        self.bytes.read_at(offset, &mut place[..most])
    }
}

#[test]
fn explaining_obeys_the_options() {
    let case = Case::new();
    let (old, delta) = (File::open(case.at("old")).unwrap(), File::open(case.at("delta")).unwrap());
    let checked = Checked::new(&old, &delta, &mut Options::new()).unwrap();
    let digest = FileDigest::of(&case.new);
    let wrong = || Mismatch::New { expected: digest, found: digest, basis_is_right: false }.into();
    let explain = |options: &mut Options<'_>| checked.explain(wrong(), &mut &case.old[1..], &delta, options);
    assert!(matches!(
        explain(&mut Options::new()),
        Error::Mismatch(Mismatch::BasisLen { found: 149_999, .. })
    ));
    let token = CancelToken::new();
    token.cancel();
    let mut begun = Options::new().cancel(&token);
    // Nothing was read before: whoever explains has begun.
    assert!(Checked::new(&old, &delta, &mut begun).is_ok());
    assert!(matches!(explain(&mut begun), Error::Cancelled));
    let mut begun = Options::new().time_limit(Duration::ZERO);
    assert!(Checked::new(&old, &delta, &mut begun).is_ok());
    assert_eq!(explain(&mut begun).kind(), ErrorKind::Limit);
    // A basis of another length is refused only when the delta was read.
    case.put("other", b"short");
    let other = File::open(case.at("other")).unwrap();
    let refused = Checked::new(&other, &delta, &mut Options::new().cancel(&token));
    assert!(matches!(refused, Err(Error::Cancelled)), "{refused:?}");
}

#[test]
fn a_literal_that_looks_like_a_seal_is_none() {
    let case = Case::new();
    for (version, behind) in [(0, 119), (1, 119), (0, 250), (1, 30)] {
        // With the last byte, END, as long as a seal; what it says of the basis is not so.
        let literal = [&b"\x89RSEAL\r\n"[..], &[version, 1, 0, 1], &vec![0; behind - 4]].concat();
        let len = u16::try_from(literal.len()).unwrap().to_be_bytes();
        case.put("delta", &[&b"rs\x026\x42"[..], &len, &literal, b"\0"].concat());
        case.patch(&mut sealing()).unwrap();
        assert!(case.get("old") == literal);
        let error = case.patch(&mut sealing().seal_check(SealCheck::Required)).unwrap_err();
        assert!(matches!(parts(error), (Role::Delta, Error::Unsealed)));
    }
}

#[test]
fn a_patch_tells_which_seal_it_found() {
    let case = Case::new();
    let delta = case.get("delta");
    let mut found = None;
    case.patch(&mut sealing().seal_found(&mut found)).unwrap();
    let expected = Seal::Delta { basis: Some(FileDigest::of(&case.old)), new: FileDigest::of(&case.new) };
    assert_eq!(found, Some(expected));
    patch(
        &mut &case.old[..],
        &delta[..delta.len() - SEAL_LEN],
        None,
        Vec::new(),
        &mut Options::new().seal_found(&mut found),
    )
    .unwrap();
    assert_eq!(found, None);
}
