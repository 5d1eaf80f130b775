use super::*;
use crate::{
    Basis, DeltaJob, DeltaOptions, ErrorKind, Limits, LoadJob, NoBasis, PatchJob, Side, SignatureIndex,
    SignatureJob, SignatureParams,
};
use proptest::prelude::*;
use std::io::{self, Read, Write};

/// Gives its bytes one piece at a time, and is interrupted before each.
struct Slow<'a> {
    bytes: &'a [u8],
    piece: usize,
    interrupt: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = self.piece.min(place.len()).min(self.bytes.len());
        place[..len].copy_from_slice(&self.bytes[..len]);
        self.bytes = &self.bytes[len..];
        Ok(len)
    }
}

/// Takes one byte at a time, up to its capacity.
struct Narrow(Vec<u8>, usize);

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() == self.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.push(bytes[0]);
        Ok(1)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn patch(delta: &[u8], basis: &[u8]) -> Result<Vec<u8>, Error> {
    let mut new = Vec::new();
    Drive::new(PatchJob::new()).run_with_basis(delta, &mut &basis[..], &mut new)?;
    Ok(new)
}

proptest! {
    #[test]
    fn buffers_and_streams_of_any_kind_change_nothing(
        basis in prop::collection::vec(0_u8..3, 0..2000),
        edit in prop::collection::vec(any::<u8>(), 0..50),
        at in any::<prop::sample::Index>(),
        (input, output, piece) in (0..40_usize, 0..40_usize, 1..30_usize),
    ) {
        let at = at.index(basis.len() + 1);
        let new = [&basis[..at], &edit, &basis[at..]].concat();
        let buffers = Buffers { input, output };
        let slow = |bytes| Slow { bytes, piece, interrupt: false };
        let params = SignatureParams::recommended(Some(basis.len() as u64));

        let mut signature = Narrow(Vec::new(), usize::MAX);
        Drive::with_buffers(SignatureJob::new(params), buffers).run(slow(&basis), &mut signature).unwrap();
        let mut load = Drive::with_buffers(LoadJob::new(), buffers);
        load.run(slow(&signature.0), io::sink()).unwrap();
        prop_assert_eq!(load.stats().bytes_in, signature.0.len() as u64);
        let index = SignatureIndex::build(load.into_job().into_signature().unwrap(), &Limits::default()).unwrap();

        let mut whole = Vec::new();
        Drive::new(DeltaJob::new(&index, DeltaOptions::default())).run(&new[..], &mut whole).unwrap();
        let mut delta = Narrow(Vec::new(), usize::MAX);
        let mut drive = Drive::with_buffers(DeltaJob::new(&index, DeltaOptions::default()), buffers);
        drive.run(slow(&new), &mut delta).unwrap();
        prop_assert_eq!(&delta.0, &whole);
        prop_assert_eq!((drive.stats().bytes_in, drive.stats().bytes_out), (new.len() as u64, whole.len() as u64));

        let mut result = Narrow(Vec::new(), usize::MAX);
        let mut drive = Drive::with_buffers(PatchJob::new(), buffers);
        drive.run_with_basis(slow(&whole), &mut &basis[..], &mut result).unwrap();
        prop_assert_eq!(result.0, new);
    }
}

#[test]
fn a_failing_stream_is_named_with_its_offset() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    impl Basis for Broken {
        fn read_at(&mut self, _: u64, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let found = |result: Result<(), Error>| match result.unwrap_err() {
        Error::Io { side, offset, source } => (side, offset, source.kind()),
        error => panic!("{error}"),
    };
    let delta = b"rs\x026\x03abc\x45\x06\x05\0";
    let mut drive = Drive::new(PatchJob::new());
    let result = drive.run_with_basis((&delta[..5]).chain(Broken), &mut NoBasis, io::sink());
    assert_eq!(found(result), (Side::Read, 5, io::ErrorKind::PermissionDenied));
    let result = Drive::new(PatchJob::new()).run_with_basis(&delta[..], &mut Broken, io::sink());
    assert_eq!(found(result), (Side::Basis, 6, io::ErrorKind::PermissionDenied));
    let mut drive = Drive::new(PatchJob::new());
    let result = drive.run_with_basis(&delta[..], &mut &b"0123456789a"[..], Narrow(Vec::new(), 4));
    assert_eq!(found(result), (Side::Write, 4, io::ErrorKind::StorageFull));
}

#[test]
fn a_failed_job_keeps_its_counts_and_fails_again() {
    let mut drive = Drive::new(PatchJob::new());
    let delta = b"rs\x026\x03abc\x55";
    for _ in 0..2 {
        let error = drive.run(&delta[..], io::sink()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
    assert_eq!(drive.stats().literal.bytes, 3);
    assert_eq!(patch(delta, b"").unwrap_err().to_string(), "reserved opcode 0x55 at offset 8");
}

/// One byte more than there is place for would stand in the new file, and nobody would know.
#[test]
fn a_basis_that_gives_more_than_was_asked_is_an_error() {
    struct Generous;
    impl Basis for Generous {
        fn read_at(&mut self, _: u64, place: &mut [u8]) -> io::Result<usize> {
            Ok(place.len() + 3)
        }
    }
    let mut new = Vec::new();
    let delta = b"rs\x026\x45\x06\x05\x01!\0";
    let error = Drive::new(PatchJob::new()).run_with_basis(&delta[..], &mut Generous, &mut new).unwrap_err();
    assert!(matches!(error, Error::Io { side: Side::Basis, offset: 6, .. }), "{error}");
    assert_eq!(new, b"");
}

#[test]
#[should_panic(expected = "no more than was asked for")]
fn bytes_of_the_basis_that_nobody_asked_for_are_refused() {
    Drive::new(PatchJob::new()).basis_was_read(1);
}

#[test]
fn buffers_of_any_length_are_brought_into_bounds() {
    let buffers = Buffers { input: usize::MAX, output: usize::MAX };
    let mut signature = Vec::new();
    let mut drive = Drive::with_buffers(SignatureJob::new(SignatureParams::recommended(None)), buffers);
    drive.run(&b"hello world"[..], &mut signature).unwrap();
    assert_eq!(signature.len(), 48);
}

#[test]
fn a_drive_shows_its_own_buffers() {
    let mut drive = Drive::with_buffers(
        SignatureJob::new(SignatureParams::recommended(None)),
        Buffers { input: 7, output: 5 },
    );
    assert!(matches!(drive.next(), Ok(Action::Write(bytes)) if bytes == b"rs\x01G\0"));
    drive.was_written(5);
    for _ in 0..2 {
        while let Action::Write(bytes) = drive.next().unwrap() {
            let len = bytes.len();
            drive.was_written(len);
        }
        assert!(
            matches!(drive.next(), Ok(Action::Read(place)) if place.len() == 7),
            "asked again, the answer is the same"
        );
    }
}
