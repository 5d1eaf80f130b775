//! The four operations over streams.

use crate::data::{Random, versions};
use rollsync::{
    Basis, BlockLen, Buffers, CancelToken, EmptyBasis, EngineError, Error, ErrorKind, Format, Limits,
    LoadError, Options, ParamError, PatchError, Phase, Profile, Report, SeekBasis, Side, SignatureJob,
    SignatureParams, Stats, StrongLen, StrongLenChoice, Work, delta, index_basis, load, patch, signature,
    spill,
};
use std::{
    cell::RefCell,
    io::{self, Cursor, Read, Write},
    num::NonZeroUsize,
};

/// Interrupted before every read and write, and moves one byte at a time.
struct Halting<T> {
    inner: T,
    interrupt: bool,
}

const fn halting<T>(inner: T) -> Halting<T> {
    Halting { inner, interrupt: false }
}

impl<T> Halting<T> {
    fn halt(&mut self) -> io::Result<()> {
        self.interrupt = !self.interrupt;
        if self.interrupt { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl<T: Read> Read for Halting<T> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.halt()?;
        let len = place.len().min(1);
        self.inner.read(&mut place[..len])
    }
}

impl<T: Write> Write for Halting<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.halt()?;
        self.inner.write(&bytes[..bytes.len().min(1)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Basis> Basis for Halting<T> {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        self.halt()?;
        let len = place.len().min(7);
        self.inner.read_at(offset, &mut place[..len])
    }
}

/// Fails from a byte on.
struct FailsAt {
    left: usize,
}

impl Read for FailsAt {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let len = place.len().min(self.left);
        place[..len].fill(0);
        self.left -= len;
        Ok(len)
    }
}

impl Write for FailsAt {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let len = bytes.len().min(self.left);
        self.left -= len;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn sums_of(old: &[u8], options: &mut Options<'_>) -> Vec<u8> {
    let mut sums = Vec::new();
    signature(old, Some(old.len() as u64), &mut sums, options).unwrap();
    sums
}

fn delta_of(old: &[u8], new: &[u8], options: &mut Options<'_>) -> (Vec<u8>, Stats) {
    let mut difference = Vec::new();
    let index = index_basis(old, Some(old.len() as u64), options).unwrap();
    let stats = delta(&index, new, Some(new.len() as u64), &mut difference, options).unwrap();
    (difference, stats)
}

fn patched(mut basis: impl Basis, difference: &[u8]) -> Vec<u8> {
    let mut new = Vec::new();
    patch(&mut basis, difference, None, &mut new, &mut Options::new()).unwrap();
    new
}

fn limits(limits: Limits) -> Options<'static> {
    Options::new().limits(limits)
}

#[test]
fn there_and_back_again() {
    for (seed, len) in [(1, 0), (2, 1), (3, 255), (4, 257), (5, 70_000), (6, 3_000_000)] {
        let (old, new) = versions(seed, len);
        let sums = sums_of(&old, &mut Options::new());
        let index = load(&sums[..], Some(sums.len() as u64), &mut Options::new()).unwrap();
        let mut difference = Vec::new();
        let stats = delta(&index, &new[..], None, &mut difference, &mut Options::new()).unwrap();
        assert_eq!(stats.bytes_in, new.len() as u64);
        assert_eq!(stats.bytes_out, difference.len() as u64);
        assert_eq!(stats.literal.bytes + stats.copy.bytes, new.len() as u64);
        if len > 1000 {
            assert!(stats.copy.bytes > stats.literal.bytes, "{stats:?}");
        }
        assert!(patched(&old[..], &difference) == new, "{len}");
        // Without the bytes of the signature between, the delta is the same.
        assert!(delta_of(&old, &new, &mut Options::new()).0 == difference, "{len}");
    }
}

#[test]
fn streams_that_halt_at_every_byte_change_nothing() {
    let (old, new) = versions(7, 20_000);
    let mut sums = Vec::new();
    let options = &mut Options::new().buffers(Buffers { input: 11, output: 13 });
    let stats = signature(halting(&old[..]), Some(old.len() as u64), halting(&mut sums), options).unwrap();
    assert_eq!(sums, sums_of(&old, &mut Options::new()));
    assert_eq!((stats.bytes_in, stats.bytes_out), (old.len() as u64, sums.len() as u64));

    let index = load(halting(&sums[..]), None, options).unwrap();
    let mut difference = Vec::new();
    delta(&index, halting(&new[..]), None, halting(&mut difference), options).unwrap();
    assert_eq!(difference, delta_of(&old, &new, &mut Options::new()).0);

    let mut again = Vec::new();
    patch(&mut halting(&old[..]), halting(&difference[..]), None, halting(&mut again), options).unwrap();
    assert!(again == new);
}

#[test]
fn every_basis_gives_the_same_file() {
    let (old, new) = versions(8, 300_000);
    let (difference, _) = delta_of(&old, &new, &mut Options::new());
    assert!(patched(&old[..], &difference) == new);
    assert!(patched(SeekBasis(Cursor::new(&old)), &difference) == new);
    let mut dynamic: Box<dyn Basis> = Box::new(SeekBasis(Cursor::new(old.clone())));
    assert!(patched(&mut *dynamic, &difference) == new);
    assert!(patched(spill(&old[..], None).unwrap(), &difference) == new);
    assert!(patched(spill(halting(&old[..]), Some(old.len() as u64)).unwrap(), &difference) == new);
}

#[test]
fn spilling_stops_at_its_limit_and_names_the_reader() {
    let error = spill(&[0; 1000][..], Some(999)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(spill(io::repeat(0), Some(100_000)).is_err(), "what never ends is not waited for");
    let error = spill(FailsAt { left: 77 }, None).unwrap_err();
    assert!(matches!(error, Error::Io { side: Side::Read, offset: 77, .. }), "{error}");
}

#[test]
fn parameters_take_effect() {
    let (old, new) = versions(9, 100_000);
    for format in Format::ALL {
        let options = || {
            Options::new()
                .format(format)
                .block_len(BlockLen::new(600).unwrap())
                .strong_len(StrongLenChoice::Exactly(StrongLen::new(9).unwrap()))
        };
        let sums = sums_of(&old, &mut options());
        assert_eq!(sums[..4], format.magic().to_be_bytes());
        assert_eq!(sums[4..12], [0, 0, 600_u16.to_be_bytes()[0], 600_u16.to_be_bytes()[1], 0, 0, 0, 9]);
        assert_eq!(sums.len(), 12 + 100_000_usize.div_ceil(600) * (4 + 9));
        let (difference, _) = delta_of(&old, &new, &mut options());
        assert!(patched(&old[..], &difference) == new);
    }
    let record_len = |choice| sums_of(&old[..1], &mut Options::new().strong_len(choice)).len() - 12 - 4;
    assert_eq!((record_len(StrongLenChoice::Max), record_len(StrongLenChoice::Min)), (32, 5));
    let of_length =
        |len| u32::from_be_bytes(sums_of(&vec![1; len], &mut Options::new())[4..8].try_into().unwrap());
    assert_eq!((of_length(100), of_length(1_000_000)), (256, 896), "as recommended");
    let mut unknown = Vec::new();
    signature(&old[..], None, &mut unknown, &mut Options::new()).unwrap();
    assert_eq!(unknown[4..8], [0, 0, 8, 0], "the length is not known");
}

#[test]
fn profiles_cut_literals_at_their_lengths() {
    let new = Random::new(1).bytes(150_000);
    for (profile, _) in Profile::ALL {
        let (difference, stats) = delta_of(&[7; 1000], &new, &mut Options::new().profile(profile));
        assert_eq!(stats.literal.commands, 150_000_usize.div_ceil(profile.literal_max()) as u64, "{profile}");
        assert!(patched(&[7; 1000][..], &difference) == new);
    }
    // A signature without records has its own rule.
    let rule = EmptyBasis::Cut(NonZeroUsize::new(1000).unwrap());
    let (_, stats) = delta_of(b"", &new, &mut Options::new().empty_basis(rule));
    assert_eq!(stats.literal.commands, 150);
}

#[test]
fn what_is_no_signature_or_no_delta_is_named_with_its_offset() {
    let load = |bytes: &[u8]| load(bytes, None, &mut Options::new()).unwrap_err();
    let error = load(b"a data file, given where a signature belongs");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let error = load(b"\x7fELF\0\0\0\x10\0\0\0\x08 the data of a program");
    assert!(matches!(error, Error::Engine(EngineError::Load(LoadError::BadMagic { .. }))), "{error}");
    let sums = sums_of(&[1; 3000], &mut Options::new());
    let error = load(&sums[..100]);
    let cut = LoadError::InputEnded { offset: 100, missing: 20 };
    assert!(matches!(&error, Error::Engine(EngineError::Load(found)) if *found == cut), "{error}");

    let (old, new) = versions(2, 5000);
    let (mut difference, _) = delta_of(&old, &new, &mut Options::new());
    let apply = |basis: &[u8], bytes: &[u8]| {
        patch(&mut &basis[..], bytes, None, io::sink(), &mut Options::new()).unwrap_err()
    };
    assert_eq!(apply(&old, b"no delta at all").kind(), ErrorKind::BadMagic);
    assert_eq!(apply(&old, &sums).kind(), ErrorKind::BadMagic);
    for cut in 0..difference.len() {
        let error = apply(&old, &difference[..cut]);
        let Error::Engine(EngineError::Patch(PatchError::InputEnded { offset, .. })) = error else {
            panic!("cut at {cut}: {error}")
        };
        assert_eq!(offset, cut as u64);
    }
    let error = apply(&old[..old.len() / 2], &difference);
    assert!(matches!(error, Error::Engine(EngineError::Patch(PatchError::BasisEnded { .. }))), "{error}");
    let end = difference.len() - 1;
    difference[end] = 0x55;
    assert_eq!(apply(&old, &difference).to_string(), format!("reserved opcode 0x55 at offset {end}"));
}

#[test]
fn a_failing_stream_is_named_with_its_offset() {
    let found = |result: Result<Stats, Error>| match result.unwrap_err() {
        Error::Io { side, offset, .. } => (side, offset),
        error => panic!("{error}"),
    };
    let options = &mut Options::new();
    let index = index_basis(&[0; 5000][..], None, options).unwrap();
    let old = [0; 5000];
    let broken = || FailsAt { left: 3000 };
    assert_eq!(found(signature(broken(), None, io::sink(), options)), (Side::Read, 3000));
    let narrow = FailsAt { left: 50 };
    assert_eq!(found(signature(&old[..], None, narrow, options)), (Side::Write, 50));
    assert_eq!(found(delta(&index, broken(), None, io::sink(), options)), (Side::Read, 3000));
    assert_eq!(found(delta(&index, &old[..], None, FailsAt { left: 5 }, options)), (Side::Write, 5));
    let indexed = index_basis(broken(), None, options);
    assert_eq!(found(indexed.map(|_| Stats::default())), (Side::Read, 3000));
    let loaded = load(FailsAt { left: 3 }, None, options);
    assert_eq!(found(loaded.map(|_| Stats::default())), (Side::Read, 3));

    let (difference, _) = delta_of(&old, &old, options);
    let half = (&difference[..6]).chain(FailsAt { left: 0 });
    assert_eq!(found(patch(&mut &old[..], half, None, io::sink(), options)), (Side::Read, 6));
    let mut unseekable = SeekBasis(Cursor::new(&old));
    let narrow = FailsAt { left: 4999 };
    assert_eq!(found(patch(&mut unseekable, &difference[..], None, narrow, options)), (Side::Write, 4999));
}

#[test]
fn parameters_that_do_not_suit_are_errors() {
    let options = &mut Options::new()
        .format(Format::RABIN_KARP_MD4)
        .strong_len(StrongLenChoice::Exactly(StrongLen::new(17).unwrap()));
    let error = signature(&b""[..], None, io::sink(), options).unwrap_err();
    let Error::Engine(EngineError::Param(ParamError::StrongLen { found, max })) = error else {
        panic!("{error}")
    };
    assert_eq!((found, max), (17, 16));
    assert_eq!(index_basis(&b""[..], None, options).unwrap_err().kind(), ErrorKind::Param);
}

#[test]
fn limits_are_errors_of_their_kind() {
    let (old, new) = versions(3, 200_000);
    let (difference, _) = delta_of(&old, &new, &mut Options::new());
    let sums = sums_of(&old, &mut Options::new());
    let index = load(&sums[..], None, &mut Options::new()).unwrap();
    let blocks = index.signature().block_count() as u64;

    let records = Limits { records: Some(blocks - 1), ..Limits::default() };
    let output = |len| Limits { output: Some(len), ..Limits::default() };
    let memory = |len| Limits { memory: Some(len), ..Limits::default() };
    let refused = [
        load(&sums[..], None, &mut limits(records)).unwrap_err(),
        load(&sums[..], None, &mut limits(memory(1000))).unwrap_err(),
        index_basis(&old[..], Some(old.len() as u64), &mut limits(records)).unwrap_err(),
        index_basis(&old[..], None, &mut limits(memory(1000))).unwrap_err(),
        signature(&old[..], None, io::sink(), &mut limits(output(100))).unwrap_err(),
        delta(&index, &new[..], None, io::sink(), &mut limits(output(100))).unwrap_err(),
        delta(&index, &new[..], None, io::sink(), &mut limits(memory(100))).unwrap_err(),
        patch(&mut &old[..], &difference[..], None, io::sink(), &mut limits(output(new.len() as u64 - 1)))
            .unwrap_err(),
    ];
    for (i, error) in refused.iter().enumerate() {
        assert_eq!(error.kind(), ErrorKind::Limit, "{i}: {error}");
    }

    // As much as is needed is enough.
    let exactly = Limits { records: Some(blocks), ..output(new.len() as u64) };
    load(&sums[..], None, &mut limits(exactly)).unwrap();
    patch(&mut &old[..], &difference[..], None, io::sink(), &mut limits(exactly)).unwrap();
    let enough = output(difference.len() as u64);
    delta(&index, &new[..], None, io::sink(), &mut limits(enough)).unwrap();

    // Work is no error: what is not searched is literal.
    let lazy = Limits { work: Work::PerByte(0), ..Limits::default() };
    let (difference, stats) = delta_of(&old, &new, &mut limits(lazy));
    assert!(stats.search.skipped > 0);
    assert!(patched(&old[..], &difference) == new);
}

/// Does the four operations; every report, and the result of each.
fn reported(seed: u64, len: usize) -> Vec<(Vec<Report>, Stats)> {
    let (old, new) = versions(seed, len);
    let some_len = |bytes: &[u8]| Some(bytes.len() as u64);
    let reports = RefCell::new(Vec::new());
    let mut all = Vec::new();
    let mut note = |stats| all.push((reports.take(), stats));
    let (mut sums, mut difference) = (Vec::new(), Vec::new());
    let mut told = |report| reports.borrow_mut().push(report);
    let options = &mut Options::new().buffers(Buffers { input: 4096, output: 1000 }).progress(&mut told);
    note(signature(&old[..], some_len(&old), &mut sums, options).unwrap());
    let index = load(&sums[..], some_len(&sums), options).unwrap();
    let mut stats = Stats::default();
    stats.bytes_in = sums.len() as u64;
    note(stats);
    note(delta(&index, &new[..], some_len(&new), &mut difference, options).unwrap());
    note(patch(&mut &old[..], &difference[..], some_len(&difference), io::sink(), options).unwrap());
    all
}

#[test]
fn progress_grows_and_ends_with_everything() {
    for (seed, len) in [(1, 0), (2, 300_000)] {
        let phases = [Phase::Signature, Phase::Load, Phase::Delta, Phase::Patch];
        for ((reports, stats), phase) in reported(seed, len).into_iter().zip(phases) {
            for pair in reports.windows(2) {
                assert!(pair[0].bytes_in <= pair[1].bytes_in && pair[0].bytes_out <= pair[1].bytes_out);
            }
            assert!(reports.iter().all(|report| report.phase == phase), "{phase}");
            assert!(reports.iter().all(|report| report.total_in == Some(stats.bytes_in)), "{phase}");
            let (first, last) = (reports.first().unwrap(), reports.last().unwrap());
            assert_eq!((first.bytes_in, first.bytes_out), (0, 0), "{phase}");
            assert_eq!((last.bytes_in, last.bytes_out), (stats.bytes_in, stats.bytes_out), "{phase}");
            if len > 0 && phase != Phase::Patch {
                assert!(reports.len() > 4, "{phase}: {}", reports.len());
            }
        }
    }
    let mut totals = Vec::new();
    let mut told = |report: Report| totals.push(report.total_in);
    signature(&b"of unknown length"[..], None, io::sink(), &mut Options::new().progress(&mut told)).unwrap();
    assert!(totals.iter().all(Option::is_none));
}

type Operation<'a> = &'a dyn Fn(&mut Options<'_>) -> Result<(), Error>;

#[test]
fn cancelling_stops_each_operation_within_a_buffer_or_a_batch() {
    let (old, new) = versions(4, 300_000);
    let batch_len = SignatureJob::new(SignatureParams::recommended(None)).batch_len() as u64;
    let buffers = Buffers { input: 4096, output: 4096 };
    let (difference, _) = delta_of(&old, &new, &mut Options::new());
    let index = index_basis(&old[..], None, &mut Options::new()).unwrap();
    let sums = sums_of(&old, &mut Options::new());
    // So much is hashed at once.
    let batch = batch_len.max(4 * 4096);
    let operations: [(&str, u64, Operation<'_>); 5] = [
        ("signature", batch, &|options| signature(&old[..], None, io::sink(), options).map(drop)),
        ("load", 4 * 4096, &|options| load(&sums[..], None, options).map(drop)),
        ("index", batch, &|options| index_basis(&old[..], None, options).map(drop)),
        ("delta", batch, &|options| delta(&index, &new[..], None, io::sink(), options).map(drop)),
        ("patch", 4 * 4096, &|options| {
            patch(&mut &old[..], &difference[..], None, io::sink(), options).map(drop)
        }),
    ];
    for (name, most, operation) in operations {
        let token = CancelToken::new();
        let (mut at, mut calls) = (0, 0);
        let mut told = |report: Report| {
            (at, calls) = (report.bytes_in.max(report.bytes_out), calls + 1);
            if report.bytes_out.max(report.bytes_in) > 4096 {
                token.cancel();
            }
        };
        let error = operation(&mut Options::new().buffers(buffers).cancel(&token).progress(&mut told));
        assert!(matches!(error, Err(Error::Cancelled)), "{name}");
        assert!((4097..=most).contains(&at), "{name}: nothing is done after it, {at}");
        let before = operation(&mut Options::new().cancel(&token)).unwrap_err();
        assert_eq!((before.kind(), before.to_string().as_str()), (ErrorKind::Cancelled, "cancelled"));
        assert!(calls >= 2, "{name}");
    }
}
