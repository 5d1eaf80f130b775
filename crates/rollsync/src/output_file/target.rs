//! Where an output's path leads.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Component, Path, PathBuf},
};

/// The path with its last component's symbolic links followed, as far as a name that is no link or an open
/// descriptor's. Where it leads there need be nothing.
pub(super) fn follow(path: &Path) -> io::Result<PathBuf> {
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
pub(super) fn is_descriptor(path: &Path) -> bool {
    let names: Vec<&OsStr> = path.components().map(Component::as_os_str).collect();
    let names: Vec<Option<&str>> = names.into_iter().map(OsStr::to_str).collect();
    matches!(
        names[..],
        [Some("/"), Some("dev"), Some("stdin" | "stdout" | "stderr")]
            | [Some("/"), Some("dev"), Some("fd"), _]
            | [Some("/"), Some("proc"), _, Some("fd"), _]
            | [Some("/"), Some("proc"), _, Some("task"), _, Some("fd"), _]
    )
}
