//! On any number of threads the same bytes come out, and the same is counted.

use rollsync::{
    BlockLen, Error, FileSource, Format, LimitKind, Limits, Options, Profile, ResourceError, Stats, Threads,
    delta, delta_from, load, patch, signature, signature_from,
};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    mem::take,
    num::NonZeroUsize,
};

pub(crate) fn threads(count: usize) -> Threads {
    Threads::Exactly(NonZeroUsize::new(count).unwrap())
}

/// xorshift64*
pub(crate) fn random(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    (0..len)
        .map(|_| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0]
        })
        .collect()
}

/// A basis and a new file, in several segments, each of its kind.
fn pairs() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let basis = random(1, 3_500_000);
    let mut inserted = Vec::new();
    for (i, part) in basis.chunks(60_001).enumerate() {
        inserted.extend_from_slice(part);
        inserted.extend_from_slice(&random(i as u64 + 5, i % 9));
    }
    let zeros = vec![0; 3_200_000];
    let mut specks = vec![1];
    specks.extend_from_slice(&zeros);
    for at in [700_000, 1_048_575, 1_048_576, 2_000_001] {
        specks[at] = 9;
    }
    let period: Vec<u8> = random(2, 4093).into_iter().cycle().take(3_300_000).collect();
    let half = [&basis[..1_700_000], &random(3, 1_800_000)].concat();
    vec![
        ("same", basis.clone(), basis.clone()),
        ("inserted", basis.clone(), inserted),
        ("unrelated", basis.clone(), random(4, 3_100_000)),
        ("half", basis.clone(), half),
        ("zeros", zeros, specks),
        ("period", period.clone(), period[77..].to_vec()),
        ("short", basis.clone(), basis[100..5000].to_vec()),
        ("empty", basis.clone(), Vec::new()),
        ("from nothing", Vec::new(), basis[..2_200_000].to_vec()),
        ("exact segments", basis[..2 << 20].to_vec(), basis[..2 << 20].to_vec()),
    ]
}

/// Formats, blocks and profiles that differ.
fn ways<'o>() -> [impl Fn() -> Options<'o>; 3] {
    [
        (Format::RABIN_KARP_BLAKE2, 2048, Profile::Compact),
        (Format::ROLLSUM_MD4, 700, Profile::Librsync234),
        (Format::RABIN_KARP_MD4, 100_000, Profile::Librsync232),
    ]
    .map(|(format, block_len, profile)| {
        let block_len = BlockLen::new(block_len).unwrap();
        move || Options::new().format(format).block_len(block_len).profile(profile)
    })
}

type Made = (Vec<u8>, Stats);

fn made(basis: &[u8], new: &[u8], mut options: Options<'_>) -> (Made, Made) {
    let (mut sums, mut difference) = (Vec::new(), Vec::new());
    let sums_stats = signature(basis, None, &mut sums, &mut options).unwrap();
    let index = load(&sums[..], None, &mut options).unwrap();
    let stats = delta(&index, new, None, &mut difference, &mut options).unwrap();
    ((sums, sums_stats), (difference, stats))
}

#[test]
fn every_pair_on_any_number_of_threads() {
    for (name, basis, new) in pairs() {
        for (way, (options, counts)) in ways().into_iter().zip([&[2, 3, 8][..], &[2], &[4]]).enumerate() {
            let alone = made(&basis, &new, options());
            for &count in counts {
                let together = made(&basis, &new, options().threads(threads(count)));
                assert!(alone == together, "{name}, way {way}, {count} threads");
            }
        }
    }
}

#[test]
fn limits_hold_on_threads() {
    let basis = random(7, 3_000_000);
    let limited = |limits, count| {
        let options = &mut Options::new()
            .block_len(BlockLen::new(1000).unwrap())
            .limits(limits)
            .threads(threads(count));
        signature(&basis[..], None, io::sink(), options).map(|stats| stats.blocks)
    };
    let reached = |result: Result<u64, Error>| match result {
        Err(Error::Engine(rollsync::EngineError::Resource(ResourceError::Limit(limit)))) => limit.kind,
        other => panic!("{other:?}"),
    };
    for count in [1, 2] {
        assert_eq!(
            limited(Limits { records: Some(3000), output: Some(12 + 36 * 3000), ..Limits::default() }, count)
                .unwrap(),
            3000
        );
        assert_eq!(
            reached(limited(Limits { records: Some(2999), ..Limits::default() }, count)),
            LimitKind::Records
        );
        assert_eq!(
            reached(limited(Limits { output: Some(100_000), ..Limits::default() }, count)),
            LimitKind::Output
        );
    }
}

/// Gives so many bytes, then fails.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let len = place.len().min(self.0).min(10_000);
        place[..len].fill(3);
        self.0 -= len;
        Ok(len)
    }
}

#[test]
fn a_failing_stream_ends_all_threads() {
    let index =
        load(&made(&random(1, 50_000), b"", Options::new()).0.0[..], None, &mut Options::new()).unwrap();
    for len in [0, 500_000, 2_500_000] {
        let options = &mut Options::new().threads(threads(3));
        for result in [
            signature(Failing(len), None, io::sink(), options),
            delta(&index, Failing(len), None, io::sink(), options),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Io { side: rollsync::Side::Read, .. }), "{error}");
        }
    }
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let data = random(2, 5_000_000);
    let options = &mut Options::new().threads(threads(3));
    for result in [signature(&data[..], None, Full, options), delta(&index, &data[..], None, Full, options)] {
        assert!(matches!(result.unwrap_err(), Error::Io { side: rollsync::Side::Write, offset: 0, .. }));
    }
}

#[test]
fn a_cancelled_work_ends_all_threads() {
    let (data, token) = (random(2, 5_000_000), rollsync::CancelToken::new());
    let index = load(&made(&data[..50_000], b"", Options::new()).0.0[..], None, &mut Options::new()).unwrap();
    let mut stop = |report: rollsync::Report| {
        if report.bytes_in > 1_000_000 {
            token.cancel();
        }
    };
    let options = &mut Options::new().threads(threads(2)).cancel(&token).progress(&mut stop);
    assert!(matches!(signature(&data[..], None, io::sink(), options), Err(Error::Cancelled)));
    assert!(matches!(delta(&index, &data[..], None, io::sink(), options), Err(Error::Cancelled)));
}

/// A file that stands at `position`, in which the bytes begin.
pub(crate) fn file_at(position: u64, bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.seek(SeekFrom::Start(position)).unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(position)).unwrap();
    file
}

fn made_from(basis: impl FileSource, new: impl FileSource, mut options: Options<'_>) -> (Made, Made) {
    let (mut sums, mut difference) = (Vec::new(), Vec::new());
    let sums_stats = signature_from(basis, None, &mut sums, &mut options).unwrap();
    let index = load(&sums[..], None, &mut options).unwrap();
    let stats = delta_from(&index, new, None, &mut difference, &mut options).unwrap();
    ((sums, sums_stats), (difference, stats))
}

#[test]
fn files_of_every_pair_on_any_number_of_threads() {
    for (i, (name, basis, new)) in pairs().into_iter().enumerate() {
        for (way, options) in ways().into_iter().enumerate() {
            let alone = made(&basis, &new, options());
            let position = [0, 4097][i % 2];
            let [old, changed] = [&basis, &new].map(|bytes| file_at(position, bytes));
            for count in [1, 2, 3, 8] {
                let together = made_from(&old, &changed, options().threads(threads(count)));
                assert!(alone == together, "{name}, way {way}, {count} threads");
                for (mut file, bytes) in [(&old, &basis), (&changed, &new)] {
                    assert_eq!(file.stream_position().unwrap(), position + bytes.len() as u64, "{name}");
                    file.seek(SeekFrom::Start(position)).unwrap();
                }
            }
            let sealed = |count| options().seal(true).threads(threads(count));
            assert!(made(&basis, &new, sealed(1)) == made_from(&old, &changed, sealed(2)), "{name}, sealed");
        }
    }
}

#[test]
fn files_behind_their_end() {
    let mut file = file_at(0, b"all of it");
    file.seek(SeekFrom::Start(5000)).unwrap();
    let alone = made(b"", b"", Options::new());
    assert!(made_from(&file, &file, Options::new().threads(threads(2))) == alone);
    assert_eq!(file.stream_position().unwrap(), 5000);
}

/// A pipe from which these bytes come.
#[cfg(unix)]
pub(crate) fn piped(bytes: &[u8]) -> File {
    let (read, mut write) = io::pipe().unwrap();
    let bytes = bytes.to_vec();
    std::thread::spawn(move || write.write_all(&bytes).unwrap());
    File::from(std::os::fd::OwnedFd::from(read))
}

/// A regular file that can be written only.
#[cfg(unix)]
pub(crate) fn unreadable() -> File {
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("file")).unwrap();
    file.set_len(9_000_000).unwrap();
    file
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_from_front_to_back() {
    let (basis, new) = (random(1, 2_500_000), random(1, 3_500_000));
    let together = made_from(piped(&basis), piped(&new), Options::new().threads(threads(3)));
    assert!(together == made(&basis, &new, Options::new()));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_fails() {
    let file = unreadable();
    let index =
        load(&made(&random(1, 50_000), b"", Options::new()).0.0[..], None, &mut Options::new()).unwrap();
    let options = &mut Options::new().threads(threads(2));
    for result in [
        signature_from(&file, None, io::sink(), options),
        delta_from(&index, &file, None, io::sink(), options),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Io { side: rollsync::Side::Read, offset: 0, .. }), "{error}");
    }
}

/// Whatever is read of a file that is cut, grows and is written to meanwhile, the delta is whole and made of bytes that were
/// there.
#[test]
fn a_file_that_changes_while_it_is_read() {
    const LEN: usize = 6_000_000;
    let basis = random(1, LEN);
    let index = load(&made(&basis, b"", on_three()).0.0[..], None, &mut Options::new()).unwrap();
    let change = |step: u64, mut file: &File| match step % 5 {
        0 => file.set_len(LEN as u64 - 2_000_000).unwrap(),
        1 => file.set_len(LEN as u64).unwrap(),
        2 => file.set_len(1_048_576 + 2049).unwrap(),
        3 => {
            file.seek(SeekFrom::Start(step * 517_033 % LEN as u64)).unwrap();
            file.write_all(&[0; 3000]).unwrap();
        }
        _ => {
            file.seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&basis).unwrap();
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new");
    std::fs::write(&path, &basis).unwrap();
    let writer = File::options().write(true).open(&path).unwrap();
    for first in 0..10 {
        let (mut step, mut delta) = (first, Vec::new());
        let mut told = |_| {
            change(step, &writer);
            step += 1;
        };
        let mut options = on_three().progress(&mut told);
        let stats = delta_from(&index, File::open(&path).unwrap(), None, &mut delta, &mut options).unwrap();
        let mut new = Vec::new();
        patch(&mut &basis[..], &delta[..], None, &mut new, &mut Options::new()).unwrap();
        assert_eq!(new.len() as u64, stats.bytes_in);
        assert!(new.len() <= LEN);
        assert!(new.iter().zip(&basis).all(|(new, old)| *new == *old || *new == 0));

        let mut sums = Vec::new();
        let mut told = |_| {
            change(step, &writer);
            step += 1;
        };
        let mut options = on_three().progress(&mut told);
        let stats = signature_from(File::open(&path).unwrap(), None, &mut sums, &mut options).unwrap();
        assert_eq!(stats.blocks, stats.bytes_in.div_ceil(2048));
        assert_eq!(sums.len() as u64, 12 + 36 * stats.blocks);
    }
}

/// How long a file is when the work begins is no reason to stop there.
#[test]
fn a_file_that_grows_is_read_to_its_end() {
    const MIB: usize = 1 << 20;
    let (basis, new) = (random(1, 3_000_000), random(2, 9_500_000));
    let (sums, difference) = made(&basis, &new, on_three());
    let index = load(&sums.0[..], None, &mut Options::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    // With the first report the rest is there.
    let growing = |whole: &[u8], len: usize, work: &dyn Fn(File, &mut Options<'_>) -> Made| {
        let (now, mut later) = whole.split_at(len);
        std::fs::write(&path, now).unwrap();
        let mut end = File::options().append(true).open(&path).unwrap();
        let mut told = |_| end.write_all(take(&mut later)).unwrap();
        work(File::open(&path).unwrap(), &mut on_three().progress(&mut told))
    };
    // What comes before that report is read before it.
    for len in [MIB, 2 * MIB] {
        let grown = growing(&basis, len, &|file, options| {
            let mut sums = Vec::new();
            let stats = signature_from(file, None, &mut sums, options).unwrap();
            (sums, stats)
        });
        assert!(grown == sums, "{len}");
    }
    for len in [0, MIB - 1, MIB, 5_000_000] {
        let grown = growing(&new, len, &|file, options| {
            let mut difference = Vec::new();
            let stats = delta_from(&index, file, None, &mut difference, options).unwrap();
            (difference, stats)
        });
        assert!(grown == difference, "{len}");
    }
}

fn on_three<'a>() -> Options<'a> {
    Options::new().block_len(BlockLen::new(2048).unwrap()).threads(threads(3))
}
