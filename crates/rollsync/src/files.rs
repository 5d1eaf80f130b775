//! The four operations over files.

use crate::{
    Error, Options, OutputFile, OutputOptions, Side,
    file_error::{FileError, Files, Role},
    sealed,
    spill::spill,
    streams,
};
use rollsync_core::Stats;
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

/// Makes the signature of the file `basis` and writes it to `output`.
///
/// ```no_run
/// use rollsync::{Options, signature_file};
/// let stats = signature_file("disk.img", "disk.sig", &mut Options::new())?;
/// println!("{} blocks of {} bytes", stats.blocks, stats.block_len);
/// # Ok::<(), rollsync::FileError>(())
/// ```
///
/// # Errors
/// As [`signature`](crate::signature) has, with the file that is at fault. `output` is as it was then; see
/// [`OutputFile`] for how it is written.
pub fn signature_file(
    basis: impl AsRef<Path>,
    output: impl AsRef<Path>,
    options: &mut Options<'_>,
) -> Result<Stats, FileError> {
    let (basis, output) = ((Role::Basis, basis.as_ref()), (Role::Signature, output.as_ref()));
    let files = Files { input: basis, basis, output };
    let (file, len) = open(basis)?;
    replace(files, &[&file], options, |output, options| {
        streams::signature_from(&file, len, output, options).map_err(|error| files.blame(error))
    })
}

/// Makes the delta from the basis of the file `signature` to the file `new`, and writes it to `output`.
///
/// ```no_run
/// use rollsync::{Options, delta_file};
/// let stats = delta_file("disk.sig", "disk.new", "disk.delta", &mut Options::new())?;
/// println!("{} of {} bytes are new", stats.literal.bytes, stats.bytes_in);
/// # Ok::<(), rollsync::FileError>(())
/// ```
///
/// # Errors
/// As [`load`](crate::load) and [`delta`](crate::delta) have, with the file that is at fault. `output` is as it was then.
pub fn delta_file(
    signature: impl AsRef<Path>,
    new: impl AsRef<Path>,
    output: impl AsRef<Path>,
    options: &mut Options<'_>,
) -> Result<Stats, FileError> {
    let (signature, new) = ((Role::Signature, signature.as_ref()), (Role::New, new.as_ref()));
    let output = (Role::Delta, output.as_ref());
    let (sums, sums_len) = open(signature)?;
    let (file, len) = open(new)?;
    let loading = Files { input: signature, basis: signature, output };
    let files = Files { input: new, basis: signature, output };
    replace(files, &[&sums, &file], options, |output, options| {
        let index = streams::load_from(&sums, sums_len, options).map_err(|error| loading.blame(error))?;
        streams::delta_from(&index, &file, len, output, options).map_err(|error| files.blame(error))
    })
}

/// Makes the new file from the files `basis` and `delta`, and writes it to `output`, which may be the basis itself. A basis
/// that is a pipe is [spilled](crate::spill()) first.
///
/// ```no_run
/// use rollsync::{Options, patch_file};
/// patch_file("disk.img", "disk.delta", "disk.img", &mut Options::new())?;
/// # Ok::<(), rollsync::FileError>(())
/// ```
///
/// # Errors
/// As [`patch`](crate::patch) has, with the file that is at fault. `output` is as it was then.
pub fn patch_file(
    basis: impl AsRef<Path>,
    delta: impl AsRef<Path>,
    output: impl AsRef<Path>,
    options: &mut Options<'_>,
) -> Result<Stats, FileError> {
    let (basis, delta) = ((Role::Basis, basis.as_ref()), (Role::Delta, delta.as_ref()));
    let files = Files { input: delta, basis, output: (Role::New, output.as_ref()) };
    let (old, _) = open(basis)?;
    let (commands, len) = open(delta)?;
    replace(files, &[&old, &commands], options, |output, options| {
        let spilling = Files { input: basis, ..files };
        let mut bytes = if is_stream(&old).map_err(|source| opening(basis, source))? {
            spill(&old, None).map_err(|error| spilling.blame(error))?
        } else {
            // Reading at an offset moves nothing: the one descriptor serves as basis and stands among the inputs.
            old.try_clone().map_err(|source| opening(basis, source))?
        };
        patch_sealed(&mut bytes, &commands, len, output, options).map_err(|error| files.blame(error))
    })
}

/// A patch from file to file, whose delta can perhaps be looked at before, and again afterwards.
fn patch_sealed(
    basis: &mut File,
    delta: &File,
    delta_len: Option<u64>,
    output: &mut OutputFile,
    options: &mut Options<'_>,
) -> Result<Stats, Error> {
    let checked = sealed::Checked::new(basis, delta, options)?;
    let check = options.seal_check;
    options.seal_check = checked.check();
    let made = streams::patch_onto(basis, delta, delta_len, output, options);
    options.seal_check = check;
    made.map_err(|error| checked.explain(error, basis, delta, options))
}

/// Makes the delta from the file `old` to the file `new`, both at hand, and writes it to `output`.
///
/// ```no_run
/// use rollsync::{Options, diff_file};
/// diff_file("disk.img", "disk.new", "disk.delta", &mut Options::new())?;
/// # Ok::<(), rollsync::FileError>(())
/// ```
///
/// # Errors
/// As [`index_basis`](crate::index_basis) and [`delta`](crate::delta) have, with the file that is at fault. `output` is as
/// it was then.
pub fn diff_file(
    old: impl AsRef<Path>,
    new: impl AsRef<Path>,
    output: impl AsRef<Path>,
    options: &mut Options<'_>,
) -> Result<Stats, FileError> {
    let (old, new) = ((Role::Basis, old.as_ref()), (Role::New, new.as_ref()));
    let output = (Role::Delta, output.as_ref());
    let (basis, basis_len) = open(old)?;
    let (file, len) = open(new)?;
    let indexing = Files { input: old, basis: old, output };
    let files = Files { input: new, basis: old, output };
    replace(files, &[&basis, &file], options, |output, options| {
        let index =
            streams::index_basis_from(&basis, basis_len, options).map_err(|error| indexing.blame(error))?;
        streams::delta_from(&index, &file, len, output, options).map_err(|error| files.blame(error))
    })
}

/// A file and, when it is a regular one, its length.
fn open(at: (Role, &Path)) -> Result<(File, Option<u64>), FileError> {
    let file = File::open(at.1).map_err(|source| opening(at, source))?;
    let metadata = file.metadata().map_err(|source| opening(at, source))?;
    Ok((file, metadata.is_file().then_some(metadata.len())))
}

/// Whether a file can only be read from front to back.
fn is_stream(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    #[cfg(unix)]
    return Ok(
        std::os::unix::fs::FileTypeExt::is_fifo(&kind) || std::os::unix::fs::FileTypeExt::is_socket(&kind)
    );
    #[cfg(not(unix))]
    return Ok(!kind.is_file() && !kind.is_dir());
}

fn opening((role, path): (Role, &Path), source: io::Error) -> FileError {
    FileError::Open { role, path: path.to_owned(), source }
}

/// Does the work into a new output, which takes the old one's place only when all is well.
fn replace(
    files: Files<'_>,
    inputs: &[&File],
    options: &mut Options<'_>,
    work: impl FnOnce(&mut OutputFile, &mut Options<'_>) -> Result<Stats, FileError>,
) -> Result<Stats, FileError> {
    let mut output = OutputFile::create(
        files.output.1,
        &OutputOptions { inputs, keep_existing: options.keep_existing, sync: !options.no_sync },
    )?;
    let stats = work(&mut output, options)?;
    output
        .flush()
        .map_err(|source| files.blame(Error::Io { side: Side::Write, offset: stats.bytes_out, source }))?;
    if options.is_cancelled() {
        return Err(FileError::Cancelled);
    }
    output.commit()?;
    Ok(stats)
}
