use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::tool::build;
use crate::{Run, Stdin, Tool};

/// A program that was linked to librsync, or loads it, on one of two libraries.
#[derive(Debug)]
pub struct Client {
    tool: Tool,
    /// Ours, if that is what it must load.
    ours: Option<PathBuf>,
    /// Our library under the name that programs know, and what the loader reports.
    folder: TempDir,
}

impl Client {
    /// The same program on Debian's librsync 2.3.2, and on ours with that one's deltas.
    ///
    /// # Panics
    /// When our library cannot be built.
    #[must_use]
    pub fn both(tool: &Tool) -> [Self; 2] {
        [false, true].map(|is_ours| {
            let folder = tempfile::tempdir().expect("there is a temporary folder");
            let report = folder.path().join("loader");
            let mut tool = tool
                .clone()
                .with_variable("LD_DEBUG", "libs")
                .with_variable("LD_DEBUG_OUTPUT", &report.to_string_lossy());
            let ours = is_ours.then(|| folder.path().join("librsync.so.2"));
            if let Some(library) = &ours {
                std::os::unix::fs::symlink(build::library(), library).expect("the folder is new");
                tool = tool
                    .with_variable("LD_LIBRARY_PATH", &folder.path().to_string_lossy())
                    .with_variable("ROLLSYNC_PROFILE", "librsync-2.3.2");
            }
            Self { tool, ours, folder }
        })
    }

    /// Runs it in `folder` with nothing on standard input. It must succeed, and have loaded the library that it is to run
    /// on, and no other librsync: the loader says so.
    ///
    /// # Panics
    /// When that is not so.
    pub fn done<A: AsRef<OsStr>>(&self, folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
        let run = self.tool.run(folder, arguments, Stdin::Empty);
        assert_eq!(run.status, Some(0), "{self:?}: {}", run.stderr);
        let loaded = self.loaded();
        let is_right = |library: &String| match &self.ours {
            Some(ours) => Path::new(library) == ours,
            None => ["/lib/", "/usr/lib/"].iter().any(|folder| library.starts_with(folder)),
        };
        assert!(!loaded.is_empty() && loaded.iter().all(is_right), "{self:?} has loaded {loaded:?}");
        run
    }

    /// Each librsync that a process of the last run has loaded.
    fn loaded(&self) -> Vec<String> {
        let mut loaded = Vec::new();
        for entry in fs::read_dir(self.folder.path()).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.file_stem() != Some(OsStr::new("loader")) {
                continue;
            }
            let report = fs::read(&path).expect("the loader has written it");
            // "  1234:\tcalling init: /usr/lib/x86_64-linux-gnu/librsync.so.2"
            let lines = String::from_utf8_lossy(&report);
            let started = lines.lines().filter_map(|line| line.split_once("calling init: "));
            loaded.extend(
                started.map(|(_, file)| file.to_owned()).filter(|file| file.contains("/librsync.so")),
            );
            fs::remove_file(&path).expect("it is ours");
        }
        loaded
    }
}
