//! What a process costs that has next to nothing to do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::measure::{Lane, Rounds, race, settle};
use super::pair::Operation;
use super::runner::{Block, Files, Runner, Strong, Who};
use super::tools::Tools;

/// Each operation on a file of 1 KiB, and who did it.
pub(super) struct SmallWork {
    pub(super) operation: Operation,
    pub(super) lanes: Vec<Lane>,
}

const ROUNDS: Rounds = Rounds { least: 101, most: 101, time: Duration::ZERO };

pub(super) fn measure(tools: &Tools, work: &Path) -> Result<Vec<SmallWork>, String> {
    let files = Files { old: work.join("old"), new: work.join("new"), work: work.to_owned() };
    let text = "the quick brown fox jumps over the lazy dog, ".repeat(23);
    let write = |path: &Path, text: &str| {
        fs::write(path, &text[..1024]).map_err(|e| format!("{}: {e}", path.display()))
    };
    write(&files.old, &text)?;
    write(&files.new, &text.replace("fox", "cat"))?;

    let (strong, block) = (Strong::Blake2, Block::Default);
    let mut who = vec![Who::Ours, Who::Rollsync];
    who.extend(tools.real_rdiff.then_some(Who::Rdiff));
    settle()?;
    let mut operations = Vec::new();
    for operation in [Operation::Signature, Operation::Delta, Operation::Patch] {
        let runner = |who| match operation {
            Operation::Signature => Runner::signature(tools, &files, who, strong, block, 0),
            Operation::Delta => Runner::delta(tools, &files, who, strong, block),
            _ => Runner::patch(tools, &files, who, strong, block),
        };
        let runners: Vec<Runner> = who.iter().map(|who| runner(*who)).collect();
        operations.push(SmallWork { operation, lanes: race(&tools.measure, &runners, ROUNDS)? });
    }
    Ok(operations)
}
