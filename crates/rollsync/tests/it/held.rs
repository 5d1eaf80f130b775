//! Patches that are held to their delta's seal, however they are driven: all say the same.

use crate::{
    data::{Random, versions},
    moody::Moody,
    narrow::Narrow,
};
use rollsync::{
    Action, Basis, BlockLen, Buffers, Drive, EndCheck, Error, ErrorKind, Fed, JobReader, JobWriter, Mismatch,
    Options, PatchJob, Role, SealCheck, Side, delta, load, patch,
    seal::{FileDigest, FileHasher, SEAL_LEN, Seal},
    signature,
    tokio::{self as by_tokio, AsyncBasis, SeekBasis},
};
use std::io::{self, Cursor, Read, Write};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

struct Case {
    old: Vec<u8>,
    new: Vec<u8>,
    /// Sealed, for this basis.
    delta: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let (old, _) = versions(5, 20_000);
        // Its beginning is copied once.
        let new = [&old[..12_000], b"in between", &old[11_000..]].concat();
        let options = &mut Options::new().seal(true).block_len(BlockLen::new(256).unwrap());
        let (mut sums, mut difference) = (Vec::new(), Vec::new());
        signature(&old[..], None, &mut sums, options).unwrap();
        let index = load(&sums[..], None, options).unwrap();
        delta(&index, &new[..], None, &mut difference, options).unwrap();
        Self { old, new, delta: difference }
    }

    fn plain(&self) -> &[u8] {
        &self.delta[..self.delta.len() - SEAL_LEN]
    }

    /// Bases that are right, or wrong in any way.
    fn bases(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut other = self.old.clone();
        other[300] ^= 1;
        vec![
            ("right", self.old.clone()),
            ("short", self.old[..3].to_vec()),
            ("empty", Vec::new()),
            ("longer", [&self.old[..], b"more"].concat()),
            ("other", other.clone()),
            ("longer and other", [&other[..], b"more"].concat()),
        ]
    }

    /// Deltas that are right, or wrong in any way.
    fn deltas(&self) -> Vec<(&'static str, Vec<u8>)> {
        let flipped = |at: usize| {
            let mut delta = self.delta.clone();
            delta[at] ^= 1;
            delta
        };
        vec![
            ("sealed", self.delta.clone()),
            ("plain", self.plain().to_vec()),
            ("flipped", flipped(self.delta.len() / 2)),
            ("flipped in the seal", flipped(self.delta.len() - 1)),
            ("cut", self.plain()[..self.plain().len() - 1].to_vec()),
            ("that reaches out of its basis", self.overreaching()),
        ]
    }

    /// A delta that copies what even the basis that it was sealed for has not.
    fn overreaching(&self) -> Vec<u8> {
        let mut delta = b"rs\x026\x02hi\x49\xea\x5f\x05\x00".to_vec();
        let mut carrier = FileHasher::new();
        carrier.update(&delta);
        let seal = Seal::Delta { basis: Some(FileDigest::of(&self.old)), new: FileDigest::of(b"hi") };
        delta.extend_from_slice(&seal.record(&carrier));
        delta
    }
}

/// What came of a patch: the new file, or how it failed.
type Outcome = Result<Vec<u8>, (ErrorKind, String)>;

fn told(error: &Error) -> (ErrorKind, String) {
    (error.kind(), error.to_string())
}

fn held(check: SealCheck, random: &mut Random) -> Drive<PatchJob> {
    let buffers = Buffers { input: 1 + random.below(3000), output: 1 + random.below(3000) };
    Drive::with_buffers(PatchJob::new(), buffers).with_seal_check(check)
}

fn by_function(basis: &[u8], delta: &[u8], check: SealCheck) -> Outcome {
    let mut new = Vec::new();
    let made = patch(&mut &basis[..], delta, None, &mut new, &mut Options::new().seal_check(check));
    made.map(|_| new).map_err(|error| told(&error))
}

/// One turn after the other, until the drive wants more, is done or fails.
fn fed(
    drive: &mut Drive<PatchJob>,
    mut piece: &[u8],
    last: bool,
    basis: &mut dyn Basis,
    (new, random): (&mut Vec<u8>, &mut Random),
) -> Result<Fed, Error> {
    loop {
        match drive.feed(&mut piece, last, basis, &mut Narrow(new, 1 + random.below(900))) {
            Ok(Fed::Going) => {}
            Err(Error::Io { side: Side::Write, .. }) => {}
            ended => return ended,
        }
    }
}

fn by_feeding(basis: &[u8], delta: &[u8], check: SealCheck, random: &mut Random) -> Outcome {
    let (mut drive, mut basis, mut new) = (held(check, random), basis, Vec::new());
    let mut rest = delta;
    loop {
        let (piece, behind) = rest.split_at(rest.len().min(random.below(2000)));
        rest = behind;
        let last = rest.is_empty() && random.below(2) == 0;
        match fed(&mut drive, piece, last, &mut basis, (&mut new, random)) {
            Ok(Fed::Done) => return Ok(new),
            Ok(_) => assert!(!last, "hungry behind the end"),
            Err(error) => {
                let again = fed(&mut drive, b"", true, &mut basis, (&mut new, random)).unwrap_err();
                assert_eq!(told(&error), told(&again), "it fails again");
                return Err(told(&error));
            }
        }
    }
}

fn by_reading(basis: &[u8], delta: &[u8], check: SealCheck, random: &mut Random) -> Outcome {
    let mut new = Vec::new();
    let read = JobReader::with_basis(held(check, random), delta, basis).read_to_end(&mut new);
    read.map(|_| new).map_err(told_inside)
}

fn told_inside(error: io::Error) -> (ErrorKind, String) {
    told(&error.downcast::<Error>().expect("an error of ours"))
}

fn by_writing(basis: &[u8], delta: &[u8], check: SealCheck, random: &mut Random) -> Outcome {
    let mut writer = JobWriter::with_basis(held(check, random), Vec::new(), basis);
    for piece in delta.chunks(1 + random.below(2000)) {
        writer.write_all(piece).map_err(told_inside)?;
        if random.below(3) == 0 {
            writer.flush().map_err(told_inside)?;
        }
    }
    writer.finish().map(|(new, _)| new).map_err(|error| told(&error))
}

fn by_actions(mut basis: &[u8], mut delta: &[u8], check: SealCheck, random: &mut Random) -> Outcome {
    let (mut drive, mut new) = (held(check, random), Vec::new());
    loop {
        match drive.next().map_err(|error| told(&error))? {
            Action::Read(place) => {
                let len = Read::read(&mut delta, place).unwrap();
                drive.was_read(len);
            }
            Action::ReadBasis { offset, place } => {
                let most = 1 + random.below(place.len());
                let len = basis.read_at(offset, &mut place[..most]).unwrap();
                drive.basis_was_read(len);
            }
            Action::Write(bytes) => {
                let len = 1 + random.below(bytes.len());
                new.extend_from_slice(&bytes[..len]);
                drive.was_written(len);
            }
            Action::Busy => unreachable!("only a delta is"),
            Action::Done => return Ok(new),
        }
    }
}

fn by_tokio(basis: &[u8], delta: &[u8], check: SealCheck, random: &mut Random) -> [Outcome; 3] {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let seed = random.next();
    let moody = |bytes| Moody::new(bytes, seed, 3000);
    let (mut memory, mut sought) = (basis, SeekBasis::new(Moody::new(Cursor::new(basis), seed, 3000)));
    runtime.block_on(async {
        let mut new = Vec::new();
        let mut drive = held(check, random);
        let run = by_tokio::run_with_basis(&mut drive, moody(delta), &mut sought, &mut new).await;
        let run = run.map(|()| new).map_err(|error| told(&error));

        let mut new = Vec::new();
        let basis: &mut dyn AsyncBasis = &mut memory;
        let mut reader = by_tokio::JobReader::with_basis(held(check, random), moody(delta), basis);
        let read = reader.read_to_end(&mut new).await.map(|_| new).map_err(told_inside);

        let mut writer = by_tokio::JobWriter::with_basis(held(check, random), Vec::new(), &mut sought);
        let written = match writer.write_all(delta).await {
            Ok(()) => writer.finish().await.map(|(new, _)| new).map_err(|error| told(&error)),
            Err(error) => Err(told_inside(error)),
        };
        [run, read, written]
    })
}

#[test]
fn every_way_to_drive_a_patch_says_the_same() {
    let (case, mut random) = (Case::new(), Random::new(7));
    for (basis_is, basis) in case.bases() {
        for (delta_is, delta) in case.deltas() {
            for check in [SealCheck::IfThere, SealCheck::Required, SealCheck::Plain, SealCheck::Ignored] {
                let label = format!("a basis that is {basis_is}, a delta {delta_is}, {check:?}");
                let expected = by_function(&basis, &delta, check);
                let is_sealed = delta_is == "sealed" && check.end_check() == EndCheck::Seal;
                assert!(
                    !is_sealed
                        || expected.as_ref().is_ok_and(|made| *made == case.new)
                            == (basis_is == "right" || basis_is == "longer"),
                    "{label}"
                );
                for _ in 0..3 {
                    assert_eq!(by_feeding(&basis, &delta, check, &mut random), expected, "fed, {label}");
                }
                assert_eq!(by_reading(&basis, &delta, check, &mut random), expected, "read, {label}");
                assert_eq!(by_writing(&basis, &delta, check, &mut random), expected, "written, {label}");
                assert_eq!(by_actions(&basis, &delta, check, &mut random), expected, "by hand, {label}");
                for made in by_tokio(&basis, &delta, check, &mut random) {
                    assert_eq!(made, expected, "by tokio, {label}");
                }
            }
        }
    }
}

#[test]
fn the_file_at_fault_is_told() {
    let (case, mut random) = (Case::new(), Random::new(8));
    let bases = case.bases();
    let (short, other) = (&bases[1].1, &bases[4].1);
    let deltas = case.deltas();
    let mut failed = |basis: &[u8], delta: &[u8]| {
        by_feeding(basis, delta, SealCheck::IfThere, &mut random).expect_err("it is wrong")
    };
    let of_length = "it has 3 bytes, the delta was made for a basis of 20000".to_owned();
    assert_eq!(failed(short, &case.delta), (ErrorKind::Mismatch, of_length));
    let (kind, words) = failed(other, &case.delta);
    assert_eq!(kind, ErrorKind::Mismatch);
    assert!(words.starts_with("it is not the basis that the delta was made for: its BLAKE3"), "{words}");
    // Whatever the basis is, the delta is not the one that was sealed.
    for basis in [&case.old, short, other] {
        assert_eq!(failed(basis, &deltas[2].1).0, ErrorKind::Corrupt);
    }
    // Nothing vouches for a plain delta, nor for one that was never right.
    assert_eq!(failed(short, case.plain()).0, ErrorKind::InputEnded);
    assert_eq!(failed(&case.old, &case.overreaching()).0, ErrorKind::InputEnded);
}

/// Is shown what was read.
type Act<'b> = dyn FnMut(&mut [u8]) -> io::Result<()> + 'b;

/// A basis that does something else when it is read from its beginning again.
struct Second<'b> {
    basis: &'b [u8],
    from_beginning: usize,
    /// How often it was read since.
    reads: usize,
    second: Box<Act<'b>>,
    first: fn(&mut [u8]),
}

impl Basis for Second<'_> {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        self.from_beginning += usize::from(offset == 0);
        let len = self.basis.read_at(offset, place)?;
        if self.from_beginning > 1 {
            self.reads += 1;
            (self.second)(place)?;
        } else {
            (self.first)(&mut place[..len]);
        }
        Ok(len)
    }
}

/// A whole basis is not read in one turn: in between, whoever feeds may stop.
#[test]
fn a_turn_reads_a_buffer_of_the_basis_again_and_may_fail() {
    let (case, mut random) = (Case::new(), Random::new(9));
    let other = &case.bases()[4].1;
    let mut fails = 2;
    let second = Box::new(move |place: &mut [u8]| {
        assert!(place.len() <= 1000);
        fails -= 1;
        if fails == 0 { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    });
    let mut basis = Second { basis: other, from_beginning: 0, reads: 0, second, first: |_| () };
    let mut drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 1000, output: 1000 })
        .with_seal_check(SealCheck::IfThere);
    let (mut turns, mut new) = (0, Vec::new());
    let mut piece = &case.delta[..];
    let error = loop {
        match drive.feed(&mut piece, true, &mut basis, &mut new) {
            Ok(Fed::Going) => turns += usize::from(basis.from_beginning > 1),
            Ok(ended) => panic!("{ended:?}"),
            Err(error) => break error,
        }
        assert!(basis.reads <= turns, "more than one part in a turn");
    };
    assert!(matches!(error, Error::Io { side: Side::Basis, offset: 1000, .. }), "{error}");
    // Nothing is lost by that.
    let error = fed(&mut drive, b"", true, &mut basis, (&mut new, &mut random)).unwrap_err();
    let Error::Mismatch(mismatch @ Mismatch::Basis { expected, found }) = error else { panic!("{error}") };
    assert_eq!((expected, found), (FileDigest::of(&case.old), FileDigest::of(other)));
    assert_eq!(mismatch.role(), Role::Basis);
    assert_eq!(basis.reads, 2 + 20_000 / 1000);
}

/// A machine that reads the right basis wrongly, once.
#[test]
fn the_new_file_is_wrong_when_nothing_else_is() {
    let (case, mut random) = (Case::new(), Random::new(10));
    let flip = |place: &mut [u8]| place.iter_mut().for_each(|byte| *byte ^= 1);
    let second = Box::new(|_: &mut [u8]| Ok(()));
    let mut basis = Second { basis: &case.old, from_beginning: 0, reads: 0, second, first: flip };
    let mut drive = held(SealCheck::Required, &mut random);
    let mut new = Vec::new();
    let error = fed(&mut drive, &case.delta, true, &mut basis, (&mut new, &mut random)).unwrap_err();
    let Error::Mismatch(mismatch @ Mismatch::New { expected, basis_is_right: true, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!((mismatch.role(), expected), (Role::New, FileDigest::of(&case.new)));
    assert_eq!(new.len(), case.new.len(), "all that was made was written");
}
