//! What a search found ahead of its turn, step by step.

use super::scan::{Match, Search, offset_in};
use crate::SearchStats;
use alloc::vec::Vec;

/// A step of a search: some misses, and perhaps blocks that follow one another.
#[derive(Clone, Copy, Debug)]
struct Event {
    /// The position at which it began.
    position: u64,
    misses: usize,
    blocks: Option<Match>,
    /// What the search's budget had spent of the position's segment.
    spent: u64,
    /// What the search counted in the misses and at the first block.
    counted: SearchStats,
    /// What the window of the first block was compared with.
    own: Own,
    /// Where [`Events`] say with how many keys the windows of the further blocks were compared.
    further: usize,
}

/// What the window of a block was compared with, and not those before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Own {
    pub(super) weak_compares: u64,
    pub(super) strong_compares: u64,
}

/// What is to be taken of an event at a position inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) misses: usize,
    pub(super) blocks: Option<Match>,
    /// What the other search had spent of the position's segment.
    pub(super) spent: u64,
    /// What a search from the position on counts.
    pub(super) counted: SearchStats,
}

impl Taken {
    /// How many bytes of the new file it is about.
    pub(super) const fn len(&self) -> usize {
        len(self.misses, self.blocks)
    }
}

const fn len(misses: usize, blocks: Option<Match>) -> usize {
    match blocks {
        Some(blocks) => misses + blocks.bytes(),
        None => misses,
    }
}

impl Event {
    /// The first position behind it.
    const fn end(&self) -> u64 {
        self.position + len(self.misses, self.blocks) as u64
    }

    /// Adds the step behind it, if there are no blocks in between and few misses.
    fn grow(&mut self, step: &Self) -> bool {
        let misses = self.misses + step.misses;
        let grows = self.blocks.is_none() && misses <= MERGED_MAX;
        if grows {
            debug_assert_eq!(self.end(), step.position, "steps follow one another");
            let Self { position, spent, mut counted, .. } = *self;
            counted.add(&step.counted);
            *self = Self { position, spent, counted, misses, ..*step };
        }
        grows
    }
}

/// Steps are one event up to so many misses: a search that comes to one of them may have to search the rest itself.
const MERGED_MAX: usize = 8 << 10;

/// What a search is good for that has been at some positions.
pub(super) enum Use {
    /// It ends before.
    Nothing,
    /// It has been there too.
    Take(Taken),
    /// It has been at this later position, or it ends there.
    MeetAt(u64),
}

/// The steps of a search through a segment, in order.
///
/// A search of unlike data makes a step every thousand positions. They are put together, since another thread is to read them. Blocks
/// that follow one another are one event: there may be hundreds of them, and nothing is to be told of each but how many keys its window
/// was compared with. A search that comes to a position inside an event can take the rest of it, where it is known
/// what it would have counted from there on: at each block, and in misses at which no key was compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    events: Vec<Event>,
    /// With how many keys each block's window was compared that is not an event's first.
    weak_compares: Vec<u32>,
    /// The first event that is of use.
    next: usize,
}

impl Events {
    /// How many events there are.
    pub(super) fn count(&self) -> usize {
        self.events.len()
    }

    /// Makes room for one step more, and when there is none for as many as `expected`; whether there is memory for it.
    pub(super) fn reserve(&mut self, expected: usize) -> bool {
        let has_place =
            self.events.len() < self.events.capacity() || self.events.try_reserve(expected.max(1)).is_ok();
        has_place
            && (self.weak_compares.len() < self.weak_compares.capacity()
                || self.weak_compares.try_reserve(1).is_ok())
    }

    /// Adds what `search` found from `position` on.
    pub(super) fn push(
        &mut self,
        search: &Search,
        (position, spent): (u64, u64),
        (misses, blocks): (usize, Option<Match>),
        counted: SearchStats,
    ) {
        let own = search.own();
        let is_of_segment =
            |last: &&mut Event| search.segment_end(last.position) == search.segment_end(position);
        // Another search comes here at the first position, or behind a block that ends less than a window's length from there.
        let first = self.events.first().map_or(0, |first| first.position);
        let entered = first.saturating_add(search.window_len() as u64);
        let mut last = self.events.last_mut().filter(is_of_segment);
        if let (0, Some(next), Some(last)) = (misses, blocks, &mut last)
            && let Some(run) = &mut last.blocks
            && (next.block, next.len, own.strong_compares) == (run.block + run.count, run.len, 1)
            && next.len == search.window_len()
            && let Ok(weak_compares) = u32::try_from(own.weak_compares)
        {
            debug_assert_eq!(counted, of_blocks(1, next.len as u64, own), "a block without misses");
            run.count += 1;
            self.weak_compares.push(weak_compares);
            return;
        }
        let further = self.weak_compares.len();
        let step = Event { position, misses, blocks, spent, counted, own, further };
        if !last.is_some_and(|last| last.position >= entered && last.grow(&step)) {
            self.events.push(step);
        }
    }

    /// Goes past an event that is of no use.
    pub(super) const fn pass(&mut self) {
        self.next += 1;
    }

    /// How the search proper can use them at `position`. Of blocks that follow one another it is given those that end up to `known`,
    /// or the first of them.
    pub(super) fn at(&mut self, position: u64, known: u64) -> Use {
        while self.events.get(self.next).is_some_and(|event| event.end() <= position) {
            self.next += 1;
        }
        match self.events.get(self.next) {
            None => Use::Nothing,
            Some(event) if event.position > position => Use::MeetAt(event.position),
            Some(event) => self.inside(event, position, known),
        }
    }

    fn inside(&self, event: &Event, position: u64, known: u64) -> Use {
        let Event { misses, blocks, spent, own, counted, .. } = *event;
        let passed = offset_in(event.position, position);
        let is_whole = passed == 0;
        let misses_left = misses.saturating_sub(passed);
        let Some(run) = blocks else {
            let is_silent = counted.weak_compares == 0;
            if !is_whole && !is_silent {
                return Use::MeetAt(event.end());
            }
            let counted = if is_whole { counted } else { of_misses(misses_left) };
            return Use::Take(Taken { misses: misses_left, blocks, spent, counted });
        };
        // Blocks that lie behind.
        let behind = passed.saturating_sub(misses) / run.len;
        let is_silent = counted.weak_compares == own.weak_compares;
        if misses + behind * run.len < passed {
            return Use::MeetAt(event.position + (misses + (behind + 1) * run.len) as u64);
        } else if !is_whole && misses_left > 0 && !is_silent {
            return Use::MeetAt(event.position + misses as u64);
        }
        let arrived = offset_in(position, known.max(position)).saturating_sub(misses_left) / run.len;
        let count = (run.count - behind).min(arrived).max(1);
        let weak_compares_of = |block: usize| self.weak_compares[event.further + block - 1].into();
        let first = match behind {
            0 => own,
            block => Own { weak_compares: weak_compares_of(block), strong_compares: 1 },
        };
        let further = behind + 1..behind + count;
        let strong_compares = further.len() as u64;
        let further = Own { weak_compares: further.map(weak_compares_of).sum(), strong_compares };
        // What was hashed before: in the misses, if they are behind, and the blocks.
        let hashed = run.len as u64;
        let before = counted.hashed_bytes - hashed + behind as u64 * hashed;
        let spent = if is_whole { spent } else { spent + before };
        let mut counted = if is_whole { counted } else { of_misses(misses_left) };
        if !is_whole {
            counted.add(&of_blocks(1, hashed, first));
        }
        counted.add(&of_blocks(strong_compares, hashed, further));
        let blocks = Some(Match { block: run.block + behind, count, ..run });
        Use::Take(Taken { misses: misses_left, blocks, spent, counted })
    }
}

/// What is counted at misses without a key to compare.
fn of_misses(misses: usize) -> SearchStats {
    SearchStats { searches: misses as u64, ..SearchStats::default() }
}

/// What is counted at some blocks, of `hashed` bytes each, whose windows were compared so often.
fn of_blocks(blocks: u64, hashed: u64, own: Own) -> SearchStats {
    SearchStats {
        searches: blocks,
        matches: blocks,
        weak_compares: own.weak_compares,
        strong_compares: own.strong_compares,
        strong_sums: blocks,
        hashed_bytes: blocks * hashed,
        skipped: 0,
    }
}
