//! What the system knows of files, and is asked to keep.

#[cfg(not(unix))]
use std::fs::OpenOptions;
#[cfg(unix)]
use std::fs::Permissions;
use std::{
    fs::{File, Metadata},
    io,
    path::Path,
};

#[cfg(unix)]
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS)?)
}

#[cfg(not(unix))]
pub(super) fn check_writable(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path).map(drop)
}

/// Whether writing to the one would change the other: block devices, FIFOs and files, not terminals and the like.
#[cfg(unix)]
pub(super) fn is_same_storage(output: &Metadata, input: &File) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let Ok(input) = input.metadata() else { return false };
    let same_inode = (output.dev(), output.ino()) == (input.dev(), input.ino());
    let both_block = output.file_type().is_block_device() && input.file_type().is_block_device();
    !output.file_type().is_char_device() && same_inode || both_block && output.rdev() == input.rdev()
}

#[cfg(not(unix))]
pub(super) fn is_same_storage(_: &Metadata, _: &File) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn keep_owner_and_mode(file: &File, replaced: &Metadata) -> io::Result<()> {
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
    // Some file systems have no modes to set, and say so when asked.
    if created.mode() & 0o7777 == mode { Ok(()) } else { file.set_permissions(Permissions::from_mode(mode)) }
}

#[cfg(not(unix))]
pub(super) fn keep_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Opens the folder of a file, to sync it later. `None` where it may not be read: a file can be renamed there all the same.
#[cfg(unix)]
pub(super) fn folder_of(path: &Path) -> io::Result<Option<File>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))) {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
pub(super) fn folder_of(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Waits for the disk, where there is anything to wait for: pipes, terminals and some file systems' folders say that
/// there is not.
pub(super) fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        result => result,
    }
}
