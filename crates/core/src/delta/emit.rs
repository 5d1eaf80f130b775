//! Writing the commands of a delta.

use crate::{
    Command, DELTA_MAGIC, Limits, ResourceError, SignatureIndex, Stats,
    delta::{Profile, scan::Match},
    pending::Pending,
    step::Room,
};

/// The magic, a copy and a literal's head may wait at once.
const QUEUE: usize = 4 + 2 * Command::MAX_ENCODED_LEN;

/// Turns misses and matches into commands: joins copies, cuts literals, chooses among equal blocks.
#[derive(Clone, Debug)]
pub(super) struct Emitter {
    profile: Profile,
    limits: Limits,
    queue: Pending<QUEUE>,
    /// The copy that the next match may prolong.
    copy: Option<Copy>,
    produced: u64,
}

#[derive(Clone, Copy, Debug)]
struct Copy {
    offset: u64,
    len: u64,
}

impl Copy {
    const fn end(self) -> u64 {
        self.offset + self.len
    }
}

impl Emitter {
    pub(super) fn new(profile: Profile, limits: Limits) -> Self {
        let mut queue = Pending::new();
        queue.extend(&DELTA_MAGIC.to_be_bytes());
        Self { profile, limits, queue, copy: None, produced: 4 }
    }

    /// Whether the magic, and what was written since, may be in the output.
    pub(super) fn check_output(&self) -> Result<(), ResourceError> {
        Ok(self.limits.check_output(self.produced)?)
    }

    pub(super) const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Moves commands to the output; whether all of them went.
    pub(super) fn drain(&mut self, room: &mut Room<'_, '_>) -> bool {
        self.queue.drain(room)
    }

    /// Writes the head of a literal; its bytes are the caller's to send, after the head.
    pub(super) fn literal(&mut self, len: usize, stats: &mut Stats) -> Result<(), ResourceError> {
        self.flush_copy(stats)?;
        let head = self.command(Command::Literal { len: len as u64 }, len as u64)?;
        stats.literal.count(len as u64, head);
        Ok(())
    }

    /// Takes a match; what it becomes is known with the next one.
    pub(super) fn matched(
        &mut self,
        index: &SignatureIndex,
        mut found: Match,
        stats: &mut Stats,
    ) -> Result<(), ResourceError> {
        let block_len = u64::from(index.signature().params().block_len().get());
        while let Some(copy) = &mut self.copy {
            if copy.end() == found.block as u64 * block_len {
                copy.len += found.bytes() as u64;
                return Ok(());
            }
            let is_as_good = self.profile.prefers_adjacent()
                && copy.end() % block_len == 0
                && index.are_equal(copy.end() / block_len, found.block);
            if !is_as_good {
                break;
            }
            copy.len += found.len as u64;
            if found.count == 1 {
                return Ok(());
            }
            (found.block, found.count) = (found.block + 1, found.count - 1);
        }
        self.flush_copy(stats)?;
        self.copy = Some(Copy { offset: found.block as u64 * block_len, len: found.bytes() as u64 });
        Ok(())
    }

    /// Writes END, and the last copy before it.
    pub(super) fn end(&mut self, stats: &mut Stats) -> Result<(), ResourceError> {
        self.flush_copy(stats)?;
        self.command(Command::End, 0).map(drop)
    }

    fn flush_copy(&mut self, stats: &mut Stats) -> Result<(), ResourceError> {
        if let Some(Copy { offset, len }) = self.copy.take() {
            let head = self.command(Command::Copy { offset, len }, 0)?;
            stats.copy.count(len, head);
        }
        Ok(())
    }

    /// Queues a command that `payload` bytes will follow; returns its length without them.
    fn command(&mut self, command: Command, payload: u64) -> Result<usize, ResourceError> {
        let head = self.queue.append(|free| command.encode(free));
        self.produced += head as u64 + payload;
        self.limits.check_output(self.produced)?;
        Ok(head)
    }
}
