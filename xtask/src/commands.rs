//! Both programs, built as they are installed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, check, command, target_folder};

pub(crate) const PROGRAMS: [&str; 2] = ["rollsync", "rdiff"];

/// Where the programs find libc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LibC {
    /// In themselves: they start sooner, by about a quarter of what small work takes, and run on any Linux of their architecture.
    Within,
    /// In the system, as what cargo builds by itself.
    Shared,
}

impl fmt::Display for LibC {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Within => "with libc within",
            Self::Shared => "on the system's libc",
        })
    }
}

/// Builds them; the folder that they are in, and what came of it: without an archive of libc they cannot have it within.
pub(crate) fn build(profile: &str, libc: LibC) -> Result<(PathBuf, LibC), String> {
    let within = libc == LibC::Within && cfg!(target_os = "linux") && is_archive_there();
    for name in PROGRAMS {
        let mut build = cargo();
        build.args(["rustc", "-p", "rollsync-cli", "--profile", profile, "--bin", name]);
        if within {
            build.args(["--", "-C", "target-feature=+crt-static"]);
        }
        check(&mut build)?;
    }
    let folder = folder(profile);
    let program = folder.join(PROGRAMS[0]);
    let bytes = fs::read(&program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok((folder, libc_of(&bytes)))
}

/// Where cargo puts what it builds by a profile.
pub(crate) fn folder(profile: &str) -> PathBuf {
    target_folder().join(match profile {
        "dev" => "debug",
        profile => profile,
    })
}

fn is_archive_there() -> bool {
    // A name alone when there is none.
    let archive = capture(command("cc").arg("-print-file-name=libc.a"));
    archive.is_ok_and(|path| Path::new(path.trim()).is_absolute())
}

/// Where a program has libc: it is within if nobody is asked to load anything. What is no ELF file of 64 bits, little-endian, is
/// not looked at.
pub(crate) fn libc_of(program: &[u8]) -> LibC {
    const INTERPRETER: u64 = 3;
    let field = |at: usize, len: usize| {
        let bytes = program.get(at..at.checked_add(len)?)?;
        Some(bytes.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)))
    };
    let kinds = || {
        program.starts_with(b"\x7fELF\x02\x01").then_some(())?;
        let (at, len, count) = (field(32, 8)?, field(54, 2)?, field(56, 2)?);
        let header = |i| field(usize::try_from(at.checked_add(i * len)?).ok()?, 4);
        (0..count).map(header).collect::<Option<Vec<u64>>>()
    };
    match kinds() {
        Some(kinds) if !kinds.contains(&INTERPRETER) => LibC::Within,
        _ => LibC::Shared,
    }
}

#[cfg(test)]
mod tests {
    use super::{LibC, libc_of};

    /// A file of 64 bits, little-endian, with segments of these kinds.
    fn elf(kinds: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56 * kinds.len()];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        (bytes[32], bytes[54], bytes[56]) = (64, 56, u8::try_from(kinds.len()).expect("a few"));
        for (i, kind) in kinds.iter().enumerate() {
            bytes[64 + 56 * i] = *kind;
        }
        bytes
    }

    #[test]
    fn a_program_that_loads_nothing_has_libc_within() {
        assert_eq!(libc_of(&elf(&[6, 1, 1, 2])), LibC::Within);
        assert_eq!(libc_of(&elf(&[6, 1, 1, 3])), LibC::Shared);
        let cut = &elf(&[6, 1])[..100];
        for other in [cut, b"\x7fELF\x01\x01", b"MZ", b""] {
            assert_eq!(libc_of(other), LibC::Shared);
        }
    }

    #[test]
    fn this_one_has_not() {
        let bytes = std::env::current_exe().and_then(std::fs::read).expect("it runs");
        assert_eq!(
            libc_of(&bytes),
            if cfg!(target_feature = "crt-static") { LibC::Within } else { LibC::Shared }
        );
    }
}
