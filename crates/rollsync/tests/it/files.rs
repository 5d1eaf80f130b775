//! The four operations over files: what they make, what they say when they fail, and what stands there then.

use crate::data::{Random, versions};
use rollsync::{
    BlockLen, Buffers, CancelToken, DeltaPart, EngineError, Error, ErrorKind, FileError, Format, Limits,
    LoadError, Options, PatchError, Phase, Profile, Report, Role, Stats, StrongLen, StrongLenChoice,
    delta_file, diff_file, patch_file, signature_file,
};
use std::{
    cell::{Cell, RefCell},
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};
use tempfile::TempDir;

/// A folder with an old file, a new file, and the signature and delta between.
pub(crate) struct Case {
    folder: TempDir,
    pub(crate) old: Vec<u8>,
    pub(crate) new: Vec<u8>,
}

/// What no failure may change.
const BEFORE: &[u8] = b"what stood there before";

impl Case {
    pub(crate) fn new(seed: u64, len: usize) -> Self {
        let (old, new) = versions(seed, len);
        let case = Self { folder: tempfile::tempdir().unwrap(), old, new };
        case.put("old", &case.old);
        case.put("new", &case.new);
        let options = &mut Options::new().sync(false);
        signature_file(case.at("old"), case.at("sums"), options).unwrap();
        delta_file(case.at("sums"), case.at("new"), case.at("delta"), options).unwrap();
        case.put("out", BEFORE);
        case
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.at(name), bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(self.folder.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    fn signature(&self, options: &mut Options<'_>) -> Result<Stats, FileError> {
        signature_file(self.at("old"), self.at("out"), options)
    }

    fn delta(&self, options: &mut Options<'_>) -> Result<Stats, FileError> {
        delta_file(self.at("sums"), self.at("new"), self.at("out"), options)
    }

    fn patch(&self, options: &mut Options<'_>) -> Result<Stats, FileError> {
        patch_file(self.at("old"), self.at("delta"), self.at("out"), options)
    }

    fn diff(&self, options: &mut Options<'_>) -> Result<Stats, FileError> {
        diff_file(self.at("old"), self.at("new"), self.at("out"), options)
    }

    /// The four operations by name, from this case's files to its output.
    fn operations(&self) -> [(&'static str, Operation<'_>); 4] {
        [
            ("signature", Box::new(|options| self.signature(options))),
            ("delta", Box::new(|options| self.delta(options))),
            ("patch", Box::new(|options| self.patch(options))),
            ("diff", Box::new(|options| self.diff(options))),
        ]
    }
}

type Operation<'a> = Box<dyn Fn(&mut Options<'_>) -> Result<Stats, FileError> + 'a>;

/// The error of some work, after which everything is as it was.
fn failing(case: &Case, work: impl FnOnce() -> Result<Stats, FileError>) -> FileError {
    let before: Vec<_> = case.names();
    let error = work().unwrap_err();
    assert_eq!(case.get("out"), BEFORE, "{error}");
    assert_eq!(case.names(), before, "{error}");
    error
}

/// Whose fault it was.
fn blamed(error: &FileError) -> (Role, &Path) {
    match error {
        FileError::Open { role, path, .. } | FileError::Failed { role, path, .. } => (*role, path),
        error => panic!("{error}"),
    }
}

/// Why the engine refused what it read.
fn refusal(error: &FileError) -> EngineError {
    match error {
        FileError::Failed { source: Error::Engine(error), .. } => *error,
        error => panic!("{error}"),
    }
}

#[test]
fn there_and_back_again() {
    for (seed, len) in [(1, 0), (2, 1), (3, 10_000), (4, 2_500_000)] {
        let case = Case::new(seed, len);
        let options = &mut Options::new();
        let stats = patch_file(case.at("old"), case.at("delta"), case.at("again"), options).unwrap();
        assert!(case.get("again") == case.new);
        assert_eq!(stats.bytes_in, case.get("delta").len() as u64);
        assert_eq!(stats.bytes_out, case.new.len() as u64);

        let stats = diff_file(case.at("old"), case.at("new"), case.at("direct"), options).unwrap();
        assert!(case.get("direct") == case.get("delta"), "the same delta, without a signature file");
        assert_eq!(stats.literal.bytes + stats.copy.bytes, case.new.len() as u64);
        assert!(len < 10_000 || case.get("delta").len() < case.new.len() / 2);
        assert_eq!(case.names(), ["again", "delta", "direct", "new", "old", "out", "sums"]);
    }
}

#[test]
fn an_output_may_be_an_input() {
    let case = Case::new(5, 50_000);
    let options = &mut Options::new();
    let (sums, difference) = (case.get("sums"), case.get("delta"));
    patch_file(case.at("old"), case.at("delta"), case.at("old"), options).unwrap();
    assert!(case.get("old") == case.new, "the basis became the new file");

    case.put("old", &case.old);
    patch_file(case.at("old"), case.at("delta"), case.at("delta"), options).unwrap();
    assert!(case.get("delta") == case.new);
    signature_file(case.at("old"), case.at("old"), options).unwrap();
    assert!(case.get("old") == sums);
    delta_file(case.at("sums"), case.at("new"), case.at("sums"), options).unwrap();
    assert!(case.get("sums") == difference);
    case.put("old", &case.old);
    diff_file(case.at("old"), case.at("new"), case.at("new"), options).unwrap();
    assert!(case.get("new") == difference);
}

#[test]
fn parameters_take_effect() {
    let case = Case::new(6, 100_000);
    for format in Format::ALL {
        let options = &mut Options::new()
            .sync(false)
            .format(format)
            .block_len(BlockLen::new(1000).unwrap())
            .strong_len(StrongLenChoice::Exactly(StrongLen::new(8).unwrap()))
            .buffers(Buffers { input: 777, output: 333 });
        let stats = case.signature(options).unwrap();
        assert_eq!((stats.blocks, stats.block_len), (100, 1000));
        let sums = case.get("out");
        assert_eq!(sums[..4], format.magic().to_be_bytes());
        assert_eq!(sums[4..12], [0, 0, 3, 0xe8, 0, 0, 0, 8]);
        assert_eq!(sums.len(), 12 + 100 * 12);
        case.diff(options).unwrap();
        patch_file(case.at("old"), case.at("out"), case.at("again"), options).unwrap();
        assert!(case.get("again") == case.new, "{format:?}");
    }
    case.put("new", &Random::new(1).bytes(70_000));
    for (profile, _) in Profile::ALL {
        let stats = case.delta(&mut Options::new().profile(profile)).unwrap();
        assert_eq!(stats.literal.commands, 70_000_usize.div_ceil(profile.literal_max()) as u64);
    }
}

#[test]
fn an_input_that_is_missing_is_named_with_its_role() {
    let case = Case::new(7, 5000);
    let [old, sums, new, delta, out, none] =
        ["old", "sums", "new", "delta", "out", "none"].map(|name| case.at(name));
    let options = &mut Options::new();
    for (role, error) in [
        (Role::Basis, failing(&case, || signature_file(&none, &out, options))),
        (Role::Signature, failing(&case, || delta_file(&none, &new, &out, options))),
        (Role::New, failing(&case, || delta_file(&sums, &none, &out, options))),
        (Role::Basis, failing(&case, || patch_file(&none, &delta, &out, options))),
        (Role::Delta, failing(&case, || patch_file(&old, &none, &out, options))),
        (Role::Basis, failing(&case, || diff_file(&none, &new, &out, options))),
        (Role::New, failing(&case, || diff_file(&old, &none, &out, options))),
    ] {
        assert_eq!(blamed(&error), (role, none.as_path()));
        assert_eq!(error.kind(), ErrorKind::Io);
        let text = error.to_string();
        let begin = format!("{role} {}: cannot be opened: ", none.display());
        assert!(text.starts_with(&begin), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn a_folder_is_no_input() {
    let case = Case::new(8, 5000);
    let [old, sums, new, delta, out, folder] =
        ["old", "sums", "new", "delta", "out", "folder"].map(|name| case.at(name));
    fs::create_dir(&folder).unwrap();
    let options = &mut Options::new();
    for (role, error) in [
        (Role::Basis, failing(&case, || signature_file(&folder, &out, options))),
        (Role::Signature, failing(&case, || delta_file(&folder, &new, &out, options))),
        (Role::New, failing(&case, || delta_file(&sums, &folder, &out, options))),
        (Role::Basis, failing(&case, || patch_file(&folder, &delta, &out, options))),
        (Role::Delta, failing(&case, || patch_file(&old, &folder, &out, options))),
        (Role::Basis, failing(&case, || diff_file(&folder, &new, &out, options))),
        (Role::New, failing(&case, || diff_file(&old, &folder, &out, options))),
    ] {
        assert_eq!((blamed(&error), error.kind()), ((role, folder.as_path()), ErrorKind::Io), "{error}");
        assert!(error.to_string().contains("directory"), "{error}");
    }
}

#[test]
fn an_input_of_another_kind_is_named_with_its_offset() {
    let case = Case::new(9, 100_000);
    let options = &mut Options::new();

    // A data file where a signature belongs.
    case.put("sums", b"\x7fELF\0\0\0\x01\0\0\0\x02 and so on");
    let error = failing(&case, || case.delta(options));
    assert_eq!(blamed(&error), (Role::Signature, case.at("sums").as_path()));
    assert_eq!(refusal(&error), EngineError::Load(LoadError::BadMagic { found: 0x7f45_4c46 }));
    let text =
        format!("signature {}: magic 0x7f454c46 at offset 0 is no signature's", case.at("sums").display());
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::BadMagic, text));

    // A signature that ends in a record: behind the header, 2 records and 7 bytes.
    signature_file(case.at("old"), case.at("sums"), options).unwrap();
    let sums = case.get("sums");
    case.put("sums", &sums[..12 + 36 * 2 + 7]);
    let error = failing(&case, || case.delta(options));
    assert_eq!(refusal(&error), EngineError::Load(LoadError::InputEnded { offset: 91, missing: 29 }));
    assert_eq!(error.kind(), ErrorKind::InputEnded);

    // A data file where a delta belongs.
    let delta = case.get("delta");
    case.put("delta", &case.new);
    let error = failing(&case, || case.patch(options));
    assert_eq!(blamed(&error), (Role::Delta, case.at("delta").as_path()));
    assert_eq!(error.kind(), ErrorKind::BadMagic);

    // A delta that is broken behind good commands, or cut.
    let end = delta.len() - 1;
    case.put("delta", &[&delta[..end], b"\x60"].concat());
    let error = failing(&case, || case.patch(options));
    assert_eq!(blamed(&error).0, Role::Delta);
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let text = format!("reserved opcode 0x60 at offset {end}");
    assert!(error.to_string().ends_with(&text), "{error}");
    case.put("delta", &delta[..end]);
    let error = failing(&case, || case.patch(options));
    let ended = PatchError::InputEnded { offset: end as u64, part: DeltaPart::Opcode };
    assert_eq!(refusal(&error), EngineError::Patch(ended));

    // A basis that is too short for the delta: the basis is to blame.
    case.put("delta", &delta);
    case.put("old", &case.old[..40_000]);
    let error = failing(&case, || case.patch(options));
    assert_eq!(blamed(&error), (Role::Basis, case.at("old").as_path()));
    let EngineError::Patch(PatchError::BasisEnded { offset, missing }) = refusal(&error) else {
        panic!("{error}")
    };
    assert!(offset >= 40_000 && missing > 0, "{offset} {missing}");
    assert_eq!(error.kind(), ErrorKind::InputEnded);
}

#[test]
fn parameters_that_do_not_suit_are_errors() {
    let case = Case::new(10, 1000);
    let options = &mut Options::new()
        .format(Format::ROLLSUM_MD4)
        .strong_len(StrongLenChoice::Exactly(StrongLen::new(32).unwrap()));
    for (_, work) in case.operations().into_iter().filter(|(name, _)| ["signature", "diff"].contains(name)) {
        let error = failing(&case, || work(options));
        assert_eq!(error.kind(), ErrorKind::Param);
        assert!(error.to_string().ends_with("strong length 32 is not in 1..=16"), "{error}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let case = Case::new(11, 1000);
    fs::create_dir(case.at("folder")).unwrap();
    let options = &mut Options::new();
    for name in ["folder", "missing/out", "old/out"] {
        let error = failing(&case, || signature_file(case.at("old"), case.at(name), options));
        let FileError::Output(output) = &error else { panic!("{error}") };
        assert_eq!(output.path, case.at(name));
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(": cannot be opened for writing: "), "{error}");
    }
}

#[test]
fn limits_are_errors_of_their_kind() {
    let case = Case::new(12, 200_000);
    let refused = |operations: &[&str], limits| {
        for (name, work) in case.operations() {
            if operations.contains(&name) {
                let error = failing(&case, || work(&mut Options::new().limits(limits)));
                assert_eq!(error.kind(), ErrorKind::Limit, "{name}: {error}");
            }
        }
    };
    let all = ["signature", "delta", "patch", "diff"];
    refused(&all, Limits { output: Some(100), ..Limits::default() });
    refused(&["delta", "diff"], Limits { records: Some(10), ..Limits::default() });
    refused(&["delta", "diff"], Limits { memory: Some(5000), ..Limits::default() });
    let generous =
        Limits { output: Some(1 << 20), records: Some(10_000), memory: Some(1 << 24), ..Limits::default() };
    for (name, work) in case.operations() {
        work(&mut Options::new().limits(generous)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_limit_of_output_does_not_count_a_signature_that_is_no_output() {
    let case = Case::new(13, 200_000);
    let delta_len = case.get("delta").len() as u64;
    assert!(delta_len < case.get("sums").len() as u64);
    let exactly = Limits { output: Some(delta_len), ..Limits::default() };
    case.diff(&mut Options::new().limits(exactly)).unwrap();
}

#[test]
fn progress_has_every_phase_its_total_and_its_end() {
    let case = Case::new(14, 1_000_000);
    let len = |name: &str| case.get(name).len() as u64;
    let (old, new, sums, delta) = (len("old"), len("new"), len("sums"), len("delta"));
    let expected: [&[(Phase, u64)]; 4] = [
        &[(Phase::Signature, old)],
        &[(Phase::Load, sums), (Phase::Delta, new)],
        &[(Phase::Patch, delta)],
        &[(Phase::Signature, old), (Phase::Delta, new)],
    ];
    for ((name, work), expected) in case.operations().into_iter().zip(expected) {
        let mut reports: Vec<Report> = Vec::new();
        let mut told = |report| reports.push(report);
        let buffers = Buffers { input: 10_000, output: 10_000 };
        let stats = work(&mut Options::new().buffers(buffers).progress(&mut told)).unwrap();
        let phases: Vec<_> = reports.chunk_by(|a, b| a.phase == b.phase).collect();
        assert_eq!(phases.len(), expected.len(), "{name}");
        for (reports, (phase, total)) in phases.iter().zip(expected) {
            assert_eq!(reports[0].phase, *phase, "{name}");
            assert!(reports.iter().all(|report| report.total_in == Some(*total)), "{name}");
            assert_eq!(reports.last().unwrap().bytes_in, *total, "{name}: the last report is of all of it");
            assert!(reports.len() > 3, "{name}");
            for pair in reports.windows(2) {
                assert!(pair[0].bytes_in <= pair[1].bytes_in && pair[0].bytes_out <= pair[1].bytes_out);
            }
        }
        assert_eq!(reports.last().unwrap().bytes_out, stats.bytes_out, "{name}");
    }
}

#[test]
fn cancelled_by_the_callback_the_old_file_stands() {
    let case = Case::new(15, 500_000);
    for (name, work) in case.operations() {
        // At the first report, in the middle, and at the last report.
        let reports = Cell::new(0);
        let mut count = |_| reports.set(reports.get() + 1);
        let buffers = Buffers { input: 5000, output: 5000 };
        work(&mut Options::new().buffers(buffers).progress(&mut count)).unwrap();
        case.put("out", BEFORE);
        let all = reports.get();
        for at in [1, all / 2, all - 1] {
            let (token, seen) = (CancelToken::new(), Cell::new(0));
            let mut told = |_| {
                seen.set(seen.get() + 1);
                if seen.get() == at {
                    token.cancel();
                }
            };
            let options = &mut Options::new().buffers(buffers).cancel(&token).progress(&mut told);
            let error = failing(&case, || work(options));
            assert!(matches!(error, FileError::Cancelled), "{name}: {error}");
            assert_eq!(error.kind(), ErrorKind::Cancelled);
            assert_eq!(seen.get(), at, "{name}: nobody is told of cancelled work");
        }
    }
}

#[test]
fn cancelled_by_another_thread_the_old_file_stands() {
    let case = Case::new(16, 500_000);
    for (name, work) in case.operations() {
        let token = CancelToken::new();
        let (begun, when_begun) = mpsc::channel();
        let (cancelled, when_cancelled) = mpsc::channel();
        let elsewhere = token.clone();
        let other = thread::spawn(move || {
            when_begun.recv().unwrap();
            elsewhere.cancel();
            cancelled.send(()).unwrap();
        });
        let mut waited = false;
        let mut told = |report: Report| {
            if report.bytes_in > 0 && !waited {
                begun.send(()).unwrap();
                when_cancelled.recv().unwrap();
                waited = true;
            }
        };
        let buffers = Buffers { input: 1000, output: 1000 };
        let options = &mut Options::new().buffers(buffers).cancel(&token).progress(&mut told);
        let error = failing(&case, || work(options));
        assert!(matches!(error, FileError::Cancelled), "{name}: {error}");
        other.join().unwrap();
    }
}

#[test]
fn a_file_that_stands_there_shows_until_the_end() {
    // What is read under the output's name while the work goes on is what stood there.
    let case = Case::new(17, 300_000);
    for (name, work) in case.operations() {
        case.put("out", BEFORE);
        let shown = RefCell::new(Vec::new());
        let mut told = |_| shown.borrow_mut().push(case.get("out") == BEFORE);
        let stats = work(&mut Options::new().progress(&mut told)).unwrap();
        assert!(shown.take().into_iter().all(|before| before), "{name}");
        assert_eq!(case.get("out").len() as u64, stats.bytes_out, "{name}");
    }
}
