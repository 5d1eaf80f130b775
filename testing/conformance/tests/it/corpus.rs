//! Real files through both commands, crosswise.

use std::env;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rollsync::Format;
use rollsync_conformance::{
    Buffers, Case, Missing, RealLibrsync, Release, SignatureArguments, Tool, present,
};

use crate::compare::{Drive, round};

macro_rules! pairs {
    ($($name:ident $pair:literal;)*) => {
        $(mod $name {
            #[test]
            fn through_both_commands() {
                super::through_both_commands($pair);
            }

            #[test]
            fn between_rollsync_and_the_real_rdiff() {
                super::between_rollsync_and_the_real_rdiff($pair);
            }

            #[test]
            fn beside_the_newest_release() {
                super::beside_the_newest_release($pair);
            }
        })*

        const PAIRS: &[&str] = &[$($pair),*];
    };
}

pairs! {
    source_archives "a-srctar";
    databases "b-sqlite";
    images "c-image";
    logs "d-log";
    same "e-same";
    unrelated "f-unrelated";
    insertions "g-inserts";
    equal_blocks "h-dupblocks";
    period "h-period";
    weak_collisions "h-weakcoll";
    zeros "h-zeros";
}

/// No pair of the corpus is left out.
#[test]
fn every_pair_has_a_test() {
    let Some(corpus) = present(corpus()) else { return };
    for entry in fs::read_dir(corpus).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        let is_pair = entry.path().join("new").exists();
        assert!(!is_pair || PAIRS.iter().any(|pair| name == *pair), "{name:?} has no test");
    }
}

/// Both make the same signature and the same delta, and each makes the new file of the other's.
fn through_both_commands(pair: &str) {
    let (Some(real), Some(files)) = (present(Tool::real_rdiff()), present(files(pair))) else { return };
    let ours = Tool::rdiff(Release::V2_3_2);
    let [old, new] = files.each_ref().map(|file| file.to_str().expect("the repository's path is UTF-8"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (mut our_time, mut real_time) = (Duration::ZERO, Duration::ZERO);
    let mut both = |[for_ours, for_real]: [[&str; 4]; 2]| {
        for (rdiff, arguments, time) in [(&ours, for_ours, &mut our_time), (&real, for_real, &mut real_time)]
        {
            let start = Instant::now();
            rdiff.done(folder, arguments);
            *time += start.elapsed();
        }
    };

    both([["signature", old, "sig.ours", "-f"], ["signature", old, "sig.real", "-f"]]);
    assert_equal(&folder.join("sig.ours"), &folder.join("sig.real"), pair);
    both([["delta", "sig.real", new, "delta.ours"], ["delta", "sig.ours", new, "delta.real"]]);
    assert_equal(&folder.join("delta.ours"), &folder.join("delta.real"), pair);
    both([["patch", old, "delta.real", "new.ours"], ["patch", old, "delta.ours", "new.real"]]);
    assert_equal(&folder.join("new.ours"), Path::new(new), pair);
    assert_equal(&folder.join("new.real"), Path::new(new), pair);
    println!("{pair}: ours {:.1} s, the real one {:.1} s", our_time.as_secs_f64(), real_time.as_secs_f64());
}

/// Our own command's files are good for the real one, and the other way round.
fn between_rollsync_and_the_real_rdiff(pair: &str) {
    let (Some(real), Some(files)) = (present(Tool::real_rdiff()), present(files(pair))) else { return };
    let rollsync = Tool::rollsync();
    let [old, new] = files.each_ref().map(|file| file.to_str().expect("the repository's path is UTF-8"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();

    rollsync.done(folder, ["diff", old, new, "-o", "diff", "--no-sync"]);
    real.done(folder, ["patch", old, "diff", "new.real"]);
    assert_equal(&folder.join("new.real"), Path::new(new), pair);

    rollsync.done(folder, ["signature", old, "-o", "sig", "--no-sync"]);
    real.done(folder, ["delta", "sig", new, "delta"]);
    rollsync.done(folder, ["patch", old, "delta", "-o", "new.ours", "--no-sync"]);
    assert_equal(&folder.join("new.ours"), Path::new(new), pair);
}

/// The same in memory, with the literals of the newest release.
fn beside_the_newest_release(pair: &str) {
    let (Some(real), Some(files)) = (present(RealLibrsync::of(Release::V2_3_4)), present(files(pair))) else {
        return;
    };
    let [basis, new] = files.map(|file| fs::read(file).unwrap());
    let arguments = SignatureArguments { format: Format::default(), block_len: 0, strong_len: 0 };
    let seen = round(real, &Case { basis, new, arguments }, Drive::WholeFile(Buffers::default()), pair);
    assert!(seen.is_some_and(|seen| !seen.false_match), "{pair}");
}

fn files(pair: &str) -> Result<[PathBuf; 2], Missing> {
    let files = ["old", "new"].map(|name| corpus().map(|corpus| corpus.join(pair).join(name)));
    let [old, new] = files;
    match [old?, new?] {
        files if files.iter().all(|file| file.exists()) => Ok(files),
        _ => Err(Missing(format!("the corpus has no pair {pair}"))),
    }
}

fn corpus() -> Result<PathBuf, Missing> {
    let folder = env::var_os("ROLLSYNC_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/small"), PathBuf::from);
    let folder = folder.canonicalize().unwrap_or(folder);
    if folder.is_dir() { Ok(folder) } else { Err(Missing(format!("no corpus at {}", folder.display()))) }
}

fn assert_equal(one: &Path, other: &Path, pair: &str) {
    let mut files = [one, other].map(|file| File::open(file).unwrap());
    let mut buffers = [vec![0; 1 << 18], vec![0; 1 << 18]];
    let mut offset = 0;
    loop {
        let lens = [0, 1].map(|i| fill(&mut files[i], &mut buffers[i]));
        let [of_one, of_other] = [0, 1].map(|i| &buffers[i][..lens[i]]);
        let same = of_one.iter().zip(of_other).take_while(|(one, other)| one == other).count();
        assert!(
            of_one == of_other,
            "{pair}: {} and {} differ at {}",
            one.display(),
            other.display(),
            offset + same
        );
        if lens[0] == 0 {
            return;
        }
        offset += lens[0];
    }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> usize {
    let mut len = 0;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]).unwrap() {
            0 => break,
            read => len += read,
        }
    }
    len
}
