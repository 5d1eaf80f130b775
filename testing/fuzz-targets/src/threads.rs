//! Signature and delta on several threads: what one thread makes.
//!
//! Input: as for the round trip up to the empty basis; then the number of threads (1 byte) and a pair of files. Each
//! file is repeated until it has several segments.

use crate::pair::Pair;
use crate::plan::Plan;
use crate::roundtrip::{is_short, options, params};
use rollsync::{
    Drive, LoadJob, Options, StrongLenChoice, Threads, index_signature, signature, signature_from,
};
use rollsync_core::{BlockLen, DeltaJob, Limits};
use rollsync_vectors::Vectors;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

/// Two segments and a half.
const LEN: usize = 5 << 19;
/// Below this one thread makes the delta alone.
const BLOCK_LEN_MIN: u32 = 128;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let params = params(&mut plan);
    let (options, limits) = options(&mut plan);
    let threads = usize::from(plan.byte() % 3) + 2;
    let Pair { basis, new } = Pair::drawn(&mut plan, params.block_len().as_usize());
    let [basis, new] =
        [basis, new].map(|file| if file.is_empty() { file } else { file.repeat(LEN.div_ceil(file.len())) });

    let block_len =
        BlockLen::new(params.block_len().get().max(BLOCK_LEN_MIN).into()).expect("it is in range");
    let made = |threads: usize| {
        let mut options = Options::new()
            .format(params.format())
            .block_len(block_len)
            .strong_len(StrongLenChoice::Exactly(params.strong_len()))
            .threads(Threads::Exactly(NonZeroUsize::new(threads).expect("there is a thread")));
        let mut bytes = Vec::new();
        let stats = signature(&basis[..], None, &mut bytes, &mut options).expect("nothing fails");
        (bytes, stats)
    };
    let (alone, together) = (made(1), made(threads));
    assert!(alone == together, "{threads} threads make another signature");
    let (old_file, new_file) = (file_of(&basis), file_of(&new));
    let mut from_file = Vec::new();
    let mut asked = Options::new()
        .format(params.format())
        .block_len(block_len)
        .strong_len(StrongLenChoice::Exactly(params.strong_len()))
        .threads(Threads::Exactly(NonZeroUsize::new(threads).expect("there is a thread")));
    let stats = signature_from(&old_file, None, &mut from_file, &mut asked).expect("nothing fails");
    assert!(alone == (from_file, stats), "{threads} threads make another signature of a file");

    let mut load = Drive::new(LoadJob::new());
    load.run(&alone.0[..], io::sink()).expect("it is a signature");
    let mut together = Drive::new(LoadJob::new());
    together.run_with_threads_from(file_of(&alone.0), threads).expect("it is a signature");
    assert_eq!(load.stats(), together.stats(), "{threads} threads load another signature of a file");
    let [loaded, again] = [load, together].map(|load| load.into_job().into_signature().expect("it is done"));
    assert!(loaded == again, "{threads} threads load another signature of a file");
    let index = index_signature(loaded, &Limits::default(), threads).expect("there is so much memory");
    let made = |threads: usize| {
        let mut drive = Drive::new(DeltaJob::new(&index, options).with_limits(limits));
        let mut bytes = Vec::new();
        drive.run_with_threads(&new[..], &mut bytes, threads).expect("nothing fails");
        (bytes, drive.stats().clone())
    };
    let alone = made(1);
    assert!(alone == made(threads), "{threads} threads make another delta");
    let mut drive = Drive::new(DeltaJob::new(&index, options).with_limits(limits));
    let mut bytes = Vec::new();
    drive.run_with_threads_from(&new_file, &mut bytes, threads).expect("nothing fails");
    assert!(alone == (bytes, drive.stats()), "{threads} threads make another delta of a file");
}

/// A file that stands at its beginning and has no name any more.
fn file_of(bytes: &[u8]) -> File {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("rollsync-fuzz-{}-{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let path = env::temp_dir().join(name);
    let create = || {
        let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        file.write_all(bytes)?;
        file.rewind()?;
        io::Result::Ok(file)
    };
    create().expect("there is place for a temporary file")
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (i, case) in vectors.deltas.iter().filter(|case| is_short(case)).enumerate().step_by(4) {
        let number = u8::try_from(i % 256).expect("it is below 256");
        let pair = Pair::encode(&case.signature.basis, &case.new);
        seeds.push([&[number, number % 8, 0, 15, number, 0, 0, 0, number], &pair[..]].concat());
    }
    seeds
}
