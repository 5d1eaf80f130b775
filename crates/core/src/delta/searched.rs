//! Parts of a search that were done ahead of their turn.
//!
//! From a given position a search always finds the same. So a segment of the new file may be searched by somebody else,
//! from a guessed position; as soon as the search proper comes to a position that the other has been at, it takes over
//! what was found from there on. In a run of misses that is at once or soon, in a run of matches at the next boundary they share,
//! and in a file that resembles itself perhaps never: then the work was in vain, and nothing else.

use super::{
    DeltaOptions,
    budget::segment_len,
    event::{Events, Use},
    scan::{Found, Search, offset_in},
};
use crate::{Limits, SearchStats, SignatureIndex};
use core::ops::Range;

/// What a search found in a segment of the new file, to be given to a [`DeltaJob`](crate::DeltaJob) by
/// [`searched`](crate::DeltaJob::searched) before its bytes.
///
/// ```
/// use rollsync_core::{DeltaJob, DeltaOptions, Input, Job, Limits, LoadJob, Searched, SignatureIndex, SignatureJob, SignatureParams, Status};
/// # let (basis, mut signature, mut load) = ([7; 5000], [0; 2000], LoadJob::new());
/// # let made = SignatureJob::new(SignatureParams::recommended(Some(5000))).step(Input::last(&basis), &mut signature)?;
/// # load.step(Input::last(&signature[..made.produced]), &mut [])?;
/// # let index = SignatureIndex::build(load.into_signature().unwrap(), &Limits::default())?;
/// let (new, options, limits) = ([7; 9000], DeltaOptions::default(), Limits::default());
/// // On another thread, perhaps: the positions from 4000 on, in all that follows.
/// let ahead = Searched::segment(&index, options, &limits, &new[4000..], 4000, 5000, true);
/// let mut job = DeltaJob::new(&index, options);
/// job.searched(ahead);
/// let mut delta = [0; 100];
/// assert_eq!(job.step(Input::last(&new), &mut delta)?.status, Status::Done);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Searched {
    events: Events,
    /// Whether any of it was of use.
    was_used: bool,
}

impl Searched {
    /// How many positions a segment should have: so many that the blocks which reach out of it do not matter, and as the
    /// work budget counts them. A power of two, at least 1 MiB; segments should begin at its multiples.
    #[must_use]
    pub fn segment_len(index: &SignatureIndex) -> u64 {
        segment_len(index.signature().params().block_len().get().into())
    }

    /// Searches the positions `start..start + positions` of the new file. `data` holds it from `start` on, at least one
    /// block and a byte beyond the last position, or to its end, which `last` tells.
    ///
    /// `options` and `limits` must be those of the job. It stops early where the work budget would have it pass over a
    /// position: what to do there hangs on what the search proper has spent.
    #[must_use]
    pub fn segment(
        index: &SignatureIndex,
        options: DeltaOptions,
        limits: &Limits,
        data: &[u8],
        start: u64,
        positions: usize,
        last: bool,
    ) -> Self {
        let positions = start..start.saturating_add(positions as u64);
        Self::segment_while(index, options, limits, data, positions, last, &|| true)
    }

    /// The same, as long as it is to go on: what it has found by then is of use, too. That is asked every thousand positions
    /// or sooner.
    #[must_use]
    pub fn segment_while(
        index: &SignatureIndex,
        options: DeltaOptions,
        limits: &Limits,
        data: &[u8],
        positions: Range<u64>,
        last: bool,
        go_on: &dyn Fn() -> bool,
    ) -> Self {
        let mut search = SegmentSearch::new(index, options, limits);
        search.begin(positions);
        search.go_on(data, last, go_on);
        search.finish()
    }

    /// Goes past an event that is of no use.
    pub(super) const fn pass(&mut self) {
        self.events.pass();
    }

    pub(super) const fn was_used(&self) -> bool {
        self.was_used
    }

    /// How the search proper can use it at `position`, when the new file has arrived up to `known`.
    pub(super) fn at(&mut self, position: u64, known: u64) -> Use {
        self.events.at(position, known)
    }

    /// Some of it was of use.
    pub(super) const fn used(&mut self) {
        self.was_used = true;
    }
}

/// Searches segments of the new file, one after another, while they arrive.
///
/// ```
/// use rollsync_core::{DeltaOptions, Limits, SegmentSearch, Signature, SignatureIndex, SignatureParams};
/// # let signature = Signature::empty(SignatureParams::recommended(Some(0)));
/// # let index = SignatureIndex::build(signature, &Limits::default())?;
/// let (new, options, limits) = ([7; 9000], DeltaOptions::default(), Limits::default());
/// let mut search = SegmentSearch::new(&index, options, &limits);
/// search.begin(4000..9000);
/// search.go_on(&new[4000..6000], false, &|| true);
/// search.go_on(&new[4000..], true, &|| true);
/// let searched = search.finish();
/// # let _ = searched;
/// # Ok::<(), rollsync_core::ResourceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SegmentSearch<'i> {
    index: &'i SignatureIndex,
    /// None where there is nothing to be found.
    search: Option<Search>,
    positions: Range<u64>,
    /// Whether no more is to be searched.
    ended: bool,
    /// How many turns were over in the segment.
    turns: u32,
    /// What was spent before the step that waits for more of the new file or for its next turn, and what is counted in it.
    begun: Option<(u64, SearchStats)>,
    events: Events,
    /// How many the segment before had.
    expected: usize,
}

impl<'i> SegmentSearch<'i> {
    /// A search of no segment yet. `options` and `limits` must be those of the job.
    #[must_use]
    pub fn new(index: &'i SignatureIndex, options: DeltaOptions, limits: &Limits) -> Self {
        let search = || Search::new(index, options.profile, limits, 1);
        let search = (!index.signature().is_empty()).then(search);
        let (events, expected) = (Events::default(), 0);
        Self { index, search, positions: 0..0, ended: true, turns: 0, begun: None, events, expected }
    }

    /// Begins a segment, that of these positions.
    pub fn begin(&mut self, positions: Range<u64>) {
        self.search = self.search.take().map(|search| search.of(positions.clone()));
        (self.positions, self.ended, self.begun) = (positions, self.search.is_none(), None);
        (self.events, self.turns) = (Events::default(), 0);
    }

    /// Goes on as far as `data` allows. It holds the new file from the first position on, what was there before and more; the
    /// file ends with it when `last` is set. `go_on` is asked every thousand positions or sooner: after `false`, nothing more is
    /// searched.
    pub fn go_on(&mut self, data: &[u8], last: bool, go_on: &dyn Fn() -> bool) {
        let Some(search) = &mut self.search else { return };
        let Range { start, end } = self.positions;
        let has_all = data.len() > offset_in(start, end).saturating_add(search.window_len());
        search.set_patience(if has_all { 1 } else { usize::MAX });
        while !self.ended {
            let position = search.position();
            let is_wanted = position < end && go_on() && self.events.reserve(self.expected);
            let Some(rest) = data.get(offset_in(start, position)..).filter(|_| is_wanted) else {
                self.ended = true;
                return;
            };
            let (spent, mut counted) = self.begun.take().unwrap_or((search.spent(), SearchStats::default()));
            let found = search.next(self.index, rest, last, end, &mut counted);
            match found {
                Found::Run { misses, then } if counted.skipped == 0 => {
                    self.events.push(search, (position, spent), (misses, then), counted);
                }
                Found::More if counted.skipped == 0 => {
                    self.begun = Some((spent, counted));
                    return;
                }
                Found::Busy if counted.skipped == 0 && self.turns < TURNS => {
                    self.begun = Some((spent, counted));
                    self.turns += 1;
                    search.begin_turn();
                }
                _ => self.ended = true,
            }
        }
    }

    /// What it has found in the segment.
    #[must_use]
    pub fn finish(&mut self) -> Searched {
        self.ended = true;
        self.expected = self.events.count();
        Searched { events: core::mem::take(&mut self.events), was_used: false }
    }
}

/// After so many turns in a segment the rest of it is left to the job, which lets its caller look around.
const TURNS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::{DeltaOptions, Limits, SearchStats, Searched, SegmentSearch};
    use crate::{
        Format,
        delta::{
            scan::{Found, Search},
            tests::{Random, index_of, params, record},
        },
    };
    use alloc::vec::Vec;

    /// Steps are put together: what one thread writes of them, another has to read.
    #[test]
    fn unlike_data_is_a_few_steps() {
        let params = params(Format::RABIN_KARP_BLAKE2, 256);
        let mut random = Random(12);
        let records: Vec<Vec<u8>> =
            (0..5000).map(|_| record(&params, &random.bytes(256, 256), false)).collect();
        let index = index_of(&params, &records.concat());
        let new = random.bytes(1 << 20, 256);
        let found =
            Searched::segment(&index, DeltaOptions::default(), &Limits::default(), &new, 0, new.len(), true);
        // One each 8 KiB, and a few at the beginning; a key is compared by chance in most of them.
        assert!(found.events.count() < 150, "{} steps", found.events.count());
    }

    /// Windows far from each other that look like blocks and are none: a search of segments hashes as many of them at once as one of
    /// the whole file, which has more behind it to look ahead for.
    #[test]
    fn windows_are_hashed_side_by_side_in_segments_too() {
        const SEGMENT_LEN: usize = 64 << 10;
        let (block_len, between) = (256, 2000);
        for format in Format::ALL {
            let params = params(format, block_len);
            let new = Random(11).bytes(32 * SEGMENT_LEN, 256);
            let windows = new.windows(block_len).skip(between / 2).step_by(between);
            let records: Vec<Vec<u8>> = windows.map(|window| record(&params, window, false)).collect();
            let index = index_of(&params, &records.concat());
            let (options, limits) = (DeltaOptions::default(), Limits::default());

            let mut whole = Search::new(&index, options.profile, &limits, 1);
            let mut stats = SearchStats::default();
            let rest = |at| &new[usize::try_from(at).unwrap()..];
            while whole.next(&index, rest(whole.position()), true, u64::MAX, &mut stats) != Found::End {
                whole.begin_turn();
            }
            assert!(stats.false_matches() >= records.len() as u64, "{stats:?}");

            let mut segments = SegmentSearch::new(&index, options, &limits);
            let own = new.len() as u64;
            for start in (0..own).step_by(SEGMENT_LEN) {
                segments.begin(start..start + SEGMENT_LEN as u64);
                let data = rest(start);
                let with_overlap = data.len().min(SEGMENT_LEN + block_len + 1);
                segments.go_on(&data[..with_overlap], with_overlap == data.len(), &|| true);
                let _: Searched = segments.finish();
            }
            let search = segments.search.as_ref().unwrap();
            assert_eq!(search.hashed(), whole.hashed());
            // One that is cut at the end of each segment.
            let most = whole.passes() + own / SEGMENT_LEN as u64;
            assert!(search.passes() <= most, "{format:?}: {} passes and {}", search.passes(), whole.passes());
            assert!(2 * search.looked_at() <= 3 * own, "{format:?}: {} positions", search.looked_at());
        }
    }
}
