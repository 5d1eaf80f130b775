//! Cutting literals when there is nothing to search.

use super::EmptyBasis;
use crate::Command;

/// Decides how long the literals are; moves no byte itself.
#[derive(Clone, Debug)]
pub(super) struct Cutter {
    rule: EmptyBasis,
    replay: Replay,
}

/// What the cutter wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// More input held, or its end.
    Hold,
    /// A literal's head, of so many bytes.
    Literal(usize),
    /// So many bytes of the literal sent.
    Send(usize),
    /// The end.
    End,
}

impl Cutter {
    pub(super) const fn new(rule: EmptyBasis) -> Self {
        Self { rule, replay: Replay::new() }
    }

    /// The most bytes that it wants held; `usize::MAX` for "whatever is offered".
    pub(super) const fn capacity(&self) -> usize {
        match self.rule {
            EmptyBasis::Cut(len) => len.get(),
            EmptyBasis::Buffers { input, .. } => input.get(),
            EmptyBasis::AsOffered => usize::MAX,
        }
    }

    /// The next thing to do, when `held` bytes are held and the input `ended` behind them.
    pub(super) fn next(&mut self, held: usize, ended: bool) -> Cut {
        match self.rule {
            EmptyBasis::Buffers { input, output } => self.replay.next(held, ended, input.get(), output.get()),
            EmptyBasis::Cut(_) | EmptyBasis::AsOffered if self.replay.unsent > 0 => {
                Cut::Send(core::mem::take(&mut self.replay.unsent))
            }
            EmptyBasis::Cut(len) if held < len.get() && !ended => Cut::Hold,
            EmptyBasis::AsOffered if held == 0 && !ended => Cut::Hold,
            _ if held > 0 => {
                self.replay.unsent = held;
                Cut::Literal(held)
            }
            _ => Cut::End,
        }
    }
}

/// librsync's loop since 2.3.3, as far as it decides where literals are cut:
///
/// ```text
/// held = 0, space = 0, queued = 0                       -- no output space in the first pass
/// forever:
///     if not ended and held <= input / 2:   read until held == input; ended if nothing came
///     repeat: move min(queued, space) of the commands;  if any is left: stop
///             move min(unsent, held, space) of the literal;  if any is left: stop
///             not started:  queue the 4 bytes of the magic
///             held > 0:     queue a literal of all that is held
///             ended:        the end
///             else:         stop
///     space = output
/// ```
#[derive(Clone, Debug)]
struct Replay {
    /// Command bytes that the loop has not yet written.
    queued: usize,
    /// Bytes of the literal that it has not yet written.
    unsent: usize,
    /// Free bytes of its output buffer.
    space: usize,
    started: bool,
    /// A read came back with nothing.
    saw_end: bool,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// At the top of the loop.
    Fill,
    /// Reading; so many bytes were held before.
    Reading { before: usize },
    /// Inside the inner loop.
    Step,
}

impl Replay {
    const fn new() -> Self {
        Self { queued: 0, unsent: 0, space: 0, started: false, saw_end: false, phase: Phase::Fill }
    }

    fn next(&mut self, held: usize, ended: bool, input: usize, output: usize) -> Cut {
        loop {
            match self.phase {
                Phase::Fill if !self.saw_end && held <= input / 2 => {
                    self.phase = Phase::Reading { before: held }
                }
                Phase::Fill => self.phase = Phase::Step,
                Phase::Reading { .. } if held < input && !ended => return Cut::Hold,
                Phase::Reading { before } => {
                    self.saw_end = held == before;
                    self.phase = Phase::Step;
                }
                Phase::Step => {
                    let moved = self.queued.min(self.space);
                    self.queued -= moved;
                    self.space -= moved;
                    if self.queued == 0 {
                        let sent = self.unsent.min(held).min(self.space);
                        self.unsent -= sent;
                        self.space -= sent;
                        if sent > 0 {
                            return Cut::Send(sent);
                        }
                        if self.unsent == 0 {
                            if !self.started {
                                self.started = true;
                                self.queued = 4;
                                continue;
                            }
                            if held > 0 {
                                self.unsent = held;
                                let mut head = [0; Command::MAX_ENCODED_LEN];
                                self.queued = Command::Literal { len: held as u64 }.encode(&mut head);
                                return Cut::Literal(held);
                            }
                            if self.saw_end {
                                return Cut::End;
                            }
                        }
                    }
                    self.space = output;
                    self.phase = Phase::Fill;
                }
            }
        }
    }
}
