//! Output that appears whole or not at all.

mod gathered;
mod space;
mod system;
mod target;

use crate::FileBacked;
use gathered::Gathered;
use space::Space;
use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use target::{follow, is_descriptor};
use tempfile::NamedTempFile;

/// A file being written. Its name shows the new content only after [`commit`](Self::commit); before that, and whenever
/// it is dropped without, what stood there stands unchanged.
///
/// - A regular file is written as a temporary in the same folder (`.rollsync-*.tmp`) and renamed over the name. The
///   mode of the file that it replaces, and its owner where that is allowed, are kept; a new file gets 0666 less the
///   umask. Other hard links of the old file keep the old content.
/// - Short writes to a regular file are gathered: what is written may reach the file with a later write, with
///   [`flush`](Write::flush) or with the commit, and so may the error of writing it. What was not put there then is kept for the
///   next try.
/// - Where it makes writing faster (ext4), disk space is taken ahead of what is written: at most 64 MiB, and as much again as there
///   is. What is too much is given back by the commit.
/// - A symbolic link is followed, and what it points to replaced.
/// - A device, a FIFO or an open descriptor (`/dev/stdout`, `/dev/fd/N`) is written directly.
///
/// ```
/// use rollsync::{OutputFile, OutputOptions};
/// use std::{fs, io::Write};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("new");
/// let mut file = OutputFile::create(&path, &OutputOptions::default())?;
/// file.write_all(b"all of it")?;
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(fs::read(&path)?, b"all of it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    sync: bool,
    keep_existing: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Temporary {
        file: NamedTempFile,
        /// The path with all links followed.
        target: PathBuf,
        /// What stands there.
        replaced: Option<Box<Metadata>>,
        space: Space,
        gathered: Gathered,
    },
    Direct(File),
}

/// How to write an [`OutputFile`].
#[derive(Clone, Copy, Debug, Default)]
pub struct OutputOptions<'a> {
    /// Files that are read meanwhile: an output that would be written directly over one of them is refused.
    pub inputs: &'a [&'a File],
    /// Whether a file that stands there is refused, now or when the output is put there: see
    /// [`OutputFile::would_lose`].
    pub keep_existing: bool,
    /// Whether `commit` waits until file and folder are on the disk.
    pub sync: bool,
}

/// Why an output file cannot be written. The path is the one that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{}: {step}: {source}", path.display())]
pub struct OutputError {
    /// The output's path.
    pub path: PathBuf,
    /// What was being done.
    pub step: OutputStep,
    /// What went wrong.
    pub source: io::Error,
}

/// A step of writing an [`OutputFile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OutputStep {
    /// Opening it.
    #[error("cannot be opened for writing")]
    Open,
    /// Checking that there is none; there is.
    #[error("exists")]
    Exists,
    /// Checking that it is no input; it is.
    #[error("is an input as well, and not a file that can be replaced")]
    IsInput,
    /// Making a temporary file beside it.
    #[error("cannot be replaced, since its folder admits no temporary file")]
    Temporary,
    /// Writing what was gathered.
    #[error("cannot be written")]
    Write,
    /// Giving the temporary file mode and owner of what it replaces.
    #[error("mode cannot be kept")]
    Mode,
    /// Waiting for the disk.
    #[error("cannot be synced")]
    Sync,
    /// Renaming the temporary file over it.
    #[error("cannot be replaced")]
    Rename,
    /// Waiting until the new name is on the disk. The only step behind which the file is replaced.
    #[error("is replaced, but perhaps not on the disk")]
    SyncFolder,
}

impl OutputFile {
    /// Begins to write a file, whether or not there is one.
    ///
    /// # Errors
    /// When it could not be written: it is a folder, may not be written, is an input that cannot be replaced, is to be
    /// kept, or its folder admits no temporary file.
    pub fn create(path: &Path, options: &OutputOptions<'_>) -> Result<Self, OutputError> {
        let failed = |step| move |source| OutputError { path: path.to_owned(), step, source };
        // Absolute: the caller may go elsewhere before the commit.
        let target = follow(path).and_then(std::path::absolute).map_err(failed(OutputStep::Open))?;
        let replaced = match fs::metadata(&target) {
            Ok(metadata) => Some(Box::new(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(OutputStep::Open)(error)),
        };
        let kind = match replaced {
            Some(found) if options.keep_existing && would_lose(&target, &found) => {
                return Err(failed(OutputStep::Exists)(io::ErrorKind::AlreadyExists.into()));
            }
            Some(found) if is_descriptor(&target) || !found.is_file() => {
                if options.inputs.iter().any(|input| system::is_same_storage(&found, input)) {
                    return Err(failed(OutputStep::IsInput)(io::ErrorKind::InvalidInput.into()));
                }
                let file = OpenOptions::new().write(true).truncate(found.is_file()).open(&target);
                Kind::Direct(file.map_err(failed(OutputStep::Open))?)
            }
            replaced => {
                if replaced.is_some() {
                    system::check_writable(&target).map_err(failed(OutputStep::Open))?;
                }
                let step = if replaced.is_some() { OutputStep::Temporary } else { OutputStep::Open };
                let file = temporary_beside(&target, replaced.is_some()).map_err(failed(step))?;
                Kind::Temporary {
                    file,
                    target,
                    replaced,
                    space: Space::default(),
                    gathered: Gathered::default(),
                }
            }
        };
        Ok(Self { path: path.to_owned(), sync: options.sync, keep_existing: options.keep_existing, kind })
    }

    /// Whether writing an output there would lose what a regular file holds. A device or FIFO loses nothing, and neither
    /// does an open descriptor of an empty file.
    #[must_use]
    pub fn would_lose(path: &Path) -> bool {
        let Ok(target) = follow(path) else { return false };
        fs::metadata(&target).is_ok_and(|found| would_lose(&target, &found))
    }

    /// The temporary file that a killed process would leave behind; `None` when the output is written directly.
    #[must_use]
    pub fn temporary_path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Temporary { file, .. } => Some(file.path()),
            Kind::Direct(_) => None,
        }
    }

    /// Puts what was written where it belongs.
    ///
    /// # Errors
    /// When that cannot be done; nothing is replaced then, but where [`OutputStep::SyncFolder`] says otherwise.
    pub fn commit(self) -> Result<(), OutputError> {
        let Self { path, sync, keep_existing, kind } = self;
        let failed = |step| {
            let path = &path;
            move |source| OutputError { path: path.clone(), step, source }
        };
        match kind {
            Kind::Direct(file) if sync => system::sync(&file).map_err(failed(OutputStep::Sync)),
            Kind::Direct(_) => Ok(()),
            Kind::Temporary { file, target, replaced, space, mut gathered } => {
                gathered.put(file.as_file(), &space).map_err(failed(OutputStep::Write))?;
                space.give_back(file.as_file());
                if let Some(replaced) = &replaced {
                    system::keep_owner_and_mode(file.as_file(), replaced)
                        .map_err(failed(OutputStep::Mode))?;
                }
                // Opened before anything is replaced: afterwards it would be too late to fail.
                let mut folder = None;
                if sync {
                    system::sync(file.as_file()).map_err(failed(OutputStep::Sync))?;
                    folder = system::folder_of(&target).map_err(failed(OutputStep::Sync))?;
                }
                let put = if keep_existing { file.persist_noclobber(&target) } else { file.persist(&target) };
                put.map_err(|error| match error.error.kind() {
                    io::ErrorKind::AlreadyExists => failed(OutputStep::Exists)(error.error),
                    _ => failed(OutputStep::Rename)(error.error),
                })?;
                folder.map_or(Ok(()), |folder| system::sync(&folder).map_err(failed(OutputStep::SyncFolder)))
            }
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.kind {
            Kind::Temporary { file, space, gathered, .. } => gathered.write(bytes, file.as_file(), space),
            Kind::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.kind {
            Kind::Temporary { file, space, gathered, .. } => gathered.put(file.as_file(), space),
            Kind::Direct(file) => file.flush(),
        }
    }
}

/// Also a device that is written directly is a file here.
impl FileBacked for OutputFile {
    /// From now on no write is gathered any more. `None` as long as bytes are that were gathered before: the next write puts
    /// them into the file, and so does a flush.
    fn as_file(&self) -> Option<&File> {
        match &self.kind {
            Kind::Temporary { file, gathered, .. } => gathered.share().then(|| file.as_file()),
            Kind::Direct(file) => Some(file),
        }
    }

    fn make_room(&self, len: u64) {
        if let Kind::Temporary { file, space, gathered, .. } = &self.kind {
            space.make(file.as_file(), len.saturating_add(gathered.len() as u64));
        }
    }
}

fn would_lose(target: &Path, found: &Metadata) -> bool {
    found.is_file() && (found.len() > 0 || !is_descriptor(target))
}

/// A new file in the folder of `target`. It is nobody else's to read while it is `private`.
fn temporary_beside(target: &Path, private: bool) -> io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // A name that a folder's listing cannot be opened under ("new/") has no temporary that could become it.
    if target.file_name().is_none() || target.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rollsync-").suffix(".tmp");
    #[cfg(not(unix))]
    let _ = private;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(if private { 0o600 } else { 0o666 }));
    }
    builder.tempfile_in(folder).map_err(|error| {
        // The message's own path would be the temporary's.
        error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
    })
}
