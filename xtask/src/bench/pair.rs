//! All that is measured on one pair of files.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use super::c_library;
use super::measure::{Lane, Rounds, race, race_and_remove, run, settle};
use super::runner::{Block, Files, Runner, Strong, Who};
use super::streaming::{self, Streaming};
use super::threads;
use super::tools::Tools;
use crate::corpus::{self, Size};
use crate::process::{capture, check, command};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Signature,
    Delta,
    Patch,
    /// Signature, delta and patch.
    Whole,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Signature => "signature",
            Operation::Delta => "delta",
            Operation::Patch => "patch",
            Operation::Whole => "all three",
        }
    }
}

/// The figures of one operation in one format.
pub(super) struct Race {
    pub(super) operation: Operation,
    pub(super) strong: Strong,
    pub(super) block: Block,
    /// What speeds are counted in: bytes of the basis for a signature, of the new file otherwise.
    pub(super) bytes: u64,
    pub(super) lanes: Vec<Lane>,
}

impl Race {
    /// Adds the rounds of another race of the same runners.
    fn add(&mut self, other: Self) {
        self.lanes.iter_mut().zip(other.lanes).for_each(|(lane, other)| lane.samples.extend(other.samples));
    }

    pub(super) fn lane(&self, who: Who) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.who == who)
    }
}

/// The figures of one pair.
pub(super) struct Outcome {
    pub(super) pair: String,
    pub(super) races: Vec<Race>,
    /// Bytes that our index takes, for 2 KiB blocks and BLAKE2.
    pub(super) index_memory: f64,
    /// Ours with one thread, with two, and twice at once.
    pub(super) threads: Vec<Race>,
    /// Of some pairs.
    pub(super) streaming: Vec<Streaming>,
    /// Of some pairs: a C program on either library.
    pub(super) c_library: Vec<Race>,
}

/// What is in a pair, for those who have not read how the corpus is made.
pub(super) fn described(pair: &str) -> &'static str {
    match pair {
        "a-srctar" => "source packages, next release",
        "b-sqlite" => "SQLite database, scattered edits",
        "c-image" => "disk image, 1/64 of the pages rewritten",
        "d-log" => "log, 1 % rotated away, 5 % appended",
        "e-same" => "identical",
        "f-unrelated" => "nothing in common",
        "g-inserts" => "a few bytes inserted every 64 KiB",
        "h-zeros" => "zeros, 64 bytes set",
        "h-period" => "one line for ever, 64 edits",
        "h-dupblocks" => "16 blocks in random order, shifted",
        "h-weakcoll" => "one weak sum, every block another",
        _ => "",
    }
}

pub(super) struct Pair {
    name: String,
    files: Files,
    old_len: u64,
    new_len: u64,
}

/// More of this pair says nothing new, and takes rdiff a long time.
const UNRELATED: (&str, u64) = ("f-unrelated", 100_000_000);

impl Pair {
    pub(super) fn new(size: Size, name: &str, work: &Path) -> Result<Self, String> {
        let folder = corpus::folder(size).join(name);
        let work = work.join(name);
        let failed = |e: std::io::Error| format!("{name}: {e}");
        fs::create_dir_all(&work).map_err(failed)?;
        let (old, mut new) = (folder.join("old"), folder.join("new"));
        if name == UNRELATED.0 && fs::metadata(&new).map_err(failed)?.len() > UNRELATED.1 {
            let cut = work.join("cut");
            let mut head = File::open(&new).map_err(failed)?.take(UNRELATED.1);
            std::io::copy(&mut head, &mut File::create(&cut).map_err(failed)?).map_err(failed)?;
            new = cut;
        }
        let len = |path: &Path| fs::metadata(path).map(|it| it.len()).map_err(failed);
        let (old_len, new_len) = (len(&old)?, len(&new)?);
        Ok(Self { name: name.into(), files: Files { old, new, work }, old_len, new_len })
    }

    /// Runs every race; the outputs take disk until it is over.
    pub(super) fn measure(&self, tools: &Tools, rounds: Rounds) -> Result<Outcome, String> {
        let mut races = Vec::new();
        for strong in [Strong::Blake2, Strong::Md4] {
            for block in [Block::TwoKib, Block::Default] {
                races.push(self.signature(tools, rounds, strong, block)?);
                races.push(self.delta(tools, rounds, strong, block)?);
            }
        }
        let threads = self.threads(tools, rounds)?;
        for strong in [Strong::Blake2, Strong::Md4] {
            races.push(self.patch(tools, rounds, strong)?);
        }
        races.push(self.whole(tools, rounds)?);
        let index_memory = self.index_memory(tools)?;
        let streaming = if streaming::PAIRS.contains(&self.name.as_str()) {
            let Files { old, new, work } = &self.files;
            streaming::measure(tools, [old, new, work], rounds.least.max(streaming::ROUNDS))?
        } else {
            Vec::new()
        };
        let c_library = match &tools.c_program {
            Some(program) if c_library::PAIRS.contains(&self.name.as_str()) => {
                c_library::measure(tools, program, &self.files, [self.old_len, self.new_len], rounds)?
            }
            _ => Vec::new(),
        };
        fs::remove_dir_all(&self.files.work).map_err(|e| format!("{}: {e}", self.name))?;
        Ok(Outcome { pair: self.name.clone(), races, threads, index_memory, streaming, c_library })
    }

    fn signature(&self, tools: &Tools, rounds: Rounds, strong: Strong, block: Block) -> Result<Race, String> {
        let runner = |who, block_len| Runner::signature(tools, &self.files, who, strong, block, block_len);
        let mut runners = vec![runner(Who::Ours, 0)];
        runners.extend(tools.real_rdiff.then(|| runner(Who::Rdiff, 0)));
        if strong == Strong::Md4 {
            // The default block length is known once rdiff has used it.
            check(command(&tools.rdiff).args(["-f", "signature"]).arg(&self.files.old).arg(self.probe()))?;
            let block_len = if block == Block::TwoKib { 2048 } else { self.block_len()? };
            runners.push(runner(Who::FastRsync, block_len));
        }
        let lanes = race(&tools.measure, &runners, rounds)?;
        if tools.real_rdiff {
            let [ours, real] =
                [Who::Ours, Who::Rdiff].map(|who| self.files.output(who, "sig", strong, block));
            self.equal(&ours, &real)?;
        }
        Ok(Race { operation: Operation::Signature, strong, block, bytes: self.old_len, lanes })
    }

    fn delta(&self, tools: &Tools, rounds: Rounds, strong: Strong, block: Block) -> Result<Race, String> {
        let mut who = vec![Who::Ours];
        who.extend(tools.real_rdiff.then_some(Who::Rdiff));
        match (strong, block) {
            (Strong::Md4, _) => who.push(Who::FastRsync),
            (Strong::Blake2, Block::TwoKib) => who.push(Who::OursCompact),
            (Strong::Blake2, Block::Default) => {}
        }
        let runners: Vec<Runner> =
            who.iter().map(|who| Runner::delta(tools, &self.files, *who, strong, block)).collect();
        let lanes = race(&tools.measure, &runners, rounds)?;
        who.iter().try_for_each(|who| self.verify(tools, *who, strong, block))?;
        Ok(Race { operation: Operation::Delta, strong, block, bytes: self.new_len, lanes })
    }

    /// Races of their own: rdiff takes so long that too few rounds would be run, and those who are compared would not run one soon
    /// after another.
    fn threads(&self, tools: &Tools, rounds: Rounds) -> Result<Vec<Race>, String> {
        let race = |operation| self.race_threads(tools, rounds, operation);
        [Operation::Signature, Operation::Delta].into_iter().map(race).collect()
    }

    /// Runs those races of two threads again that have too few rounds on an idle machine.
    pub(super) fn threads_again(
        &self,
        tools: &Tools,
        rounds: Rounds,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let lacking =
            outcome.threads.iter_mut().filter(|race| threads::lacks_idle_rounds(&self.name, race, rounds));
        for race in lacking {
            println!("{}: {} with two threads again", self.name, race.operation.name());
            // A delta needs the signature.
            run(&tools.measure, &self.threads_runner(tools, Operation::Signature, Who::Ours))?;
            race.add(self.race_threads(tools, rounds, race.operation)?);
        }
        fs::remove_dir_all(&self.files.work).map_err(|e| format!("{}: {e}", self.name))
    }

    fn threads_runner(&self, tools: &Tools, operation: Operation, who: Who) -> Runner {
        let (strong, block) = (Strong::Blake2, Block::TwoKib);
        match operation {
            Operation::Signature => Runner::signature(tools, &self.files, who, strong, block, 0),
            Operation::Delta => Runner::delta(tools, &self.files, who, strong, block),
            Operation::Patch | Operation::Whole => unreachable!("threads share no patch"),
        }
    }

    /// A signature or a delta with one thread, with two, and twice at once.
    fn race_threads(&self, tools: &Tools, rounds: Rounds, operation: Operation) -> Result<Race, String> {
        let at_once = threads::rounds(rounds);
        let runner = |who| self.threads_runner(tools, operation, who);
        let runners = [runner(Who::Ours), runner(Who::OursTwoThreads), runner(Who::Ours).twice()];
        // What earlier races left to be written would take a processor in the middle of this one.
        settle()?;
        let bytes = if operation == Operation::Signature { self.old_len } else { self.new_len };
        let once = || {
            let lanes = race(&tools.measure, &runners, at_once)?;
            Ok::<_, String>(Race { operation, strong: Strong::Blake2, block: Block::TwoKib, bytes, lanes })
        };
        let mut all = once()?;
        for _ in 1..threads::RACES {
            if threads::lacks_idle_rounds(&self.name, &all, rounds) {
                all.add(once()?);
            }
        }
        let [one, two, twice] = runners;
        two.outputs.iter().chain(&twice.outputs).try_for_each(|it| self.equal(&one.outputs[0], it))?;
        Ok(all)
    }

    /// The patched file must be the new one: by who made the delta, and ours by the real rdiff as well.
    fn verify(&self, tools: &Tools, who: Who, strong: Strong, block: Block) -> Result<(), String> {
        let patch = Runner::patch(tools, &self.files, who, strong, block);
        let output = &patch.outputs[0];
        run(&tools.measure, &patch)?;
        self.equal(output, &self.files.new)?;
        if who.is_ours() && tools.real_rdiff {
            let delta = self.files.output(who, "delta", strong, block);
            check(command("rdiff").args(["-f", "patch"]).args([&self.files.old, &delta, output]))?;
            self.equal(output, &self.files.new)?;
        }
        fs::remove_file(output).map_err(|e| format!("{}: {e}", self.name))
    }

    /// Beside `fast_rsync` (MD4) a race of its own: it has whole files in memory, and whoever takes the pages next that it gave back,
    /// and a virtual machine to its host, waits for each.
    fn patch(&self, tools: &Tools, rounds: Rounds, strong: Strong) -> Result<Race, String> {
        let block = Block::TwoKib;
        let who = match strong {
            Strong::Blake2 if tools.real_rdiff => vec![Who::Ours, Who::Cp, Who::Rdiff],
            Strong::Blake2 => vec![Who::Ours, Who::Cp],
            Strong::Md4 => vec![Who::Ours, Who::FastRsync],
        };
        let runners: Vec<Runner> =
            who.iter().map(|who| Runner::patch(tools, &self.files, *who, strong, block)).collect();
        // Short, and what the system does to give new pages to a new file differs most from run to run: a virtual machine may have
        // given them back to its host, and then waits for each.
        let rounds = Rounds { least: rounds.least.max(15), most: rounds.most.max(15), ..rounds };
        let lanes = self.race_to_new(tools, &runners, rounds)?;
        Ok(Race { operation: Operation::Patch, strong, block, bytes: self.new_len, lanes })
    }

    fn whole(&self, tools: &Tools, rounds: Rounds) -> Result<Race, String> {
        let mut who = vec![Who::Ours];
        who.extend(tools.real_rdiff.then_some(Who::Rdiff));
        who.extend(tools.rsync.then_some(Who::Rsync));
        let runners: Vec<Runner> = who.iter().map(|who| Runner::whole(tools, &self.files, *who)).collect();
        let lanes = self.race_to_new(tools, &runners, rounds)?;
        let (strong, block) = (Strong::Blake2, Block::TwoKib);
        Ok(Race { operation: Operation::Whole, strong, block, bytes: self.new_len, lanes })
    }

    /// A race of runners who make the new file.
    fn race_to_new(&self, tools: &Tools, runners: &[Runner], rounds: Rounds) -> Result<Vec<Lane>, String> {
        race_and_remove(&tools.measure, runners, rounds, |output| self.equal(output, &self.files.new))
    }

    fn index_memory(&self, tools: &Tools) -> Result<f64, String> {
        let signature = self.files.output(Who::Ours, "sig", Strong::Blake2, Block::TwoKib);
        let printed = capture(command(&tools.index_memory).arg(signature))?;
        printed.trim().parse().map_err(|e| format!("bench-index-memory: {e}: {printed}"))
    }

    fn probe(&self) -> std::path::PathBuf {
        self.files.work.join("probe")
    }

    /// The second word of a signature.
    fn block_len(&self) -> Result<u32, String> {
        let mut header = [0; 8];
        File::open(self.probe())
            .and_then(|mut file| file.read_exact(&mut header))
            .map_err(|e| format!("{}: {e}", self.probe().display()))?;
        Ok(u32::from_be_bytes([header[4], header[5], header[6], header[7]]))
    }

    fn equal(&self, a: &Path, b: &Path) -> Result<(), String> {
        match same_bytes(a, b) {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("{}: {} differs from {}", self.name, a.display(), b.display())),
            Err(e) => Err(format!("{}: {e}", self.name)),
        }
    }
}

pub(super) fn same_bytes(a: &Path, b: &Path) -> std::io::Result<bool> {
    let (a, b) = (File::open(a)?, File::open(b)?);
    if a.metadata()?.len() != b.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (BufReader::new(a), BufReader::new(b));
    let (mut left, mut right) = (vec![0; 1 << 18], vec![0; 1 << 18]);
    loop {
        let read = a.read(&mut left)?;
        if read == 0 {
            return Ok(true);
        }
        b.read_exact(&mut right[..read])?;
        if left[..read] != right[..read] {
            return Ok(false);
        }
    }
}
