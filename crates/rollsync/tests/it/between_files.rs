//! Patches from file to file, which are to be the same as those through memory.

use crate::data::Random;
use rollsync::{
    Buffers, CancelToken, EngineError, Error, ErrorKind, FileBacked, Limits, Options, OutputFile,
    OutputOptions, PatchError, Report, SealCheck, Side, Stats, format::Command, patch, patch_onto,
};
use std::{
    cell::Cell,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    thread,
};

const BASIS_LEN: usize = 6 << 20;

fn basis() -> (Vec<u8>, File) {
    let bytes = Random::new(1).bytes(BASIS_LEN);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    (bytes, file)
}

fn delta_of(commands: &[Command], random: &mut Random) -> Vec<u8> {
    let mut delta = b"rs\x026".to_vec();
    for &command in commands.iter().chain([&Command::End]) {
        let mut bytes = [0; Command::MAX_ENCODED_LEN];
        let len = command.encode(&mut bytes);
        delta.extend_from_slice(&bytes[..len]);
        if let Command::Literal { len } = command {
            delta.extend(random.bytes(usize::try_from(len).unwrap()));
        }
    }
    delta
}

/// Copies of every length for which there is a way of its own: that overlap, go back, follow each other, and stand as the
/// last one did to pages, with literals between.
fn any_delta(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let (mut commands, mut end, mut new_len) = (vec![], 0, 0);
    for _ in 0..5 + random.below(40) {
        let longest = [40, 5000, 40_000, 200_000, 2_500_000][random.below(5)];
        let len = 1 + random.below(longest) as u64;
        if random.below(3) == 0 {
            let len = len.min(300_000);
            commands.push(Command::Literal { len });
            new_len += len;
            continue;
        }
        let last = BASIS_LEN as u64 - len;
        let any = random.below(BASIS_LEN) as u64;
        let offset = match random.below(5) {
            0 => end,
            1 => end + random.below(9000) as u64,
            // As the new file's place in its page, or right behind it.
            2 => any / 4096 * 4096 + new_len % 4096,
            3 => any / 4096 * 4096 + new_len.wrapping_sub(1 + random.below(70) as u64) % 4096,
            _ => any,
        };
        let offset = if offset > last { last } else { offset };
        commands.push(Command::Copy { offset, len });
        (end, new_len) = (offset + len, new_len + len);
    }
    delta_of(&commands, &mut random)
}

/// Where a seal is looked for, the files copy nothing by themselves.
fn plainly<'o>() -> Options<'o> {
    Options::new().seal_check(SealCheck::Plain)
}

fn through_memory(basis: &[u8], delta: &[u8]) -> (Result<Stats, Error>, Vec<u8>) {
    let mut new = Vec::new();
    (patch(&mut { basis }, delta, None, &mut new, &mut plainly()), new)
}

fn all_of(mut file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_file_gets_what_memory_gets() {
    let (bytes, mut file) = basis();
    for seed in 0..60 {
        let delta = any_delta(seed);
        let (expected, new) = through_memory(&bytes, &delta);
        let output = tempfile::tempfile().unwrap();
        let mut options = plainly();
        if seed % 3 == 0 {
            options = options.buffers(Buffers { input: 777, output: 5000 });
        }
        let stats = patch_onto(&mut file, &delta[..], None, &output, &mut options).unwrap();
        assert_eq!(stats, expected.unwrap(), "seed {seed}");
        assert!(all_of(&output) == new, "seed {seed}");
    }
}

/// Behind what is there already, wherever in a page that ends; also where the system appends, and copies nothing itself.
#[test]
fn an_output_may_begin_anywhere() {
    let (bytes, mut file) = basis();
    let folder = tempfile::tempdir().unwrap();
    for (seed, before, append) in
        [(100, 13, false), (101, 4096, false), (102, 300_001, false), (103, 0, true), (104, 5, true)]
    {
        let path = folder.path().join(seed.to_string());
        std::fs::write(&path, vec![b'.'; before]).unwrap();
        let mut options = OpenOptions::new();
        let options = if append { options.append(true) } else { options.write(true) };
        let mut output = options.open(&path).unwrap();
        output.seek(SeekFrom::End(0)).unwrap();
        let delta = any_delta(seed);
        patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap();
        let got = std::fs::read(&path).unwrap();
        assert!(got[..before].iter().all(|&byte| byte == b'.'));
        assert!(got[before..] == through_memory(&bytes, &delta).1, "seed {seed}");
    }
}

#[test]
fn another_file_system_gets_the_same() {
    let folder = Path::new("/dev/shm");
    if !folder.is_dir() {
        return;
    }
    let (bytes, mut file) = basis();
    for seed in 200..210 {
        let delta = any_delta(seed);
        let output = tempfile::tempfile_in(folder).unwrap();
        patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap();
        assert!(all_of(&output) == through_memory(&bytes, &delta).1, "seed {seed}");
    }
}

/// Which gathers what is written in short pieces, before, between and behind patches, and what some of the patches write.
#[test]
fn an_output_file_gets_the_same() {
    let (bytes, mut file) = basis();
    let folder = tempfile::tempdir().unwrap();
    for seed in 800..812 {
        let (path, mut all) = (folder.path().join("new"), vec![]);
        let mut output = OutputFile::create(&path, &OutputOptions::default()).unwrap();
        for part in 0..3 {
            let mut random = Random::new(seed);
            for _ in 0..random.below(5) {
                let len = random.below(3000);
                let piece = random.bytes(len);
                output.write_all(&piece).unwrap();
                all.extend(piece);
            }
            let delta = any_delta(seed + 1000 * part);
            let mut options = plainly();
            if (seed + part) % 3 == 0 {
                options = options.buffers(Buffers { input: 777, output: 5000 });
            }
            if seed % 4 == 0 {
                patch(&mut file, &delta[..], None, &mut output, &mut options).unwrap();
            } else {
                patch_onto(&mut file, &delta[..], None, &mut output, &mut options).unwrap();
            }
            all.extend(through_memory(&bytes, &delta).1);
        }
        output.write_all(b"end").unwrap();
        output.commit().unwrap();
        all.extend(b"end");
        assert!(std::fs::read(&path).unwrap() == all, "seed {seed}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_gets_the_same() {
    let (bytes, mut file) = basis();
    for seed in 300..304 {
        let delta = any_delta(seed);
        let (mut reader, writer) = io::pipe().unwrap();
        let reading = thread::spawn(move || {
            let mut got = Vec::new();
            reader.read_to_end(&mut got).unwrap();
            got
        });
        let output = File::from(std::os::fd::OwnedFd::from(writer));
        patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap();
        drop(output);
        assert!(reading.join().unwrap() == through_memory(&bytes, &delta).1, "seed {seed}");
    }
}

/// The basis itself, written behind its end.
#[test]
fn one_file_may_be_both() {
    let (bytes, mut file) = basis();
    let mut output = file.try_clone().unwrap();
    output.seek(SeekFrom::End(0)).unwrap();
    let delta = any_delta(400);
    patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap();
    assert!(all_of(&output) == [&bytes[..], &through_memory(&bytes, &delta).1].concat());
}

#[test]
fn what_is_wrong_is_the_same_error() {
    let (bytes, mut file) = basis();
    let copy = |offset, len| Command::Copy { offset, len };
    let (end, most) = (BASIS_LEN as u64, i64::MAX.cast_unsigned());
    let literal = Command::Literal { len: 70_000 };
    for commands in [
        vec![copy(0, end + 1)],
        vec![copy(end - 1, 2)],
        vec![copy(end, 1)],
        vec![copy(end, 5 << 20)],
        vec![copy(end - 5_000_000, 5_000_001), copy(0, 100)],
        vec![literal, copy(4096, most)],
        vec![copy(most, most)],
        vec![copy(most - 100_000, 100_000)],
        vec![copy(0, 3 << 20), copy(3 << 20, 3 << 20), copy(6 << 20, 1 << 20)],
        vec![copy(end - 50_000, 40_000), copy(end - 10_000, 40_000), copy(0, 1)],
    ] {
        let delta = delta_of(&commands, &mut Random::new(1));
        let expected = through_memory(&bytes, &delta).0.unwrap_err();
        let output = tempfile::tempfile().unwrap();
        let error = patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap_err();
        assert_eq!(format!("{error:?}"), format!("{expected:?}"), "{commands:?}");
    }
    let mut cut = any_delta(500);
    cut.pop();
    let expected = through_memory(&bytes, &cut).0.unwrap_err();
    let output = tempfile::tempfile().unwrap();
    let error = patch_onto(&mut file, &cut[..], None, &output, &mut plainly()).unwrap_err();
    assert_eq!(format!("{error:?}"), format!("{expected:?}"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_is_blamed() {
    let (_, mut file) = basis();
    let delta = delta_of(&[Command::Copy { offset: 1, len: 5 << 20 }], &mut Random::new(1));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("read"), b"").unwrap();
    for output in [File::create("/dev/full").unwrap(), File::open(folder.path().join("read")).unwrap()] {
        let error = patch_onto(&mut file, &delta[..], None, &output, &mut plainly()).unwrap_err();
        assert!(matches!(error, Error::Io { side: Side::Write, offset: 0, .. }), "{error:?}");
    }
}

#[test]
fn limits_hold_and_progress_is_told_often() {
    let (_, mut file) = basis();
    for offset in [0, 1] {
        let whole = Command::Copy { offset, len: (6 << 20) - 1 };
        let delta = delta_of(&[whole; 20], &mut Random::new(1));
        let limits = Limits { output: Some(20 << 20), ..Limits::default() };
        let output = tempfile::tempfile().unwrap();
        let mut options = plainly().limits(limits);
        let error = patch_onto(&mut file, &delta[..], None, &output, &mut options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(all_of(&output).len() <= 20 << 20);

        let (token, output) = (CancelToken::new(), tempfile::tempfile().unwrap());
        let mut last = 0;
        let mut told = |report: Report| {
            assert!(report.bytes_out - last <= 8 << 20);
            last = report.bytes_out;
            if last > 10 << 20 {
                token.cancel();
            }
        };
        let mut options = plainly().cancel(&token).progress(&mut told);
        let error = patch_onto(&mut file, &delta[..], None, &output, &mut options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(all_of(&output).len() <= 20 << 20);
    }
}

#[test]
fn a_basis_that_shrinks_is_an_error() {
    for offset in [0, 1] {
        let (_, mut file) = basis();
        let shrinking = file.try_clone().unwrap();
        let copies: Vec<_> =
            (0..20).map(|_| Command::Copy { offset, len: BASIS_LEN as u64 - offset }).collect();
        let delta = delta_of(&copies, &mut Random::new(1));
        let output = tempfile::tempfile().unwrap();
        let mut told = |report: Report| {
            if report.bytes_out > 20 << 20 {
                shrinking.set_len(5000).unwrap();
            }
        };
        let mut options = plainly().progress(&mut told);
        let error = patch_onto(&mut file, &delta[..], None, &output, &mut options).unwrap_err();
        let Error::Engine(EngineError::Patch(PatchError::BasisEnded { offset, missing })) = error else {
            panic!("{error:?}")
        };
        assert!(offset >= 5000 && offset + missing == BASIS_LEN as u64, "{offset} {missing}");
    }
}

/// Who says that there is no file behind it sees every byte.
#[test]
fn a_writer_that_looks_at_its_bytes_sees_them_all() {
    struct Looking(Vec<u8>);
    impl Write for Looking {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl FileBacked for Looking {
        fn as_file(&self) -> Option<&File> {
            None
        }
    }
    let (bytes, mut file) = basis();
    let (delta, mut output) = (any_delta(600), Looking(vec![]));
    patch_onto(&mut file, &delta[..], None, &mut output, &mut plainly()).unwrap();
    assert!(output.0 == through_memory(&bytes, &delta).1);
}

/// Who owns the file is told of all that is put there past its own `write`, before it is.
#[cfg(target_os = "linux")]
#[test]
fn a_writer_is_told_what_is_put_into_its_file() {
    struct Telling {
        file: File,
        told: Cell<u64>,
        written: u64,
    }
    impl Write for Telling {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let len = self.file.write(bytes)?;
            self.written += len as u64;
            Ok(len)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl FileBacked for Telling {
        fn as_file(&self) -> Option<&File> {
            Some(&self.file)
        }
        fn make_room(&self, len: u64) {
            let place = (&self.file).stream_position().unwrap();
            assert_eq!(place, self.file.metadata().unwrap().len());
            self.told.set(self.told.get() + len);
        }
    }
    let (bytes, mut file) = basis();
    let mut all_copied = 0;
    for seed in 700..710 {
        let delta = any_delta(seed);
        let mut output = Telling { file: tempfile::tempfile().unwrap(), told: Cell::new(0), written: 0 };
        patch_onto(&mut file, &delta[..], None, &mut output, &mut plainly()).unwrap();
        let new = all_of(&output.file);
        assert!(new == through_memory(&bytes, &delta).1, "seed {seed}");
        let copied = new.len() as u64 - output.written;
        assert!(copied <= output.told.get(), "seed {seed}");
        all_copied += copied;
    }
    assert!(all_copied > 0);
}
