//! Reading and writing commands.
//!
//! Input: a command's numbers (8 bytes each), the longest piece (1 byte), a delta without its magic.

use crate::plan::Plan;
use rollsync_core::format::{Command, CommandDecoder, CommandError};
use rollsync_vectors::Vectors;

pub(crate) fn target(data: &[u8]) {
    let mut plan = Plan::new(data);
    let [offset, len] = [plan.number(), plan.number()].map(|number| number >> 1);
    for command in
        [Command::Copy { offset, len: len.max(1) }, Command::Literal { len: len.max(1) }, Command::End]
    {
        there_and_back(command);
    }

    let piece = usize::from(plan.byte()).max(1);
    let mut bytes = plan.rest();
    while !bytes.is_empty() {
        let (result, used) = decode(bytes, bytes.len());
        assert_eq!((result, used), decode(bytes, piece), "in pieces of {piece}");
        // A reserved opcode is refused for itself, anything else with its last byte.
        let needed = encoded_len(bytes[0]);
        assert_eq!(used, needed.min(bytes.len()));
        match result {
            Ok(Some(command)) => {
                assert!(there_and_back(command) <= used, "the smallest form is not longer");
                if let Command::Literal { len } = command {
                    let payload = usize::try_from(len).unwrap_or(usize::MAX);
                    bytes = &bytes[payload.min(bytes.len() - used)..];
                }
            }
            Ok(None) => assert!(needed > bytes.len()),
            Err(error) => {
                assert_eq!(
                    needed == 1,
                    matches!(error, CommandError::Reserved { opcode } if opcode == bytes[0])
                );
            }
        }
        bytes = &bytes[used..];
    }
}

/// How many bytes a command takes without its payload, by its opcode alone.
fn encoded_len(opcode: u8) -> usize {
    match opcode {
        0x41..=0x44 => 1 + (1 << (opcode - 0x41)),
        0x45..=0x54 => {
            let widths = opcode - 0x45;
            1 + (1 << (widths / 4)) + (1 << (widths % 4))
        }
        _ => 1,
    }
}

/// The first command, and how many bytes were taken.
fn decode(bytes: &[u8], piece: usize) -> (Result<Option<Command>, CommandError>, usize) {
    let (mut decoder, mut used) = (CommandDecoder::new(), 0);
    loop {
        let mut offered = &bytes[used..bytes.len().min(used + piece)];
        let before = offered.len();
        let result = decoder.decode(&mut offered);
        used += before - offered.len();
        if result != Ok(None) || used == bytes.len() {
            return (result, used);
        }
        assert_eq!((decoder.held(), offered.len()), (used, 0));
    }
}

/// Writes a command and reads it again, with more behind it; its length.
fn there_and_back(command: Command) -> usize {
    let mut bytes = [0xff; Command::MAX_ENCODED_LEN + 1];
    let len = command.encode(&mut bytes[..Command::MAX_ENCODED_LEN]);
    let mut exact = vec![0; len];
    assert_eq!(command.encode(&mut exact), len);
    assert_eq!(exact, bytes[..len]);
    assert_eq!(bytes[len..], [0xff; Command::MAX_ENCODED_LEN + 1][len..], "nothing else is touched");
    assert_eq!(decode(&bytes, bytes.len()), (Ok(Some(command)), len));
    len
}

pub(crate) fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let numbers = [[0; 16], [1; 16], [0xff; 16], [0x01, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]];
    let deltas = vectors.patches.iter().filter(|case| (5..600).contains(&case.delta.len()));
    deltas
        .zip(numbers.iter().cycle())
        .map(|(case, numbers)| [&numbers[..], &[3], &case.delta[4..]].concat())
        .collect()
}
