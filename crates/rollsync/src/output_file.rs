//! Output that appears whole or not at all.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    path::{Component, Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A file being written. Its name shows the new content only after [`commit`](Self::commit); before that, and whenever
/// it is dropped without, what stood there stands unchanged.
///
/// - A regular file is written as a temporary in the same folder (`.rollsync-*.tmp`) and renamed over the name. The
///   mode of the file that it replaces, and its owner where that is allowed, are kept; a new file gets 0666 less the
///   umask. Other hard links of the old file keep the old content.
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
    },
    Direct(File),
}

/// How to write an [`OutputFile`].
#[derive(Clone, Copy, Debug, Default)]
pub struct OutputOptions<'a> {
    /// Files that are read meanwhile: an output that would be written directly over one of them is refused.
    pub inputs: &'a [&'a File],
    /// Whether a regular file that stands there is refused, now or when the output is put there. A device or FIFO is
    /// written all the same: nothing of it is lost.
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
    /// Giving the temporary file mode and owner of what it replaces.
    #[error("mode cannot be kept")]
    Mode,
    /// Waiting for the disk.
    #[error("cannot be synced")]
    Sync,
    /// Renaming the temporary file over it.
    #[error("cannot be replaced")]
    Rename,
}

impl OutputFile {
    /// Begins to write a file, whether or not there is one.
    ///
    /// # Errors
    /// When it could not be written: it is a folder, may not be written, is an input that cannot be replaced, is to be
    /// kept, or its folder admits no temporary file.
    pub fn create(path: &Path, options: &OutputOptions<'_>) -> Result<Self, OutputError> {
        let failed = |step| move |source| OutputError { path: path.to_owned(), step, source };
        let target = follow(path).map_err(failed(OutputStep::Open))?;
        let replaced = match fs::metadata(&target) {
            Ok(metadata) => Some(Box::new(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(OutputStep::Open)(error)),
        };
        let kind = match replaced {
            Some(found) if is_descriptor(&target) || !found.is_file() => {
                if options.inputs.iter().any(|input| is_same_storage(&found, input)) {
                    return Err(failed(OutputStep::IsInput)(io::ErrorKind::InvalidInput.into()));
                }
                let file = OpenOptions::new().write(true).truncate(found.is_file()).open(&target);
                Kind::Direct(file.map_err(failed(OutputStep::Open))?)
            }
            replaced => {
                if replaced.is_some() && options.keep_existing {
                    return Err(failed(OutputStep::Exists)(io::ErrorKind::AlreadyExists.into()));
                }
                if replaced.is_some() {
                    check_writable(&target).map_err(failed(OutputStep::Open))?;
                }
                let step = if replaced.is_some() { OutputStep::Temporary } else { OutputStep::Open };
                let file = temporary_beside(&target).map_err(failed(step))?;
                Kind::Temporary { file, target, replaced }
            }
        };
        Ok(Self { path: path.to_owned(), sync: options.sync, keep_existing: options.keep_existing, kind })
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
    /// When that cannot be done; nothing is replaced then.
    pub fn commit(self) -> Result<(), OutputError> {
        let Self { path, sync, keep_existing, kind } = self;
        let failed = |step| {
            let path = &path;
            move |source| OutputError { path: path.clone(), step, source }
        };
        match kind {
            Kind::Direct(file) => match sync.then(|| file.sync_all()) {
                // Pipes and terminals have nothing to sync, and say so.
                Some(Err(error)) if error.kind() != io::ErrorKind::InvalidInput => {
                    Err(failed(OutputStep::Sync)(error))
                }
                _ => Ok(()),
            },
            Kind::Temporary { file, target, replaced } => {
                if let Some(replaced) = &replaced {
                    keep_owner_and_mode(file.as_file(), replaced).map_err(failed(OutputStep::Mode))?;
                }
                if sync {
                    file.as_file().sync_all().map_err(failed(OutputStep::Sync))?;
                }
                let put = if keep_existing { file.persist_noclobber(&target) } else { file.persist(&target) };
                put.map_err(|error| match error.error.kind() {
                    io::ErrorKind::AlreadyExists => failed(OutputStep::Exists)(error.error),
                    _ => failed(OutputStep::Rename)(error.error),
                })?;
                if sync {
                    sync_folder_of(&target).map_err(failed(OutputStep::Sync))?;
                }
                Ok(())
            }
        }
    }

    fn file(&mut self) -> &mut File {
        match &mut self.kind {
            Kind::Temporary { file, .. } => file.as_file_mut(),
            Kind::Direct(file) => file,
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

/// The path with its last component's symbolic links followed, as far as a name that is no link or an open
/// descriptor's. Where it leads there need be nothing.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() && !is_descriptor(&path) => {
                let link = fs::read_link(&path)?;
                path = path.parent().unwrap_or(Path::new("")).join(link);
            }
            _ => return Ok(path),
        }
    }
    #[cfg(unix)]
    return Err(rustix::io::Errno::LOOP.into());
    #[cfg(not(unix))]
    Err(io::Error::other("too many symbolic links"))
}

/// Whether a path names an open file by its descriptor: that is written to, never replaced.
fn is_descriptor(path: &Path) -> bool {
    let names: Vec<Option<&str>> = path
        .components()
        .filter_map(
            |component| if let Component::Normal(name) = component { Some(name.to_str()) } else { None },
        )
        .collect();
    path.is_absolute()
        && matches!(
            names[..],
            [Some("dev"), Some("stdin" | "stdout" | "stderr")]
                | [Some("dev"), Some("fd"), _]
                | [Some("proc"), _, Some("fd"), _]
                | [Some("proc"), _, Some("task"), _, Some("fd"), _]
        )
}

fn temporary_beside(target: &Path) -> io::Result<NamedTempFile> {
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
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|error| {
        // The message's own path would be the temporary's.
        error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
    })
}

#[cfg(unix)]
fn check_writable(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS)?)
}

#[cfg(not(unix))]
fn check_writable(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path).map(drop)
}

/// Whether writing to the one would change the other: block devices, FIFOs and files, not terminals and the like.
#[cfg(unix)]
fn is_same_storage(output: &Metadata, input: &File) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let Ok(input) = input.metadata() else { return false };
    let same_inode = (output.dev(), output.ino()) == (input.dev(), input.ino());
    let both_block = output.file_type().is_block_device() && input.file_type().is_block_device();
    !output.file_type().is_char_device() && same_inode || both_block && output.rdev() == input.rdev()
}

#[cfg(not(unix))]
fn is_same_storage(_: &Metadata, _: &File) -> bool {
    false
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, replaced: &Metadata) -> io::Result<()> {
    use rustix::{
        fs::{Gid, Uid, fchown},
        io::Errno,
    };
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let created = file.metadata()?;
    let mut mode = replaced.mode() & 0o7777;
    if (created.uid(), created.gid()) != (replaced.uid(), replaced.gid()) {
        let (owner, group) = (Uid::from_raw(replaced.uid()), Gid::from_raw(replaced.gid()));
        let kept = fchown(file, Some(owner), Some(group));
        if kept.is_err() {
            // Another's file becomes ours; its group may still be one of ours.
            let _: Result<(), Errno> = fchown(file, None, Some(group));
            // What ran with the old owner's rights must not run with ours.
            mode &= 0o0777;
        }
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}
