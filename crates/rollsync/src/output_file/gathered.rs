//! Short writes to a file, made long ones.

use super::space::Space;
use crate::buffer::Buffer;
use std::{
    fs::File,
    io::{self, Seek},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

/// What is written at once, at multiples of this: the system keeps a long and well aligned write in one piece.
const LEN: usize = 256 << 10;

/// A write as long as this is as well done by itself.
const LONG: usize = 192 << 10;

/// Bytes that were taken for a file, and are not in it yet.
///
/// A short write that stands alone, as the last of an output or all of it, goes straight to the file: only those that follow
/// one are gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    buffer: Option<Buffer>,
    /// The last write was short.
    was_short: bool,
    /// Others write to the file, too: nothing is kept back any more.
    is_shared: AtomicBool,
}

impl Gathered {
    /// Takes bytes, at least one where there are any. Those that it took before are kept when it fails.
    pub(super) fn write(&mut self, bytes: &[u8], file: &File, space: &Space) -> io::Result<usize> {
        let is_short = bytes.len() < LONG;
        let is_gathered = is_short && self.was_short && !self.is_shared.load(Relaxed);
        self.was_short = is_short;
        if !is_gathered {
            self.put(file, space)?;
            return space.write(file, bytes);
        }
        if self.buffer.get_or_insert_with(|| Buffer::new(LEN)).free().is_empty() {
            self.put(file, space)?;
        }
        Ok(self.buffer.as_mut().map_or(0, |buffer| take(bytes, buffer, file)))
    }

    /// Puts what was gathered into the file.
    pub(super) fn put(&mut self, file: &File, space: &Space) -> io::Result<()> {
        let Some(buffer) = &mut self.buffer else { return Ok(()) };
        while !buffer.is_empty() {
            match space.write(file, buffer.used()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(len) => buffer.consume(len),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.buffer.as_ref().map_or(0, |buffer| buffer.used().len())
    }

    /// From now on others write to the file, too. Whether they may already: it has all that was taken for it.
    pub(super) fn share(&self) -> bool {
        self.is_shared.store(true, Relaxed);
        self.len() == 0
    }
}

fn take(bytes: &[u8], buffer: &mut Buffer, mut file: &File) -> usize {
    if buffer.is_empty() {
        // An unknown place costs speed, nothing else.
        buffer.begin_at(file.stream_position().unwrap_or(0));
    }
    let place = buffer.free();
    let len = bytes.len().min(place.len());
    place[..len].copy_from_slice(&bytes[..len]);
    buffer.end += len;
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// A file, the bytes that were taken for it, and those not in it yet.
    #[derive(Default)]
    struct Output {
        file: Option<File>,
        space: Space,
        gathered: Gathered,
        taken: Vec<u8>,
    }

    impl Output {
        fn new() -> Self {
            Self { file: Some(tempfile::tempfile().unwrap()), ..Self::default() }
        }

        fn file(&self) -> &File {
            self.file.as_ref().unwrap()
        }

        /// Writes all of so many bytes; how many the file has then.
        fn write(&mut self, len: usize) -> u64 {
            let all: Vec<u8> = (0..=250).cycle().skip(self.taken.len() % 251).take(len).collect();
            let mut rest = &all[..];
            while !rest.is_empty() {
                let file = self.file.as_ref().unwrap();
                let taken = self.gathered.write(rest, file, &self.space).unwrap();
                assert!((1..=rest.len()).contains(&taken));
                rest = &rest[taken..];
            }
            self.taken.extend_from_slice(&all);
            let len = self.file().metadata().unwrap().len();
            assert_eq!(len + self.gathered.len() as u64, self.taken.len() as u64);
            len
        }

        fn put(&mut self) {
            let file = self.file.as_ref().unwrap();
            self.gathered.put(file, &self.space).unwrap();
            let (mut bytes, mut file) = (vec![], self.file());
            file.seek(io::SeekFrom::Start(0)).unwrap();
            file.read_to_end(&mut bytes).unwrap();
            assert!(bytes == self.taken && self.gathered.len() == 0);
        }
    }

    const KIB: usize = 1 << 10;

    #[test]
    fn short_writes_reach_the_file_at_multiples_of_the_length() {
        let mut output = Output::new();
        let lens: Vec<u64> = (0..13).map(|_| output.write(64 * KIB) >> 10).collect();
        assert_eq!(lens, [64, 64, 64, 64, 256, 256, 256, 256, 512, 512, 512, 512, 768]);
        output.put();
    }

    #[test]
    fn also_behind_any_beginning() {
        let mut output = Output::new();
        output.write(300_001);
        for _ in 0..2000 {
            let len = output.write(777);
            assert!(len == 300_001 + 777 || len.is_multiple_of(LEN as u64), "{len}");
        }
        output.put();
        // What is put on demand is followed by as much as is missing from a multiple.
        let at = output.taken.len() as u64;
        for _ in 0..1000 {
            let len = output.write(777);
            assert!(len == at || len.is_multiple_of(LEN as u64), "{len}");
        }
        output.put();
    }

    #[test]
    fn what_is_long_or_stands_alone_takes_no_memory() {
        let mut output = Output::new();
        for len in [LEN, LONG, 5, LONG, 1, 10 * LEN, LONG - 1] {
            let before = output.taken.len();
            assert_eq!(output.write(len), (before + len) as u64);
        }
        assert!(output.gathered.buffer.is_none());
        output.put();
    }

    #[test]
    fn a_long_write_comes_behind_what_was_gathered() {
        let mut output = Output::new();
        assert_eq!([output.write(10), output.write(10), output.write(LONG)], [10, 10, LONG as u64 + 20]);
        output.put();
    }

    #[test]
    fn others_who_write_see_all_of_it() {
        let mut output = Output::new();
        assert_eq!([output.write(10), output.write(10)], [10, 10]);
        assert!(!output.gathered.share(), "ten bytes are on the way");
        for len in [21, 22, 23] {
            assert_eq!(output.write(1), len);
            assert!(output.gathered.share());
        }
        output.put();
    }

    #[test]
    fn what_cannot_be_put_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("read");
        std::fs::write(&path, "").unwrap();
        let mut output = Output::new();
        output.write(10);
        output.write(100);
        let refusing = File::open(&path).unwrap();
        for _ in 0..2 {
            let error = output.gathered.put(&refusing, &output.space).unwrap_err();
            assert!(error.raw_os_error().is_some(), "{error}");
            assert!(output.gathered.write(&[0; LONG], &refusing, &output.space).is_err());
            assert_eq!(output.gathered.len(), 100);
        }
        output.put();
    }
}
