//! A delta, read without its basis.

use super::DeltaSummary;
use rollsync_core::{
    CommandReader, DELTA_MAGIC, Limits, PatchError,
    format::Command,
    seal::{FileHasher, Seal, Trailer},
};

/// Counts the commands of a delta, whose magic is read.
#[derive(Debug)]
pub(super) struct DeltaReader {
    commands: CommandReader,
    longest_copy: u64,
    longest_literal: u64,
    basis_len_min: u64,
    trailing: u64,
    /// Has seen everything up to END.
    carrier: FileHasher,
    behind: Trailer,
    seal: Option<Seal>,
}

impl DeltaReader {
    pub(super) fn new(limits: Limits) -> Self {
        let commands = CommandReader::behind_magic().with_limits(limits);
        let mut carrier = FileHasher::new();
        carrier.update(&DELTA_MAGIC.to_be_bytes());
        Self {
            commands,
            longest_copy: 0,
            longest_literal: 0,
            basis_len_min: 0,
            trailing: 0,
            carrier,
            behind: Trailer::new(),
            seal: None,
        }
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
            seal: self.seal,
        }
    }

    /// Takes all of `bytes`; whether it needs more.
    pub(super) fn advance(&mut self, bytes: &mut &[u8], last: bool) -> Result<bool, PatchError> {
        let (offered, before) = (*bytes, self.commands.offset());
        let more = self.read(bytes, last)?;
        let commands = usize::try_from(self.commands.offset() - before).unwrap_or(usize::MAX);
        let (commands, behind) = offered.split_at(commands.min(offered.len()));
        self.carrier.update(commands);
        self.trailing += behind.len() as u64;
        self.behind.take(behind);
        if !more && self.behind.looks_sealed() {
            self.seal = self.behind.judge(self.carrier.len(), Some(&self.carrier))?;
            self.trailing = 0;
        }
        Ok(more)
    }

    /// Takes the commands, and drops what is behind END.
    fn read(&mut self, bytes: &mut &[u8], last: bool) -> Result<bool, PatchError> {
        loop {
            match self.commands.read(bytes, last)? {
                Some(Command::Literal { len }) => self.longest_literal = self.longest_literal.max(len),
                Some(Command::Copy { offset, len }) => {
                    self.longest_copy = self.longest_copy.max(len);
                    // Both are below 2⁶³.
                    self.basis_len_min = self.basis_len_min.max(offset + len);
                }
                Some(Command::End) => {
                    *bytes = &[];
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
