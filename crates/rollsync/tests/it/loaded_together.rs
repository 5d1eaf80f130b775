//! A signature that several threads read: what is loaded, told and said of its errors is what one thread loads, tells and says.

use crate::threads::{file_at, random, threads};
#[cfg(unix)]
use crate::threads::{piped, unreadable};
use rollsync::{
    BlockLen, CancelToken, Drive, Error, FileSource, Format, Input, Job, LimitKind, Limits, LoadError,
    LoadJob, Options, Report, ResourceError, Signature, SignatureIndex, Threads, delta, delta_file,
    index_signature, load, load_from, signature, signature_file,
};
use std::{
    cell::Cell,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
};

/// Some pieces of records and a bit.
const BLOCKS: usize = 50_003;

fn options<'o>(count: usize) -> Options<'o> {
    Options::new().threads(threads(count))
}

/// The signature of a basis of `blocks` blocks.
fn sums(format: Format, blocks: usize, seal: bool) -> Vec<u8> {
    let mut sums = Vec::new();
    let options = &mut Options::new().format(format).block_len(BlockLen::new(64).unwrap()).seal(seal);
    signature(&random(9, 64 * blocks)[..], None, &mut sums, options).unwrap();
    sums
}

fn loaded(input: impl FileSource, count: usize) -> Result<Signature, Error> {
    Ok(load_from(input, None, &mut options(count))?.signature().clone())
}

/// What an error says, with all its figures.
fn said<T>(result: Result<T, Error>) -> Option<String> {
    result.err().map(|error| format!("{error} {error:?}"))
}

#[test]
fn on_any_number_of_threads_and_from_any_place() {
    for (format, seal) in [
        (Format::RABIN_KARP_BLAKE2, false),
        (Format::RABIN_KARP_BLAKE2, true),
        (Format::ROLLSUM_MD4, true),
        (Format::ROLLSUM_BLAKE2, false),
    ] {
        let sums = sums(format, BLOCKS, seal);
        let alone = load(&sums[..], None, &mut options(1)).unwrap();
        assert_eq!((alone.signature().block_count(), alone.signature().basis().is_some()), (BLOCKS, seal));
        for position in [0, 5, 4096] {
            let mut file = file_at(position, &sums);
            for count in [1, 2, 3, 8] {
                assert!(loaded(&file, count).unwrap() == *alone.signature(), "{count} threads");
                assert_eq!(file.stream_position().unwrap(), position + sums.len() as u64);
                file.seek(SeekFrom::Start(position)).unwrap();
            }
        }
        // No file, or one that is read from front to back.
        assert!(loaded(&sums[..], 3).unwrap() == *alone.signature());
    }
}

#[test]
fn deltas_are_those_of_one_thread() {
    let (old, mut sums) = (random(1, 64 * BLOCKS), Vec::new());
    let new = [&old[100_000..2_500_000], &random(2, 500_000), &old[..700_000]].concat();
    let block_len = || Options::new().block_len(BlockLen::new(64).unwrap());
    signature(&old[..], None, &mut sums, &mut block_len()).unwrap();
    let made = |count| {
        let (index, mut bytes) =
            (load_from(file_at(0, &sums), None, &mut options(count)).unwrap(), Vec::new());
        let stats = delta(&index, &new[..], None, &mut bytes, &mut Options::new()).unwrap();
        (bytes, stats)
    };
    let alone = made(1);
    assert!(alone.1.copy.bytes > 3_000_000 && alone.1.literal.bytes > 400_000);
    for count in [2, 3, 8] {
        assert!(made(count) == alone, "{count} threads");
    }

    let folder = tempfile::tempdir().unwrap();
    let [basis, signature, changed, by_one, by_three] =
        ["basis", "sums", "new", "one", "three"].map(|name| folder.path().join(name));
    fs::write(&basis, &old).unwrap();
    fs::write(&changed, &new).unwrap();
    signature_file(&basis, &signature, &mut block_len()).unwrap();
    let one = delta_file(&signature, &changed, &by_one, &mut options(1)).unwrap();
    let three = delta_file(&signature, &changed, &by_three, &mut options(3)).unwrap();
    assert_eq!(one, three);
    assert!(fs::read(by_one).unwrap() == fs::read(by_three).unwrap());
}

#[test]
fn errors_are_those_of_one_thread() {
    let whole = sums(Format::RABIN_KARP_BLAKE2, 20_000, false);
    let sealed = sums(Format::RABIN_KARP_BLAKE2, 20_000, true);
    let mut cases: Vec<Vec<u8>> = [0, 1, 4, 7, 11, 12, 13, 15, 16, 47, 48, 49]
        .into_iter()
        .chain([16_384 * 36 + 12, 16_384 * 36 + 15, 16_384 * 36 + 17, 7281 * 36 + 12, 7281 * 36 + 20])
        .chain([whole.len() - 1, whole.len() - 35])
        .map(|len| whole[..len].to_vec())
        .collect();
    cases.push(b"a data file, given where a signature belongs".repeat(50_000));
    cases.push([&b"\x72\x73\x01\x47\0\0\0\x40\0\0\0\x21"[..], &whole].concat());
    cases.push([&b"\x72\x73\x01\x46\0\0\0\0\0\0\0\x08"[..], &whole].concat());
    for at in [100, sealed.len() / 2, sealed.len() - 100] {
        let mut broken = sealed.clone();
        broken[at] ^= 1;
        cases.push(broken);
        cases.push(sealed[..sealed.len() - at % 1000].to_vec());
    }
    let mut failed = 0;
    for bytes in cases {
        let one = load(&bytes[..], None, &mut options(1)).map(|index| index.signature().clone());
        for count in [2, 3] {
            let file = file_at(3, &bytes);
            match (&one, loaded(&file, count)) {
                (Ok(one), Ok(several)) => assert!(*one == several, "{} bytes", bytes.len()),
                (_, several) => {
                    failed += 1;
                    assert_eq!(said(several), said(one.as_ref().map_err(clone_of)), "{} bytes", bytes.len());
                }
            }
        }
    }
    assert!(failed > 20, "{failed} failed");
}

fn clone_of(error: &Error) -> Error {
    let Error::Engine(error) = error else { panic!("{error}") };
    Error::Engine(*error)
}

#[test]
fn limits_hold() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let limited = |limits: Limits| {
        let file = file_at(0, &sums);
        load_from(&file, None, &mut options(3).limits(limits)).map(|index| index.memory())
    };
    let reached = |result: Result<u64, Error>| match result {
        Err(Error::Engine(rollsync::EngineError::Load(LoadError::Resource(ResourceError::Limit(limit)))))
        | Err(Error::Engine(rollsync::EngineError::Resource(ResourceError::Limit(limit)))) => limit.kind,
        other => panic!("{other:?}"),
    };
    let records = |records| limited(Limits { records: Some(records), ..Limits::default() });
    assert!(records(BLOCKS as u64).is_ok());
    for few in [0, 1, 16_384, 20_000, BLOCKS as u64 - 1] {
        assert_eq!(reached(records(few)), LimitKind::Records);
    }
    let memory = |memory| limited(Limits { memory: Some(memory), ..Limits::default() });
    let needed = limited(Limits::default()).unwrap();
    assert!(memory(2 * needed).unwrap() <= 2 * needed);
    for little in [0, 100_000, 36 * BLOCKS as u64, needed / 2] {
        assert_eq!(reached(memory(little)), LimitKind::Memory);
    }
}

/// A file that remembers how it begins, and fails when it is asked for more than its header.
struct Remembers {
    file: File,
    seen: Vec<u8>,
}

impl Read for Remembers {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let most = place.len().min(5);
        let len = self.file.read(&mut place[..most])?;
        self.seen.extend(&place[..len]);
        assert!(self.seen.len() <= 12, "what follows the header is read by its place");
        Ok(len)
    }
}

impl FileSource for Remembers {
    fn as_file(&self) -> Option<&File> {
        Some(&self.file)
    }
}

#[test]
fn a_reader_sees_how_its_file_begins() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let mut reader = Remembers { file: file_at(0, &sums), seen: Vec::new() };
    let mut drive = Drive::new(LoadJob::new());
    drive.run_with_threads_from(&mut reader, 2).unwrap();
    assert_eq!(reader.seen, sums[..12]);
    assert_eq!(drive.stats().bytes_in, sums.len() as u64);
    assert_eq!(drive.stats().blocks, BLOCKS as u64);
    assert_eq!(drive.stats().block_len, 64);
}

#[test]
fn what_is_read_is_told_and_may_be_stopped() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let (heard, token) = (Cell::new(0), CancelToken::new());
    let mut told = |report: Report| {
        assert!(report.bytes_in >= heard.get(), "it goes back");
        assert_eq!(report.total_in, Some(sums.len() as u64));
        heard.set(report.bytes_in);
    };
    let len = Some(sums.len() as u64);
    load_from(file_at(0, &sums), len, &mut options(2).progress(&mut told)).unwrap();
    assert_eq!(heard.get(), sums.len() as u64);

    let mut stop = |report: Report| {
        if report.bytes_in > 300_000 {
            token.cancel();
        }
    };
    let mut options = options(2).cancel(&token).progress(&mut stop);
    assert!(matches!(load_from(file_at(0, &sums), len, &mut options), Err(Error::Cancelled)));
}

#[test]
fn a_short_signature_is_loaded_by_one_thread() {
    let count = |len| Threads::count_to_load(threads(4), len);
    assert_eq!([Some(0), Some((1 << 20) - 1), Some(1 << 20), None].map(count), [1, 1, 4, 4]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_fails() {
    let file = unreadable();
    let error = loaded(&file, 2).unwrap_err();
    assert!(matches!(error, Error::Io { side: rollsync::Side::Read, offset: 0, .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_from_front_to_back() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let several = loaded(piped(&sums), 3).unwrap();
    assert!(several == *load(&sums[..], None, &mut options(1)).unwrap().signature());
}

/// Whatever is read of a signature that is cut and grows meanwhile, it is records that stood there, or an error.
#[test]
fn a_signature_that_changes_while_it_is_read() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let whole = loaded(&sums[..], 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sums");
    for first in 0..12_u64 {
        fs::write(&path, &sums).unwrap();
        let writer = File::options().write(true).open(&path).unwrap();
        let mut step = first;
        let mut told = |_| {
            let len = sums.len() as u64;
            let records = 12 + 36 * (step * 7919 % BLOCKS as u64);
            writer.set_len(if step % 3 == 0 { len } else { records + step % 2 * 5 }).unwrap();
            step += 1;
        };
        let mut options = options(3).progress(&mut told);
        match load_from(File::open(&path).unwrap(), None, &mut options) {
            Ok(index) => {
                let signature = index.signature();
                for block in 0..signature.block_count() {
                    let (found, stood) = (signature.strong_sum(block), whole.strong_sum(block));
                    // Zeros are what a file has that was cut and made long again.
                    let stood_there =
                        found.iter().zip(stood).all(|(found, stood)| found == stood || *found == 0);
                    assert!(stood_there, "block {block}");
                }
            }
            Err(Error::Engine(rollsync::EngineError::Load(LoadError::InputEnded { .. }))) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn an_index_is_the_one_that_one_thread_builds() {
    let sums = sums(Format::ROLLSUM_MD4, BLOCKS, false);
    let signature = loaded(&sums[..], 1).unwrap();
    let alone = SignatureIndex::build(signature.clone(), &Limits::default()).unwrap();
    for count in [0, 1, 2, 3, 8, 20] {
        let index = index_signature(signature.clone(), &Limits::default(), count).unwrap();
        assert_eq!(index.memory(), alone.memory());
        assert!(index.signature() == alone.signature());
    }
    let little = Limits { memory: Some(signature.memory()), ..Limits::default() };
    assert!(matches!(index_signature(signature, &little, 4), Err(ResourceError::Limit(_))));
}

/// A reader of a header, before a file that cannot be read.
struct Unreadable<'a> {
    header: &'a [u8],
    file: File,
}

impl Read for Unreadable<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if self.header.is_empty() { self.file.read(place) } else { self.header.read(place) }
    }
}

impl FileSource for Unreadable<'_> {
    fn as_file(&self) -> Option<&File> {
        Some(&self.file)
    }
}

#[cfg(unix)]
#[test]
fn a_failure_behind_the_header_has_its_offset() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, 100, false);
    for count in [1, 2] {
        let error = loaded(Unreadable { header: &sums[..12], file: unreadable() }, count).unwrap_err();
        let Error::Io { side: rollsync::Side::Read, offset: 12, .. } = error else { panic!("{error:?}") };
    }
}

#[test]
fn a_job_that_has_begun_is_driven_on() {
    let sums = sums(Format::RABIN_KARP_BLAKE2, BLOCKS, false);
    let whole = loaded(&sums[..], 1).unwrap();
    for fed in [4, 12, 13, 48, 100_000, sums.len()] {
        for count in [1, 2] {
            let mut job = LoadJob::new();
            let input = &sums[..fed];
            let input = if fed == sums.len() { Input::last(input) } else { Input::more(input) };
            let _ = job.step(input, &mut []).unwrap();
            assert_eq!(job.offset(), fed as u64);
            let mut file = file_at(0, &sums);
            file.seek(SeekFrom::Start(fed as u64)).unwrap();
            let mut drive = Drive::new(job);
            drive.run_with_threads_from(&file, count).unwrap();
            assert!(drive.into_job().into_signature().unwrap() == whole, "{fed} bytes, {count} threads");
        }
    }
}

#[test]
fn cancelled_before_it_begins_nothing_is_read() {
    let (mut file, token) = (file_at(0, &sums(Format::ROLLSUM_MD4, BLOCKS, false)), CancelToken::new());
    token.cancel();
    for count in [1, 2] {
        let result = load_from(&file, None, &mut options(count).cancel(&token));
        assert!(matches!(result, Err(Error::Cancelled)));
        assert_eq!(file.stream_position().unwrap(), 0);
    }
}
