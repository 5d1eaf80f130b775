use crate::work::WorkMeter;
use crate::{
    Command, CopyChoice, Header, Index, IndexModel, MatchStats, Rolling, Rules, Signature, Stats,
    encode_delta, index_key, literal_lens, strong_sum,
};

/// The delta that turns the basis of `signature` into `new`.
///
/// Greedy from left to right. Once fewer bytes than a block remain, the window is the whole remainder, so that the
/// basis' short last block is found only at the very end of `new`.
pub fn delta(signature: &Signature, new: &[u8], rules: &Rules) -> Delta {
    if signature.records.is_empty() {
        return literals_alone(new, rules);
    }
    let block_len = signature.params.block_len();
    let mut search = Search::new(signature, rules);
    let mut emit = Emitter { new, rules, pending: Pending::Nothing, commands: Vec::new() };
    let mut matches = Vec::new();
    let mut window: Option<Rolling> = None;
    let mut p = 0;
    while p < new.len() {
        let n = block_len.min(new.len() - p);
        let bytes = &new[p..p + n];
        let mut sum = window.take().unwrap_or_else(|| Rolling::of(signature.params.format().weak, bytes));
        if let Some(found) = search.look_up(p, sum.digest(), bytes, emit.copy_end()) {
            matches.push(Match { position: p, lowest: found.lowest, chosen: found.chosen, len: n });
            emit.copy(found.chosen as u64 * block_len as u64, n as u64);
            p += n;
        } else {
            match new.get(p + block_len) {
                Some(&next) => sum.rotate(new[p], next),
                None => sum.rollout(new[p]),
            }
            window = Some(sum);
            emit.literal(p);
            p += 1;
        }
    }
    emit.flush();
    Delta::of(emit.commands, matches, search.stats)
}

/// A delta and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// The commands; the last is [`Command::End`].
    pub commands: Vec<Command>,
    /// The delta file.
    pub bytes: Vec<u8>,
    /// Every position of the new file where a block was found, in order.
    pub matches: Vec<Match>,
    /// Counters of the job.
    pub stats: Stats,
    /// Counters of the search; all zero without records.
    pub search: MatchStats,
}

/// A place of the new file where a block of the basis was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Offset within the new file.
    pub position: usize,
    /// The lowest index among the equal blocks: it stands for all of them.
    pub lowest: usize,
    /// The index of the block that the copy names.
    pub chosen: usize,
    /// Length of the window in bytes: a block, or less at the end of the new file.
    pub len: usize,
}

impl Delta {
    fn of(mut commands: Vec<Command>, matches: Vec<Match>, search: MatchStats) -> Delta {
        commands.push(Command::End);
        let mut stats = Stats { op: "delta", ..Stats::default() };
        for command in &commands {
            let header = match command {
                Command::Literal(bytes) => Header::Literal { len: bytes.len() as u64 },
                Command::Copy { offset, len } => Header::Copy { offset: *offset, len: *len },
                Command::End => Header::End,
            };
            stats.count(header, command.header().len());
        }
        Delta { bytes: encode_delta(&commands), commands, matches, stats, search }
    }
}

fn literals_alone(new: &[u8], rules: &Rules) -> Delta {
    let mut rest = new;
    let mut commands = Vec::new();
    for len in literal_lens(new.len(), rules.empty_basis) {
        let (literal, after) = rest.split_at(len);
        commands.push(Command::Literal(literal.to_vec()));
        rest = after;
    }
    Delta::of(commands, Vec::new(), MatchStats::default())
}

/// Finds windows in the index and counts what it costs.
struct Search<'a> {
    signature: &'a Signature,
    choice: CopyChoice,
    index: Index<'a>,
    model: IndexModel<'a>,
    meter: Option<WorkMeter>,
    stats: MatchStats,
}

struct Found {
    lowest: usize,
    chosen: usize,
}

impl<'a> Search<'a> {
    fn new(signature: &'a Signature, rules: &Rules) -> Self {
        Search {
            signature,
            choice: rules.choice,
            index: Index::new(signature),
            model: IndexModel::new(signature),
            meter: rules.work.map(WorkMeter::new),
            stats: MatchStats::default(),
        }
    }

    /// The block equal to the window at `p`; `copy_end` is the basis offset where the pending copy ends.
    fn look_up(&mut self, p: usize, weak: u32, window: &[u8], copy_end: Option<u64>) -> Option<Found> {
        let params = self.signature.params;
        let key = index_key(params.format().weak, weak);
        self.stats.searches += 1;
        let hit = self.index.contains(key);
        if hit
            && let Some(meter) = &mut self.meter
            && !meter.hash(p as u64, window.len() as u64)
        {
            self.stats.work_skips += 1;
            return None;
        }

        // Without a weak hit nobody asks for it.
        let strong =
            if hit { strong_sum(params.format().strong, window, params.strong_len()) } else { Vec::new() };
        let lowest = self.index.equal_blocks(key, &strong).next();
        let probes = self.model.search(key, || strong.clone());
        assert_eq!(probes.found, lowest, "both indexes find the same block");
        self.stats.matches += u64::from(lowest.is_some());
        self.stats.weak_compares += probes.weak_compares;
        self.stats.strong_compares += probes.strong_compares;
        self.stats.strong_calcs += probes.strong_calcs;
        lowest.map(|lowest| Found { lowest, chosen: self.choose(lowest, key, &strong, copy_end) })
    }

    fn choose(&self, lowest: usize, key: u32, strong: &[u8], copy_end: Option<u64>) -> usize {
        let block_len = self.signature.params.block_len() as u64;
        match (self.choice, copy_end) {
            (CopyChoice::Continuing, Some(end)) if end % block_len == 0 => usize::try_from(end / block_len)
                .ok()
                .filter(|&next| self.index.is_equal_block(next, key, strong))
                .unwrap_or(lowest),
            _ => lowest,
        }
    }
}

/// Joins matches and misses into commands.
struct Emitter<'a> {
    new: &'a [u8],
    rules: &'a Rules,
    pending: Pending,
    commands: Vec<Command>,
}

enum Pending {
    Nothing,
    Copy { offset: u64, len: u64 },
    Literal { start: usize, len: usize },
}

impl Emitter<'_> {
    /// The basis offset where the pending copy ends.
    fn copy_end(&self) -> Option<u64> {
        match self.pending {
            Pending::Copy { offset, len } => Some(offset + len),
            _ => None,
        }
    }

    fn copy(&mut self, start: u64, n: u64) {
        match &mut self.pending {
            Pending::Copy { offset, len } if *offset + *len == start => *len += n,
            _ => {
                self.flush();
                self.pending = Pending::Copy { offset: start, len: n };
            }
        }
    }

    fn literal(&mut self, p: usize) {
        match &mut self.pending {
            Pending::Literal { len, .. } if *len < self.rules.literal_max => *len += 1,
            _ => {
                self.flush();
                self.pending = Pending::Literal { start: p, len: 1 };
            }
        }
    }

    fn flush(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Copy { offset, len } => self.commands.push(Command::Copy { offset, len }),
            Pending::Literal { start, len } => {
                self.commands.push(Command::Literal(self.new[start..start + len].to_vec()));
            }
        }
    }
}
