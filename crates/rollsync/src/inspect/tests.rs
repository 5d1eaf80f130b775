use super::*;
use crate::{Basis, ErrorKind, Options, SealCheck, delta, index_basis, load, patch, signature};

/// As long as any copy reaches.
struct Endless;

impl Basis for Endless {
    fn read_at(&mut self, _: u64, place: &mut [u8]) -> io::Result<usize> {
        Ok(place.len())
    }
}

fn inspected(bytes: &[u8]) -> Result<Inspection, Error> {
    inspect(bytes, &Limits::default())
}

fn a_basis() -> Vec<u8> {
    (0..5000_u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect()
}

fn a_signature() -> Vec<u8> {
    let mut bytes = Vec::new();
    signature(&a_basis()[..], None, &mut bytes, &mut Options::new()).unwrap();
    bytes
}

fn a_delta() -> Vec<u8> {
    let (basis, mut new) = (a_basis(), a_basis());
    new.splice(7000..7001, *b"some other bytes");
    let index = index_basis(&basis[..], Some(basis.len() as u64), &mut Options::new()).unwrap();
    let mut bytes = Vec::new();
    delta(&index, &new[..], None, &mut bytes, &mut Options::new()).unwrap();
    bytes
}

#[test]
fn a_signature_is_counted() {
    let Ok(Inspection::Signature(summary)) = inspected(&a_signature()) else { panic!("no signature") };
    assert_eq!(summary.magic, 0x7273_0147);
    assert_eq!(summary.params, SignatureParams::recommended(None));
    assert_eq!((summary.blocks, summary.len, summary.trailing), (10, 12 + 10 * 36, 0));
    assert_eq!((summary.basis_len_min(), summary.basis_len_max()), (9 * 2048 + 1, 10 * 2048));
    assert_eq!(summary.strong_len_min().get(), 6);
}

#[test]
fn a_signature_of_nothing_covers_nothing() {
    let Ok(Inspection::Signature(summary)) = inspected(&a_signature()[..12]) else { panic!("no signature") };
    assert_eq!((summary.blocks, summary.basis_len_min(), summary.basis_len_max()), (0, 0, 0));
}

#[test]
fn a_delta_is_counted() {
    let delta = a_delta();
    let mut new = Vec::new();
    let stats = patch(&mut &a_basis()[..], &delta[..], None, &mut new, &mut Options::new()).unwrap();
    let Ok(Inspection::Delta(summary)) = inspected(&delta) else { panic!("no delta") };
    assert_eq!((summary.copy, summary.literal), (stats.copy, stats.literal));
    assert_eq!((summary.copy.commands, summary.literal.commands), (2, 1));
    assert_eq!((summary.new_len, summary.len), (new.len() as u64, delta.len() as u64));
    assert_eq!(summary.basis_len_min, 20_000);
    assert_eq!(summary.longest_literal, summary.literal.bytes);
    assert!(summary.longest_copy > summary.copy.bytes / 2 && summary.longest_copy < summary.copy.bytes);
}

#[test]
fn bytes_behind_the_end_are_told() {
    let Ok(Inspection::Delta(summary)) = inspected(b"rs\x026\x01!\0and more") else { panic!("no delta") };
    assert_eq!((summary.len, summary.trailing), (7, 8));
    let signature = [&a_signature()[..], &[1, 2, 3]].concat();
    let Ok(Inspection::Signature(summary)) = inspected(&signature) else { panic!("no signature") };
    assert_eq!((summary.blocks, summary.trailing), (10, 3));
}

#[test]
fn other_files_are_neither() {
    let neither = |first: [u8; 4], len| Inspection::Neither { first, len };
    assert_eq!(inspected(b"").unwrap(), neither([0; 4], 0));
    assert_eq!(inspected(b"rs").unwrap(), neither(*b"rs\0\0", 2));
    assert_eq!(inspected(b"SQLite format 3").unwrap(), neither(*b"SQLi", 4));
    assert_eq!(inspected(&[0; 4096]).unwrap(), neither([0; 4], 4), "zeros are no header");
    assert_eq!(inspected(&[0; 6]).unwrap(), neither([0; 4], 4));
}

/// Three bytes at a time, noting how many were taken.
struct Counted<'a> {
    rest: &'a [u8],
    taken: usize,
}

impl Read for Counted<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = place.len().min(3);
        let len = self.rest.read(&mut place[..len])?;
        self.taken += len;
        Ok(len)
    }
}

#[test]
fn what_is_neither_is_not_read_to_its_end() {
    let taken = |bytes: &[u8]| {
        let mut input = Counted { rest: bytes, taken: 0 };
        let inspection = inspect(&mut input, &Limits::default()).unwrap();
        (matches!(inspection, Inspection::Neither { .. }), input.taken)
    };
    assert_eq!(taken(&b"SQLite format 3".repeat(9)), (true, 6));
    assert_eq!(taken(&[0; 4096]), (true, 12));
    for whole in [a_signature(), a_delta()] {
        let followed = [&whole[..], &[1, 2, 3]].concat();
        assert_eq!(taken(&followed), (false, followed.len()));
    }
}

#[test]
fn zero_as_magic_is_the_default_format_as_for_a_load() {
    let mut bytes = a_signature();
    bytes[..4].fill(0);
    let Ok(Inspection::Signature(summary)) = inspected(&bytes) else { panic!("no signature") };
    assert_eq!((summary.magic, summary.params.format()), (0, Format::default()));
}

/// Every cut, and every bit of the head turned: what a load or a patch refuses is refused with the same error, what
/// they take is counted.
#[test]
fn errors_are_those_of_a_load_and_of_a_patch() {
    for whole in [a_signature(), a_delta()] {
        let cuts = (4..whole.len()).map(|len| whole[..len].to_vec());
        let turned = (32..8 * 80).map(|bit| {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        });
        let mut refused = 0;
        for bytes in cuts.chain(turned) {
            // A turned bit may make a copy of more bytes than anybody can wait for.
            let limits = Limits { output: Some(1 << 20), ..Limits::default() };
            let mut options = Options::new().limits(limits);
            let expected = if bytes[3] == b'6' {
                // Where a seal may come, a patch that has met a limit reads on.
                options = options.seal_check(SealCheck::Plain);
                patch(&mut Endless, &bytes[..], None, io::sink(), &mut options).map(drop)
            } else {
                load(&bytes[..], None, &mut options).map(drop)
            };
            let found = inspect(&bytes[..], &limits).map(drop);
            refused += u32::from(found.is_err());
            let text = |result: Result<(), Error>| result.map_err(|error| error.to_string());
            assert_eq!(text(found), text(expected), "{} bytes", bytes.len());
        }
        assert!(refused > 300, "only {refused} were refused");
    }
}

#[test]
fn limits_are_those_of_a_load_and_of_a_patch() {
    let limits = Limits { records: Some(9), output: Some(19_000), memory: Some(0), ..Limits::default() };
    for bytes in [a_signature(), a_delta()] {
        assert_eq!(inspect(&bytes[..], &limits).unwrap_err().kind(), ErrorKind::Limit);
    }
}

#[test]
fn pieces_of_any_length_give_the_same() {
    for whole in [a_signature(), a_delta()] {
        let expected = inspected(&whole).unwrap();
        for piece in [1, 2, 3, 5, 7, 11, 13, 36, 37] {
            let mut job = InspectJob::new(Limits::default());
            for bytes in whole.chunks(piece) {
                let progress = job.step(Input::more(bytes), &mut []).unwrap();
                assert_eq!((progress.consumed, progress.status), (bytes.len(), Status::NeedInput));
            }
            for _ in 0..2 {
                let progress = job.step(Input::last(&[]), &mut []).unwrap();
                assert_eq!(progress.status, Status::Done);
            }
            assert_eq!(job.into_inspection(), expected);
        }
    }
}
