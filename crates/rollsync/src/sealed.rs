//! Holding a patch to its delta's seal.

use crate::{Basis, Error, Inspection, Options, Side};
use rollsync_core::{
    EndCheck, Error as EngineError, Limits, PatchError,
    seal::{FileDigest, FileHasher, SEAL_LEN, SEAL_MAGIC, Seal},
};
use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

/// What a patch does about its delta's [seal](crate::seal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SealCheck {
    /// One that is there must hold. The delta is read to its end, where nothing else may stand; what is written is hashed,
    /// and so passes through this process.
    #[default]
    IfThere,
    /// The same, and it is an error if there is none.
    Required,
    /// There is none, as far as the caller [knows](peek_seal): one that is there is an error. The delta is read to its end.
    Plain,
    /// Nothing behind END is read.
    Ignored,
}

impl SealCheck {
    pub(crate) const fn end_check(self) -> EndCheck {
        match self {
            Self::IfThere | Self::Required => EndCheck::Seal,
            Self::Plain => EndCheck::Plain,
            Self::Ignored => EndCheck::None,
        }
    }
}

/// How delta, basis and new file do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The basis has another length than the one that the delta was made for.
    BasisLen {
        /// That one's, in bytes.
        expected: u64,
        /// This one's.
        found: u64,
    },
    /// The basis has that length, but is another.
    Basis {
        /// The one that the delta was made for.
        expected: FileDigest,
        /// This one.
        found: FileDigest,
    },
    /// What came out is not the new file. The delta is the one that was sealed; so the basis is wrong, or was not read as it
    /// is.
    New {
        /// The new file.
        expected: FileDigest,
        /// What came out.
        found: FileDigest,
        /// Whether the basis is known to be the right one: then it is the machine that is at fault.
        basis_is_right: bool,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BasisLen { expected, found } => {
                write!(f, "it has {found} bytes, the delta was made for a basis of {expected}")
            }
            Self::Basis { expected, found } => write!(
                f,
                "it is not the basis that the delta was made for: its BLAKE3 is {}, not {}",
                found.hex(),
                expected.hex()
            ),
            Self::New { basis_is_right: false, .. } => {
                f.write_str("it is not the basis that the delta was made for: the new file came out wrong")
            }
            Self::New { expected, found, .. } => write!(
                f,
                "it came out as {} bytes of BLAKE3 {}, and not as the {} bytes of {} that were sealed",
                found.len,
                found.hex(),
                expected.len,
                expected.hex()
            ),
        }
    }
}

impl std::error::Error for Mismatch {}

/// What the seal at a delta's end says, if there is one. Whether it holds is not known until the delta is read. The file's
/// position stays; a file that cannot be sought in has none.
///
/// # Errors
/// When reading fails, or something stands at the end that begins as a seal and is none.
pub fn peek_seal(mut delta: &File) -> Result<Option<Seal>, Error> {
    let io = |offset| move |source| Error::Io { side: Side::Read, offset, source };
    let Ok(position) = delta.stream_position() else { return Ok(None) };
    let len = delta.seek(SeekFrom::End(0)).map_err(io(position))?;
    let mut record = [0; SEAL_LEN];
    let seal = len.checked_sub(SEAL_LEN as u64).filter(|seal| *seal >= position);
    let read = match seal {
        Some(seal) => delta.seek(SeekFrom::Start(seal)).and_then(|_| delta.read_exact(&mut record)),
        None => Ok(()),
    };
    let seal = seal.unwrap_or(position);
    delta.seek(SeekFrom::Start(position)).map_err(io(position))?;
    read.map_err(io(seal))?;
    if !record.starts_with(&SEAL_MAGIC) {
        return Ok(None);
    }
    Ok(Some(Seal::parse_fields(&record, seal).map_err(PatchError::from)?))
}

/// A patch whose delta was looked at before it is applied: what its seal says of the basis is checked at once, and when the
/// patch fails it is found out which of the files is at fault.
///
/// ```no_run
/// use rollsync::{Checked, Options, patch_onto};
/// use std::fs::File;
/// let (mut basis, mut delta) = (File::open("disk.img")?, File::open("disk.delta")?);
/// let mut options = Options::new();
/// let checked = Checked::new(&basis, &delta, &options)?;
/// options = options.seal_check(checked.check());
/// let made = patch_onto(&mut basis, &mut delta, None, File::create("disk.new")?, &mut options);
/// made.map_err(|error| checked.explain(error, &mut basis, &delta))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    seal: Option<Seal>,
    check: SealCheck,
    /// Where the delta begins, in a file that can be sought in.
    start: u64,
}

impl Checked {
    /// Looks at the end of the delta, as far as the options ask for a check. The delta's position stays.
    ///
    /// # Errors
    /// When a seal is required and not there, when the basis has another length than the seal says (and the delta is the one
    /// that was sealed), or reading fails. Nothing is done then.
    pub fn new(basis: &File, mut delta: &File, options: &Options<'_>) -> Result<Self, Error> {
        let asked = options.seal_check;
        let unseen = Self { seal: None, check: asked, start: delta.stream_position().unwrap_or(0) };
        if matches!(asked, SealCheck::Ignored | SealCheck::Plain) || !is_seekable(delta) {
            return Ok(unseen);
        }
        let seal = match peek_seal(delta) {
            // It may be part of a literal. What stands behind END is known when the delta is read.
            Err(Error::Engine(_)) => return Ok(unseen),
            seal => seal?,
        };
        let Some(seal) = seal else {
            // One that is cut, or has something behind it, is still to be looked at.
            let check = if shows_magic(delta, unseen.start)? { asked } else { SealCheck::Plain };
            return match (asked, check) {
                (SealCheck::Required, SealCheck::Plain) => Err(Error::Unsealed),
                _ => Ok(Self { check, ..unseen }),
            };
        };
        if let Seal::Delta { basis: Some(expected), .. } = seal
            && let Some(found) = regular_len(basis)
            && found != expected.len
        {
            // Before the basis is blamed.
            match unseen.inspect(delta)? {
                Inspection::Delta(summary) if summary.seal == Some(seal) => {
                    return Err(Mismatch::BasisLen { expected: expected.len, found }.into());
                }
                _ => return Ok(unseen),
            }
        }
        Ok(Self { seal: Some(seal), ..unseen })
    }

    /// Reads the whole delta, a seal checked. Its position stays.
    ///
    /// # Errors
    /// As [`inspect`](crate::inspect) has.
    pub fn inspect(&self, mut delta: &File) -> Result<Inspection, Error> {
        let seek = |mut delta: &File| {
            let sought = delta.seek(SeekFrom::Start(self.start));
            sought.map_err(|source| Error::Io { side: Side::Read, offset: 0, source })
        };
        seek(delta)?;
        let inspected = crate::inspect(&mut delta, &Limits::default());
        seek(delta)?;
        inspected
    }

    /// What the seal says, if the delta could be looked at and has one. It is not known whether that holds.
    #[must_use]
    pub const fn seal(&self) -> Option<Seal> {
        self.seal
    }

    /// What the patch is to check: [`Plain`](SealCheck::Plain) when there is no seal.
    #[must_use]
    pub const fn check(&self) -> SealCheck {
        self.check
    }

    /// The error with which a patch failed, or what is behind it: delta and basis are read again to find out whether they
    /// are the ones that were sealed.
    pub fn explain(&self, error: Error, basis: &mut (impl Basis + ?Sized), delta: &File) -> Error {
        let is_about_files =
            matches!(error, Error::Engine(EngineError::Patch(_)) | Error::Mismatch(Mismatch::New { .. }));
        let (Some(Seal::Delta { basis: sealed, .. }), true) = (self.seal, is_about_files) else {
            return error;
        };
        match (self.inspect(delta), sealed) {
            (Err(fault @ Error::Engine(_)), _) => fault,
            _ if matches!(error, Error::Engine(EngineError::Patch(PatchError::Limit(_)))) => error,
            (Ok(_), Some(sealed)) => check_basis(sealed, basis).err().unwrap_or(error),
            _ => error,
        }
    }
}

/// Whether a seal's magic stands at, or not far from, where it would stand at the end of a delta.
fn shows_magic(mut delta: &File, start: u64) -> Result<bool, Error> {
    let mut end = Vec::with_capacity(2 * SEAL_LEN);
    let mut read = || {
        let len = delta.seek(SeekFrom::End(0))?;
        delta.seek(SeekFrom::Start(len.saturating_sub(2 * SEAL_LEN as u64).max(start)))?;
        delta.take(2 * SEAL_LEN as u64).read_to_end(&mut end)?;
        delta.seek(SeekFrom::Start(start))
    };
    read().map_err(|source| Error::Io { side: Side::Read, offset: 0, source })?;
    Ok(end.windows(SEAL_MAGIC.len()).any(|bytes| bytes == SEAL_MAGIC))
}

/// Whether bytes can be read again, and the end be found: a pipe forgets them, and some devices have none.
fn is_seekable(mut file: &File) -> bool {
    let Ok(position) = file.stream_position() else { return false };
    let has_end = file.seek(SeekFrom::End(0)).is_ok();
    file.seek(SeekFrom::Start(position)).is_ok() && has_end
}

/// The length of a regular file, if it says so: those of `/proc` are empty, and yet have bytes.
fn regular_len(file: &File) -> Option<u64> {
    let metadata = file.metadata().ok()?;
    let is_empty = || Basis::read_at(&mut file.try_clone().ok()?, 0, &mut [0]).ok().filter(|len| *len == 0);
    (metadata.is_file() && (metadata.len() > 0 || is_empty().is_some())).then_some(metadata.len())
}

/// Length and digest of what is read, to its end.
///
/// # Errors
/// When reading fails.
pub fn digest(mut input: impl Read) -> io::Result<FileDigest> {
    let mut hasher = HashingWriter::new(io::sink());
    let mut buffer = crate::buffer::Buffer::new(PART);
    loop {
        match input.read(buffer.free()) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(len) => hasher.hasher.update(&buffer.free()[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// So many bytes are read at once.
const PART: usize = 256 << 10;

/// Holds what came out to the seal of the delta that it was made with, and that was read whole.
pub(crate) fn compare(
    seal: &Seal,
    found: FileDigest,
    basis: &mut (impl Basis + ?Sized),
) -> Result<(), Error> {
    let Seal::Delta { basis: sealed, new } = *seal else { return Ok(()) };
    if found == new {
        return Ok(());
    }
    if let Some(sealed) = sealed {
        check_basis(sealed, basis)?;
    }
    Err(Mismatch::New { expected: new, found, basis_is_right: sealed.is_some() }.into())
}

/// Whether the basis is the one that was sealed.
pub(crate) fn check_basis(expected: FileDigest, basis: &mut (impl Basis + ?Sized)) -> Result<(), Error> {
    let mut input = BasisReader { basis, offset: 0 };
    let found = digest(&mut input).map_err(|source| {
        let offset = input.offset;
        Error::Io { side: Side::Basis, offset, source }
    })?;
    if found.len != expected.len {
        return Err(Mismatch::BasisLen { expected: expected.len, found: found.len }.into());
    }
    if found != expected {
        return Err(Mismatch::Basis { expected, found }.into());
    }
    Ok(())
}

/// A basis, read from front to back.
struct BasisReader<'a, B: ?Sized> {
    basis: &'a mut B,
    offset: u64,
}

impl<B: Basis + ?Sized> Read for BasisReader<'_, B> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = self.basis.read_at(self.offset, place)?.min(place.len());
        self.offset += len as u64;
        Ok(len)
    }
}

/// Hashes what is written.
pub(crate) struct HashingWriter<W> {
    output: W,
    hasher: FileHasher,
}

impl<W> HashingWriter<W> {
    pub(crate) fn new(output: W) -> Self {
        Self { output, hasher: FileHasher::new() }
    }

    pub(crate) fn finish(&self) -> FileDigest {
        self.hasher.finish()
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.output.write(bytes)?;
        self.hasher.update(&bytes[..len.min(bytes.len())]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
