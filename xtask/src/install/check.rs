//! What was installed, used as a stranger would.

use std::fs;
use std::path::Path;

use super::{LIBRSYNC, LibC, PROGRAMS, Places};
use crate::commands::libc_of;
use crate::process::{capture, check, command, repo, target_folder, works};

/// Runs both programs, with work for their threads, and builds an example in C with the flags that pkg-config gives: on the
/// shared library, and on the archive.
pub(super) fn run(places: &Places, libc: LibC) -> Result<(), String> {
    let [bin, libdir] = [&places.prefix.join("bin"), &places.libdir].map(|place| places.staged(place));
    for name in PROGRAMS {
        let program = bin.join(name);
        check(command(&program).arg("--version").stdout(std::process::Stdio::null()))?;
        let found = fs::read(&program).map(|bytes| libc_of(&bytes));
        if !found.is_ok_and(|found| found == libc) {
            return Err(format!("{}: not built {libc}", program.display()));
        }
    }
    let work = target_folder().join("install-check");
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    round_trip(&bin, &work)?;
    if !works("pkg-config", &["--version"]) {
        println!("SKIPPED: no pkg-config: the C library that was installed is not tried");
        return Ok(());
    }
    let found = pkg_config(places, &libdir, &["--modversion"])?;
    if found != [LIBRSYNC] {
        return Err(format!("pkg-config finds librsync {found:?}"));
    }
    let example = repo().join("crates/librsync-abi/examples/streaming.c");
    let cflags = pkg_config(places, &libdir, &["--cflags"])?;

    let shared = work.join("shared");
    let libs = pkg_config(places, &libdir, &["--libs"])?;
    check(command("cc").args(&cflags).arg(&example).arg("-o").arg(&shared).args(libs))?;
    check(command(&shared).env("LD_LIBRARY_PATH", &libdir))?;
    let loaded = capture(command("ldd").arg(&shared).env("LD_LIBRARY_PATH", &libdir))?;
    let expected = format!("librsync.so.2 => {}", libdir.join("librsync.so.2").display());
    if !loaded.contains(&expected) {
        return Err(format!("not the library that was installed is loaded: {loaded}"));
    }

    let archived = work.join("static");
    let needs = pkg_config(places, &libdir, &["--libs-only-l", "--libs-only-other", "--static"])?;
    let needs = needs.into_iter().filter(|flag| flag != "-lrsync");
    let mut build = command("cc");
    build.args(&cflags).arg(&example).arg("-o").arg(&archived).arg(libdir.join("librsync.a")).args(needs);
    check(&mut build)?;
    check(&mut command(&archived))
}

/// Turns one of the programs into the other, by both, with threads.
fn round_trip(bin: &Path, work: &Path) -> Result<(), String> {
    let [rollsync, rdiff] = [bin.join("rollsync"), bin.join("rdiff")];
    let [sums, delta, new] = ["sums", "delta", "new"].map(|name| work.join(name));
    let same = || check(command("cmp").args([&new, &rdiff]));
    for (action, files) in [
        ("signature", [Some(&rollsync), None, Some(&sums)]),
        ("delta", [Some(&sums), Some(&rdiff), Some(&delta)]),
        ("patch", [Some(&rollsync), Some(&delta), Some(&new)]),
    ] {
        let mut step = command(&rdiff);
        check(step.env("ROLLSYNC_THREADS", "2").args(["-f", action]).args(files.into_iter().flatten()))?;
    }
    same()?;
    let run = |words: &[&str], files: [&Path; 2], output: &Path| {
        let mut step = command(&rollsync);
        check(step.args(words).args(["--quiet", "--force", "-o"]).arg(output).args(files))
    };
    run(&["diff", "--threads=2"], [&rollsync, &rdiff], &delta)?;
    run(&["patch"], [&rollsync, &delta], &new)?;
    same()
}

fn pkg_config(places: &Places, libdir: &Path, words: &[&str]) -> Result<Vec<String>, String> {
    let mut command = command("pkg-config");
    command.args(words).arg("librsync").env("PKG_CONFIG_PATH", libdir.join("pkgconfig"));
    if let Some(destdir) = &places.destdir {
        command.env("PKG_CONFIG_SYSROOT_DIR", destdir);
    }
    Ok(capture(&mut command)?.split_whitespace().map(str::to_owned).collect())
}
