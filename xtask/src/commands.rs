//! Both programs, built as they are installed.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, check, command, target_folder};

pub(crate) const PROGRAMS: [&str; 2] = ["rollsync", "rdiff"];

/// Where the programs find the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LibC {
    /// In themselves: they start sooner, by about a fifth of what small work takes, and run on every system of their processor's.
    Within,
    /// In the system, as what cargo builds by itself.
    Shared,
}

impl fmt::Display for LibC {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Within => "with the C library within",
            Self::Shared => "on the system's C library",
        })
    }
}

/// Builds them; the folder that they are in, and how that was possible.
pub(crate) fn build(profile: &str, libc: LibC) -> Result<(PathBuf, LibC), String> {
    let mut build = cargo();
    build.args(["build", "-p", "rollsync-cli", "--profile", profile]);
    build.args(PROGRAMS.iter().flat_map(|name| ["--bin", name]));
    let host = if libc == LibC::Within { host_with_archive()? } else { None };
    let Some(host) = host else {
        check(&mut build)?;
        return Ok((folder(&target_folder(), profile), LibC::Shared));
    };
    // For a target that is named, flags are not those of build scripts and macros, which could not be loaded then.
    build.args(["--target", &host]);
    let flags = ["-C", "target-feature=+crt-static"];
    match env::var("RUSTFLAGS") {
        // These take the place of a configuration's.
        Ok(others) => build.env("RUSTFLAGS", format!("{others} {}", flags.join(" "))),
        Err(_) => build.arg("--config").arg(format!("target.{host}.rustflags={flags:?}")),
    };
    check(&mut build)?;
    Ok((folder(&target_folder().join(host), profile), LibC::Within))
}

/// Where cargo puts what it builds by a profile, below the folder of a target.
pub(crate) fn folder(target: &Path, profile: &str) -> PathBuf {
    target.join(match profile {
        "dev" => "debug",
        profile => profile,
    })
}

/// This machine's target, if its C library is glibc and there is an archive of it. With musl programs have theirs within as
/// they are.
fn host_with_archive() -> Result<Option<String>, String> {
    let version = capture(command(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    if !host.ends_with("-linux-gnu") {
        return Ok(None);
    }
    // A name alone when there is none.
    let archive = capture(command("cc").arg("-print-file-name=libc.a"))?;
    Ok(Path::new(archive.trim()).is_absolute().then(|| host.to_owned()))
}
