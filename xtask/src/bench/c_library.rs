//! One C program on two libraries: our `librsync.so.2`, and the one that is installed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::measure::{Lane, Rounds, race, race_and_remove};
use super::pair::{Operation, Race, same_bytes};
use super::runner::{Block, Files, Runner, Strong, Who, with, words};
use super::table::Table;
use super::tools::Tools;
use crate::process::{capture, cargo, check, command, repo, target_folder, works};

/// The pairs on which it is measured: much alike, equal, unlike.
pub(super) const PAIRS: [&str; 3] = ["a-srctar", "e-same", "f-unrelated"];

pub(super) const HOW: &str = "\
C programs: `bench/c/whole-files.c`, which calls `rs_sig_file`, `rs_loadsig_file`, `rs_build_hash_table`, `rs_delta_file` and
`rs_patch_file`, is built once and runs on our library by `LD_LIBRARY_PATH`, and without that on the installed one. Ours has
one thread and `ROLLSYNC_PROFILE=librsync-2.3.2`; all outputs are equal byte for byte.";

/// The program, and where it finds our library.
pub(super) struct CProgram {
    program: PathBuf,
    ours: PathBuf,
    /// What the installed library calls itself.
    pub(super) librsync: String,
}

impl CProgram {
    /// Builds both; the inner error says what the machine lacks.
    pub(super) fn build() -> Result<Result<Self, String>, String> {
        if !works("cc", &["--version"]) {
            return Ok(Err("no C compiler".into()));
        }
        // Alone: the compiler optimises across crates only when no Rust library is asked for beside.
        let library =
            ["rustc", "--quiet", "--release", "-p", "librsync-abi", "--lib", "--crate-type", "cdylib"];
        check(cargo().args(library))?;
        let ours = target_folder().join("bench-librsync");
        let built = fs::canonicalize(target_folder().join("release/librsync.so"));
        let placed = built.and_then(|library| {
            let _ = fs::remove_dir_all(&ours);
            fs::create_dir_all(&ours)?;
            ["librsync.so", "librsync.so.2"].iter().try_for_each(|name| symlink(&library, ours.join(name)))
        });
        placed.map_err(|error| format!("{}: {error}", ours.display()))?;
        let program = ours.join("whole-files");
        let mut cc = command("cc");
        cc.args(["-O2", "-I"]).arg(repo().join("crates/librsync-abi/include"));
        cc.arg(repo().join("bench/c/whole-files.c"))
            .arg("-o")
            .arg(&program)
            .arg("-L")
            .arg(&ours)
            .arg("-lrsync");
        check(&mut cc)?;
        let said = capture(command(&program).arg("version").env("LD_LIBRARY_PATH", &ours))?;
        if said.trim() != "librsync 2.3.4" {
            return Err(format!("the C program on our library says {said}"));
        }
        match capture(command(&program).arg("version").env_remove("LD_LIBRARY_PATH")) {
            Ok(said) => Ok(Ok(Self { program, ours, librsync: said.trim().to_owned() })),
            Err(why) => Ok(Err(format!("no librsync.so.2 is installed: {why}"))),
        }
    }

    fn runner(&self, who: Who, step: &[&str], files: &[&Path], output: PathBuf) -> Runner {
        let step = with(words(&self.program, step), files);
        let library = (who == Who::OursInC).then(|| self.ours.clone());
        Runner { library, ..Runner::new(who, vec![step], vec![output]) }
    }
}

/// Races on one pair; `lens` are the lengths of both files.
pub(super) fn measure(
    tools: &Tools,
    program: &CProgram,
    files: &Files,
    [old_len, new_len]: [u64; 2],
    rounds: Rounds,
) -> Result<Vec<Race>, String> {
    let block = Block::TwoKib;
    let both = [Who::OursInC, Who::LibrsyncInC];
    let mut races = Vec::new();
    for (strong, magic) in [(Strong::Blake2, "72730147"), (Strong::Md4, "72730146")] {
        let place = |who, kind| files.output(who, kind, strong, block);
        let signatures = both.map(|who| {
            let output = place(who, "sig");
            let step = ["signature", magic, "2048"];
            program.runner(who, &step, &[&files.old, &output], output.clone())
        });
        let deltas = both.map(|who| {
            let (sums, output) = (place(who, "sig"), place(who, "delta"));
            program.runner(who, &["delta"], &[&sums, &files.new, &output], output.clone())
        });
        for (operation, bytes, kind, runners) in
            [(Operation::Signature, old_len, "sig", signatures), (Operation::Delta, new_len, "delta", deltas)]
        {
            let lanes = race(&tools.measure, &runners, rounds)?;
            equal(&place(both[0], kind), &place(both[1], kind))?;
            races.push(Race { operation, strong, block, bytes, lanes });
        }
    }
    let strong = Strong::Blake2;
    let patches = both.map(|who| {
        let [delta, output] = ["delta", "new"].map(|kind| files.output(who, kind, strong, block));
        program.runner(who, &["patch"], &[&files.old, &delta, &output], output.clone())
    });
    let lanes = race_and_remove(&tools.measure, &patches, rounds, |output| equal(output, &files.new))?;
    races.push(Race { operation: Operation::Patch, strong, block, bytes: new_len, lanes });
    Ok(races)
}

fn equal(a: &Path, b: &Path) -> Result<(), String> {
    match same_bytes(a, b) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{} differs from {}", a.display(), b.display())),
        Err(error) => Err(format!("{}: {error}", a.display())),
    }
}

/// `measured` has the name of the pair.
pub(super) fn table<'a>(measured: impl Iterator<Item = (&'a str, &'a Race)>) -> Table {
    let header =
        ["pair", "operation", "strong sum", "librsync, MB/s", "ours", "times faster", "by wall time"];
    let mut table = Table::new("C programs: the same one on both libraries (2 KiB blocks)", &header);
    for (pair, race) in measured {
        let (Some(ours), Some(theirs)) = (race.lane(Who::OursInC), race.lane(Who::LibrsyncInC)) else {
            continue;
        };
        let speed =
            |lane: &Lane| format!("{:.0}", race.bytes as f64 / 1e6 / lane.median(|sample| sample.cpu));
        let times = ours.ratio(theirs, |sample| sample.cpu);
        table.row(vec![
            pair.into(),
            race.operation.name().into(),
            race.strong.name().into(),
            speed(theirs),
            speed(ours),
            format!("{:.2} ({:.2}-{:.2})", times.median, times.low, times.high),
            format!("{:.2}", ours.ratio(theirs, |sample| sample.wall).median),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::measure::{Lane, Sample};
    use super::{Block, Operation, Race, Strong, Who, table};

    #[test]
    fn ours_is_counted_beside_the_installed_one() {
        let lane = |who, cpu| Lane { who, samples: vec![Sample { wall: 2.0 * cpu, cpu, rss: 0.0 }] };
        let lanes = vec![lane(Who::OursInC, 0.5), lane(Who::LibrsyncInC, 2.0)];
        let race = Race {
            operation: Operation::Patch,
            strong: Strong::Md4,
            block: Block::TwoKib,
            bytes: 3_000_000,
            lanes,
        };
        let text = table([("p", &race)].into_iter()).markdown();
        let cells: Vec<&str> =
            text.lines().last().expect("a row").trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells, ["p", "patch", "MD4", "2", "6", "4.00 (4.00-4.00)", "4.00"]);
    }
}
