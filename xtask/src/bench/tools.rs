//! The programs of a run: ours built, the peers found or installed.

use std::path::PathBuf;

use super::c_library::CProgram;
use crate::commands::{self, LibC};
use crate::process::{capture, cargo, check, command, repo, target_folder, works};

/// Where each program is. A peer that cannot be had is left out of every race.
pub(super) struct Tools {
    pub(super) rdiff: PathBuf,
    pub(super) rollsync: PathBuf,
    /// Where these two have libc.
    pub(super) libc: LibC,
    pub(super) fast_rsync: PathBuf,
    pub(super) measure: PathBuf,
    pub(super) kernels: PathBuf,
    pub(super) index_memory: PathBuf,
    pub(super) streaming: PathBuf,
    pub(super) growth: PathBuf,
    pub(super) real_rdiff: bool,
    pub(super) rsync: bool,
    /// One C program for our library and the installed one.
    pub(super) c_program: Option<CProgram>,
    pub(super) skipped: Vec<String>,
}

impl Tools {
    pub(super) fn prepare() -> Result<Self, String> {
        // Two builds: what a bench needs must not switch on features of the programs that it measures.
        let (programs, libc) = commands::build("release", LibC::Within)?;
        check(cargo().args(["build", "--quiet", "--release", "--bins", "-p", "rollsync-bench"]))?;
        let built = |name: &str| target_folder().join("release").join(name);
        let mut skipped = Vec::new();
        let mut peer = |name: &str| match find(name) {
            Ok(()) => true,
            Err(why) => {
                skipped.push(format!("no {name} to compare with: {why}"));
                false
            }
        };
        // Debian's rdiff brings librsync.so.2.
        let (real_rdiff, rsync) = (peer("rdiff"), peer("rsync"));
        let c_program = match CProgram::build()? {
            Ok(program) => Some(program),
            Err(why) => {
                skipped.push(format!("no C program on two libraries: {why}"));
                None
            }
        };
        Ok(Self {
            real_rdiff,
            rsync,
            c_program,
            rdiff: programs.join("rdiff"),
            rollsync: programs.join("rollsync"),
            libc,
            fast_rsync: built("bench-fast-rsync"),
            measure: built("bench-measure"),
            kernels: built("bench-kernels"),
            index_memory: built("bench-index-memory"),
            streaming: built("bench-streaming"),
            growth: built("bench-growth"),
            skipped,
        })
    }

    /// What each peer says of itself.
    pub(super) fn versions(&self) -> Vec<String> {
        let peers = [("rdiff", self.real_rdiff), ("rsync", self.rsync), ("cp", true)];
        let peers = peers.iter().filter(|(_, there)| *there);
        let mut versions: Vec<String> = peers
            .filter_map(|(name, _)| capture(command(name).arg("--version")).ok())
            .filter_map(|text| Some(text.lines().next()?.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        versions
            .extend(self.c_program.iter().map(|program| format!("librsync.so.2 of {}", program.librsync)));
        if let Some(version) = locked("fast_rsync") {
            versions.push(format!("fast_rsync {version}, its inputs mapped"));
        }
        versions
    }
}

fn find(name: &str) -> Result<(), String> {
    if works(name, &["--version"]) {
        return Ok(());
    }
    if !works("apt-get", &["--version"]) {
        return Err("it is not installed, and there is no apt-get".into());
    }
    // Without the right to install this fails, and says so.
    capture(command("apt-get").args(["install", "--yes", "--quiet", name]))?;
    if works(name, &["--version"]) { Ok(()) } else { Err("it does not run".into()) }
}

fn locked(package: &str) -> Option<String> {
    let lock = std::fs::read_to_string(repo().join("Cargo.lock")).ok()?;
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(rest.split_once('"')?.0.to_owned())
}
