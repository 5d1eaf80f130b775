//! A delta, read without its basis.

use super::DeltaSummary;
use rollsync_core::{CommandReader, Limits, PatchError, format::Command};

/// Counts the commands of a delta, whose magic is read.
#[derive(Debug)]
pub(super) struct DeltaReader {
    commands: CommandReader,
    longest_copy: u64,
    longest_literal: u64,
    basis_len_min: u64,
    trailing: u64,
}

impl DeltaReader {
    pub(super) fn new(limits: Limits) -> Self {
        let commands = CommandReader::behind_magic().with_limits(limits);
        Self { commands, longest_copy: 0, longest_literal: 0, basis_len_min: 0, trailing: 0 }
    }

    pub(super) const fn summary(&self) -> DeltaSummary {
        let stats = self.commands.stats();
        DeltaSummary {
            copy: stats.copy,
            literal: stats.literal,
            longest_copy: self.longest_copy,
            longest_literal: self.longest_literal,
            new_len: self.commands.new_len(),
            basis_len_min: self.basis_len_min,
            len: self.commands.offset(),
            trailing: self.trailing,
        }
    }

    /// Takes all of `bytes`; whether it needs more.
    pub(super) fn advance(&mut self, bytes: &mut &[u8], last: bool) -> Result<bool, PatchError> {
        loop {
            match self.commands.read(bytes, last)? {
                Some(Command::Literal { len }) => self.longest_literal = self.longest_literal.max(len),
                Some(Command::Copy { offset, len }) => {
                    self.longest_copy = self.longest_copy.max(len);
                    // Both are below 2⁶³.
                    self.basis_len_min = self.basis_len_min.max(offset + len);
                }
                Some(Command::End) => {
                    self.trailing += std::mem::take(bytes).len() as u64;
                    return Ok(!last);
                }
                None if bytes.is_empty() => return Ok(true),
                None => {
                    self.commands.take(bytes, usize::MAX);
                }
            }
        }
    }
}
