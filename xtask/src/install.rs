//! `cargo xtask install`: both programs and the C library, where a system looks for them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::commands::{self, LibC, PROGRAMS};
use crate::parts::Report;
use crate::process::{cargo, check, repo, target_folder, works};

#[cfg(test)]
mod cargo_c;
mod check;

/// The release of librsync that the library stands in for.
const LIBRSYNC: &str = "2.3.4";
/// The name by which programs load it.
const SONAME: &str = "librsync.so.2";
const DESCRIPTION: &str = "Remote delta-compression library (rollsync's)";
/// The interface in C.
const HEADERS: [&str; 3] = ["librsync.h", "librsync_export.h", "rollsync.h"];

const USAGE: &str = "usage: cargo xtask install --prefix DIR [--libdir DIR] [--destdir DIR] [--profile NAME] \
                     [--shared-libc] [--check]";

/// Installs into a folder below the target folder, built as the tests are, and tries it.
pub(crate) fn test() -> Result<Report, String> {
    if !works("pkg-config", &["--version"]) {
        let skipped = "no pkg-config: the C library is not tried as it is installed".to_owned();
        return Ok(Report { skipped: vec![skipped] });
    }
    let stage = target_folder().join("install-test");
    let destdir = format!("--destdir={}", stage.display());
    run(&["--prefix=/usr", &destdir, "--profile=dev", "--check"]).map(|()| Report::default())
}

/// Builds and installs.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let places = Places::read(words)?;
    let (programs, libc) = commands::build(&places.profile, places.libc)?;
    if libc != places.libc {
        println!("the programs are built {libc}: {} is not to be had here", places.libc);
    }
    let built = commands::folder(&places.profile);
    let profile = ["--profile", &places.profile];
    // One kind at a time: the compiler optimises across crates only when no Rust library is asked for beside.
    check(cargo().args(["rustc", "-p", "librsync-abi", "--lib", "--crate-type", "cdylib"]).args(profile))?;
    // The compiler says in this file what else a program needs that is linked with the archive.
    let needs = target_folder().join(format!("{}-static-libraries", places.profile));
    let mut archive = cargo();
    archive.args(["rustc", "-p", "librsync-abi", "--lib", "--crate-type", "staticlib"]).args(profile);
    check(archive.arg("--").arg(format!("--print=native-static-libs={}", needs.display())))?;
    let needs = fs::read_to_string(&needs).map_err(|error| format!("{}: {error}", needs.display()))?;

    for name in PROGRAMS {
        places.file(&programs.join(name), &places.prefix.join("bin").join(name), 0o755)?;
    }
    let real = format!("librsync.so.{LIBRSYNC}");
    places.file(&built.join("librsync.so"), &places.libdir.join(&real), 0o755)?;
    for name in [SONAME, "librsync.so"] {
        places.link(&real, &places.libdir.join(name))?;
    }
    places.file(&built.join("librsync.a"), &places.libdir.join("librsync.a"), 0o644)?;
    for name in HEADERS {
        let header = repo().join("crates/librsync-abi/include").join(name);
        places.file(&header, &places.prefix.join("include").join(name), 0o644)?;
    }
    places.text(&places.pkg_config(&needs), &places.libdir.join("pkgconfig/librsync.pc"))?;
    if places.check { check::run(&places, libc) } else { Ok(()) }
}

/// Where things go, as the finished system will see them.
#[derive(Debug, PartialEq, Eq)]
struct Places {
    prefix: PathBuf,
    libdir: PathBuf,
    /// What stands before all of it now.
    destdir: Option<PathBuf>,
    profile: String,
    /// Where the programs are to have libc.
    libc: LibC,
    /// Whether what was installed is tried.
    check: bool,
}

impl Places {
    fn read(words: &[&str]) -> Result<Self, String> {
        let (mut prefix, mut libdir, mut destdir, mut profile) = (None, None, None, "release");
        let mut words = words.iter();
        let (mut libc, mut check) = (LibC::Within, false);
        while let Some(word) = words.next() {
            match *word {
                "--check" => {
                    check = true;
                    continue;
                }
                "--shared-libc" => {
                    libc = LibC::Shared;
                    continue;
                }
                _ => {}
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, value),
                None => (*word, *words.next().ok_or(USAGE)?),
            };
            match name {
                "--prefix" => prefix = Some(PathBuf::from(value)),
                "--libdir" => libdir = Some(PathBuf::from(value)),
                "--destdir" => destdir = Some(PathBuf::from(value)),
                "--profile" => profile = value,
                _ => return Err(USAGE.into()),
            }
        }
        let prefix = prefix.ok_or(USAGE)?;
        // The file for pkg-config names it, wherever that is read.
        if !prefix.is_absolute() {
            return Err(format!("--prefix {}: not an absolute path", prefix.display()));
        }
        let libdir = prefix.join(libdir.unwrap_or_else(|| "lib".into()));
        Ok(Self { prefix, libdir, destdir, profile: profile.to_owned(), libc, check })
    }

    /// Where a place of the finished system lies now.
    fn staged(&self, place: &Path) -> PathBuf {
        match &self.destdir {
            Some(destdir) => destdir.join(place.strip_prefix("/").unwrap_or(place)),
            None => place.to_owned(),
        }
    }

    /// Copies a file, under another name first: a program that has the old one open keeps it.
    fn file(&self, from: &Path, to: &Path, mode: u32) -> Result<(), String> {
        self.put(to, |new| {
            fs::copy(from, new)?;
            fs::set_permissions(new, fs::Permissions::from_mode(mode))
        })
    }

    fn link(&self, target: &str, at: &Path) -> Result<(), String> {
        self.put(at, |new| symlink(target, new))
    }

    fn text(&self, text: &str, to: &Path) -> Result<(), String> {
        self.put(to, |new| {
            fs::write(new, text)?;
            fs::set_permissions(new, fs::Permissions::from_mode(0o644))
        })
    }

    fn put(&self, to: &Path, make: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), String> {
        let to = self.staged(to);
        let new = to.with_file_name(format!(".{}.new", to.file_name().unwrap_or_default().to_string_lossy()));
        let folder = to.parent().unwrap_or(&to);
        let _ = fs::remove_file(&new);
        let made = fs::create_dir_all(folder).and_then(|()| make(&new)).and_then(|()| fs::rename(&new, &to));
        made.map_err(|error| format!("{}: {error}", to.display()))?;
        println!("{}", to.display());
        Ok(())
    }

    fn pkg_config(&self, static_libraries: &str) -> String {
        let inside = |place: &Path| match place.strip_prefix(&self.prefix) {
            Ok(rest) => format!("${{prefix}}/{}", rest.display()),
            Err(_) => place.display().to_string(),
        };
        format!(
            "prefix={}\nlibdir={}\nincludedir=${{prefix}}/include\n\n\
             Name: librsync\nDescription: {DESCRIPTION}\n\
             URL: https://github.com/rollsync/rollsync\nVersion: {LIBRSYNC}\n\
             Libs: -L${{libdir}} -lrsync\nLibs.private: {}\nCflags: -I${{includedir}}\n",
            self.prefix.display(),
            inside(&self.libdir),
            static_libraries.trim(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_package() {
        let words = ["--prefix=/usr", "--libdir", "lib/x86_64-linux-gnu", "--destdir", "/tmp/stage"];
        let places = Places::read(&words).expect("they are right");
        let header = places.prefix.join("include/librsync.h");
        assert_eq!(places.staged(&header), Path::new("/tmp/stage/usr/include/librsync.h"));
        assert_eq!((places.libc, places.check), (LibC::Within, false));
        let pc = places.pkg_config(" -lm -lc\n");
        for line in [
            "prefix=/usr",
            "libdir=${prefix}/lib/x86_64-linux-gnu",
            "Version: 2.3.4",
            "Libs.private: -lm -lc",
        ] {
            assert!(pc.lines().any(|found| found == line), "{line}: {pc}");
        }
        let words = ["--prefix", "/usr", "--shared-libc", "--libdir", "/lib64", "--check"];
        let outside = Places::read(&words).expect("they are right");
        assert_eq!((outside.libc, outside.check), (LibC::Shared, true));
        assert!(outside.pkg_config("").contains("libdir=/lib64\n"));
    }

    #[test]
    fn what_is_not_said_right() {
        for words in [&["--libdir", "lib"][..], &["--prefix"], &["--prefix", "usr"], &["--root", "/"]] {
            assert!(Places::read(words).is_err(), "{words:?}");
        }
    }
}
