//! The rsync algorithm in five steps, in plain Rust, for those who want to see how it works.
//!
//! Somebody has an old file, somebody else has a new one. The sums of the old file's blocks, some bytes each, are
//! enough to find out which of its blocks are in the new file, wherever they now stand; only the rest has to be sent.
//!
//! At the end `rollsync` itself does the same, and finds as much.
//!
//! `cargo run --example five_steps`

use rollsync::{BlockLen, Options, delta, index_basis};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const BLOCK: usize = 16;

/// By weak sum, and then by strong sum: which block it is.
type Sums = HashMap<(usize, usize), HashMap<[u8; 32], usize>>;

enum Command {
    Copy { block: usize },
    Literal(u8),
}

fn main() -> Result<(), rollsync::Error> {
    let old: Vec<u8> = (0..3200_u32).map(|i| (i * i / 7).to_le_bytes()[0]).collect();
    let new = [&old[900..], b"something new between", &old[100..800]].concat();

    let sums = sign(&old);
    let commands = search(&sums, &new);
    assert!(rebuild(&old, &commands) == new);

    let literals = commands.iter().filter(|command| matches!(command, Command::Literal(_))).count();
    let copied = (commands.len() - literals) * BLOCK;
    println!("{} bytes old, {} bytes new", old.len(), new.len());
    println!("by hand:  {copied} bytes are copied, {literals} are sent");

    let options = &mut Options::new().block_len(BlockLen::new(BLOCK as u64)?);
    let stats = delta(&index_basis(&old[..], None, options)?, &new[..], None, std::io::sink(), options)?;
    println!("rollsync: {} bytes are copied, {} are sent", stats.copy.bytes, stats.literal.bytes);
    assert_eq!((stats.copy.bytes, stats.literal.bytes), (copied as u64, literals as u64));
    Ok(())
}

// Thirty lines of code from here on.

// Step 1: who has the old file splits it into blocks.
// Step 2: each gets a weak sum, which is quick to move along by a byte, and a strong one, which is hard to mistake.
fn sign(old: &[u8]) -> Sums {
    let mut sums = Sums::new();
    for (block, bytes) in old.chunks_exact(BLOCK).enumerate() {
        sums.entry(weak(bytes)).or_default().entry(Sha256::digest(bytes).into()).or_insert(block);
    }
    sums
}

/// The sum of the bytes, and the sum of that sum as it grew.
fn weak(bytes: &[u8]) -> (usize, usize) {
    bytes.iter().fold((0, 0), |(a, b), &byte| (a + usize::from(byte), b + a + usize::from(byte)))
}

// Step 3: who has the new file moves a window over it, a byte at a time, and looks its weak sum up.
// Step 4: where a block has that, the strong sum decides. A match is a copy, and the window goes on behind it; else its
// first byte is sent as it is.
fn search(sums: &Sums, new: &[u8]) -> Vec<Command> {
    let (mut commands, mut at, mut rolled) = (Vec::new(), 0, None);
    while let Some(window) = new.get(at..at + BLOCK) {
        let (a, b) = rolled.unwrap_or_else(|| weak(window));
        let found = sums.get(&(a, b)).and_then(|blocks| blocks.get(&Sha256::digest(window)[..]));
        if let Some(&block) = found {
            commands.push(Command::Copy { block });
            (at, rolled) = (at + BLOCK, None);
        } else {
            commands.push(Command::Literal(window[0]));
            let [gone, come] = [window[0], new.get(at + BLOCK).copied().unwrap_or(0)].map(usize::from);
            let a = a - gone + come;
            (at, rolled) = (at + 1, Some((a, b - BLOCK * gone + a)));
        }
    }
    commands.extend(new[at..].iter().map(|&byte| Command::Literal(byte)));
    commands
}

// Step 5: who has the old file copies the blocks that are named, and puts what was sent between them.
fn rebuild(old: &[u8], commands: &[Command]) -> Vec<u8> {
    let bytes = commands.iter().map(|command| match command {
        Command::Copy { block } => &old[block * BLOCK..][..BLOCK],
        Command::Literal(byte) => std::slice::from_ref(byte),
    });
    bytes.collect::<Vec<_>>().concat()
}
