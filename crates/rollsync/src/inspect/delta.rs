//! A delta, read without its basis.

use super::DeltaSummary;
use rollsync_core::{
    CommandStats, DeltaPart, LimitError, LimitKind, Limits, PatchError,
    format::{Command, CommandDecoder},
};

/// Counts the commands of a delta, whose magic is read.
#[derive(Debug)]
pub(super) struct DeltaReader {
    limits: Limits,
    state: State,
    summary: DeltaSummary,
}

#[derive(Debug)]
enum State {
    Command(CommandDecoder),
    Literal { left: u64 },
    Ended,
}

impl DeltaReader {
    pub(super) fn new(limits: Limits) -> Self {
        let summary = DeltaSummary { len: 4, ..DeltaSummary::default() };
        Self { limits, state: State::Command(CommandDecoder::new()), summary }
    }

    pub(super) const fn summary(&self) -> DeltaSummary {
        self.summary
    }

    /// Takes all of `bytes`; whether it needs more.
    pub(super) fn advance(&mut self, bytes: &mut &[u8], last: bool) -> Result<bool, PatchError> {
        loop {
            match &mut self.state {
                State::Command(decoder) => {
                    let (begun, held) = (self.summary.len - decoder.held() as u64, bytes.len());
                    let decoded = decoder.decode(bytes);
                    self.summary.len += (held - bytes.len()) as u64;
                    match decoded {
                        Ok(Some(command)) => self.accept(command, begun)?,
                        Ok(None) if decoder.held() == 0 => return self.more(last, DeltaPart::Opcode),
                        Ok(None) => return self.more(last, DeltaPart::Parameters),
                        Err(error) => return Err(PatchError::Command { offset: begun, error }),
                    }
                }
                State::Literal { left: 0 } => self.state = State::Command(CommandDecoder::new()),
                State::Literal { left } => {
                    let taken = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                    *bytes = &bytes[taken..];
                    *left -= taken as u64;
                    self.summary.len += taken as u64;
                    if *left > 0 {
                        return self.more(last, DeltaPart::Literal);
                    }
                }
                State::Ended => {
                    self.summary.trailing += std::mem::take(bytes).len() as u64;
                    return Ok(!last);
                }
            }
        }
    }

    fn accept(&mut self, command: Command, begun: u64) -> Result<(), PatchError> {
        let summary = &mut self.summary;
        let command_bytes = summary.len - begun;
        let mut count = |stats: &mut CommandStats, longest: &mut u64, len: u64| {
            stats.commands += 1;
            stats.bytes = stats.bytes.saturating_add(len);
            stats.command_bytes += command_bytes;
            *longest = len.max(*longest);
            summary.new_len = summary.new_len.saturating_add(len);
            let limit = self.limits.output.unwrap_or(u64::MAX);
            if summary.new_len > limit {
                let needed = summary.new_len;
                return Err(PatchError::Limit(LimitError { kind: LimitKind::Output, limit, needed }));
            }
            Ok(())
        };
        self.state = match command {
            Command::Literal { len } => {
                count(&mut summary.literal, &mut summary.longest_literal, len)?;
                State::Literal { left: len }
            }
            Command::Copy { offset, len } => {
                count(&mut summary.copy, &mut summary.longest_copy, len)?;
                // Both are below 2⁶³.
                summary.basis_len_min = summary.basis_len_min.max(offset + len);
                State::Command(CommandDecoder::new())
            }
            Command::End => State::Ended,
        };
        Ok(())
    }

    const fn more(&self, last: bool, part: DeltaPart) -> Result<bool, PatchError> {
        if last { Err(PatchError::InputEnded { offset: self.summary.len, part }) } else { Ok(true) }
    }
}
