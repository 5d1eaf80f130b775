//! Every seed, every input kept from fuzzing and every past finding, through the targets: no fuzzing engine is needed.

use rollsync_conformance::present;
use rollsync_fuzz_targets::{ALL, Target};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

macro_rules! replayed {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )*

        /// No target is left out: here, or among the fuzzing programs.
        #[test]
        fn every_target_is_here() {
            let names = BTreeSet::from(ALL.map(|target| target.name.to_owned()));
            let here = BTreeSet::from([$(stringify!($target).to_owned()),*]);
            assert_eq!(here, names);
            let programs = files(&fuzz().join("fuzz_targets"));
            let programs = programs.iter().map(|file| file.file_stem().unwrap().to_string_lossy().into_owned());
            assert_eq!(programs.collect::<BTreeSet<_>>(), names);
            for folder in ["corpus", "findings"].map(|folder| fuzz().join(folder)) {
                for kept in files(&folder) {
                    assert!(names.contains(&*kept.file_name().unwrap().to_string_lossy()), "{}", kept.display());
                }
            }
        }
    };
}
replayed!(load patch roundtrip threads info seal command librsync_delta librsync_patch);

fn replay(name: &str) {
    let target = Target::named(name);
    if present(target.oracles()).is_none() {
        return;
    }
    let seeds = (target.seeds)(&rollsync_vectors::load());
    assert!(!seeds.is_empty());
    for (i, seed) in seeds.iter().enumerate() {
        run(target, seed, &format!("seed {i}"));
    }
    let mut kept = 0;
    for folder in ["corpus", "findings"] {
        for file in files(&fuzz().join(folder).join(name)) {
            let bytes = fs::read(&file).unwrap();
            run(target, &bytes, &file.display().to_string());
            kept += 1;
        }
    }
    let _ = writeln!(io::stdout(), "{name}: {} seeds, {kept} kept inputs", seeds.len());
}

fn run(target: Target, bytes: &[u8], label: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))) {
        let _ = writeln!(io::stdout(), "{}: {label}, {} bytes: {bytes:02x?}", target.name, bytes.len());
        resume_unwind(panic);
    }
}

/// What lies in a folder, in order; nothing when it is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// Nothing at all, and bytes of one kind, are inputs like any other.
#[test]
fn dull_inputs() {
    for target in ALL {
        if present(target.oracles()).is_none() {
            continue;
        }
        for byte in [0, 1, 3, 0x45, 0x80, 0xff] {
            for len in [0, 1, 2, 5, 13, 40, 300] {
                run(target, &vec![byte; len], &format!("{len} times {byte:#x}"));
            }
        }
    }
}
