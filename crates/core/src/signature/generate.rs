//! Making a signature of a basis.

use crate::{
    Input, Isa, Job, Limits, Progress, ResourceError, SignatureParams, Stats, Status, StrongLen,
    pending::Pending,
    seal::{Follower, Of},
    step::Room,
};
use alloc::vec::Vec;
use rollsync_kernels::{
    strong::{self, Digest, Hasher, LANES},
    weak::{self, RollingSum},
};

/// The longest record: 4 bytes of weak sum and 32 of strong.
const RECORD_MAX: usize = 36;

/// The most that is gathered to be hashed side by side: with it a job stays below 1 MiB.
pub(crate) const GATHERED_MAX: usize = 960 << 10;

/// How many blocks are hashed side by side: as many as take the least time each, but four are better than more than memory
/// has place for.
pub(crate) const fn batch(params: &SignatureParams, isa: Isa) -> usize {
    let mut batch = params.format().strong.batch(isa);
    while batch > 4 && params.block_len().as_usize().saturating_mul(batch) > GATHERED_MAX {
        batch /= 2;
    }
    batch
}

/// Turns a basis into its signature.
///
/// Blocks are hashed side by side, straight from the input when it holds [enough of them](SignatureJob::batch_len);
/// otherwise they are gathered first. Memory is less than 1 MiB: blocks too long for that are hashed as they come.
///
/// ```
/// use rollsync_core::{Input, Job, SignatureJob, SignatureParams};
/// let mut signature = [0; 100];
/// let mut job = SignatureJob::new(SignatureParams::recommended(Some(11)));
/// let progress = job.step(Input::last(b"hello world"), &mut signature)?;
/// assert_eq!(&signature[..12], b"rs\x01G\0\0\x01\0\0\0\0\x20");
/// assert_eq!((progress.produced, job.stats().blocks), (48, 1));
/// # Ok::<(), rollsync_core::ResourceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SignatureJob {
    params: SignatureParams,
    limits: Limits,
    isa: Isa,
    pending: Pending<{ LANES * RECORD_MAX }>,
    /// Input that is not yet enough to be hashed side by side.
    gathered: Vec<u8>,
    /// A block of which a part is hashed.
    open: Option<OpenBlock>,
    produced: u64,
    finished: bool,
    failed: Option<ResourceError>,
    stats: Stats,
    follower: Option<Follower>,
}

#[derive(Clone, Debug)]
struct OpenBlock {
    weak: RollingSum,
    strong: Hasher,
}

impl SignatureJob {
    /// A job at the first byte of a basis.
    #[must_use]
    pub fn new(params: SignatureParams) -> Self {
        let mut pending = Pending::new();
        pending.extend(&params.header());
        let stats = Stats { block_len: params.block_len().get(), ..Stats::default() };
        Self {
            params,
            limits: Limits::default(),
            isa: Isa::detect(),
            produced: params.header().len() as u64,
            pending,
            gathered: Vec::new(),
            open: None,
            finished: false,
            failed: None,
            stats,
            follower: None,
        }
    }

    /// The same with limits: of `output` and `records`; where `memory` does not allow to gather blocks, they are hashed
    /// as they come.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same with a [seal](crate::seal) behind the last record. To be said before the first step.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.follower = Some(Follower::new(Of::Signature(self.params)));
        self
    }

    /// What the signature is made with.
    #[must_use]
    pub const fn params(&self) -> &SignatureParams {
        &self.params
    }

    /// How many bytes of input are hashed at once. To offer multiples of it, from the first byte on, spares their being
    /// copied.
    #[must_use]
    pub const fn batch_len(&self) -> usize {
        self.params.block_len().as_usize().saturating_mul(batch(&self.params, self.isa))
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<Status, ResourceError> {
        self.limits.check_output(self.produced)?;
        let block_len = self.params.block_len().as_usize();
        let gathers = self.batch_len() <= GATHERED_MAX && self.limits.allows(self.batch_len());
        loop {
            if !self.pending.drain(room) {
                return Ok(Status::NeedOutput);
            }
            if self.finished {
                return Ok(Status::Done);
            }
            let left = room.input.len();
            let is_short = gathers && left < self.batch_len() && !room.last;
            if left == 0 {
                if !room.last {
                    return Ok(Status::NeedInput);
                }
                self.hash_gathered()?;
                self.finish_block()?;
                self.finished = true;
            } else if self.open.is_none() && (is_short || !self.gathered.is_empty()) {
                self.gather(room)?;
            } else if self.open.is_none() && left >= block_len {
                let batch = if gathers && !room.last { batch(&self.params, self.isa) } else { 1 };
                let count = (left / block_len).min(LANES) / batch * batch;
                self.hash_blocks(room.take(count * block_len))?;
            } else {
                let missing = block_len - self.open.as_ref().map_or(0, |open| open.weak.len());
                self.hash_part(room.take(missing))?;
            }
        }
    }

    /// Takes input until there is enough to be hashed side by side.
    fn gather(&mut self, room: &mut Room<'_, '_>) -> Result<(), ResourceError> {
        let batch_len = self.batch_len();
        let part = room.take(batch_len - self.gathered.len());
        self.limits.reserve(&mut self.gathered, part.len(), batch_len, 0)?;
        self.gathered.extend_from_slice(part);
        if self.gathered.len() == batch_len { self.hash_gathered() } else { Ok(()) }
    }

    fn hash_gathered(&mut self) -> Result<(), ResourceError> {
        let gathered = core::mem::take(&mut self.gathered);
        let whole = gathered.len() / self.params.block_len().as_usize() * self.params.block_len().as_usize();
        let (blocks, rest) = gathered.split_at(whole);
        self.hash_blocks(blocks)?;
        self.hash_part(rest)?;
        self.gathered = gathered;
        self.gathered.clear();
        Ok(())
    }

    /// Hashes whole blocks, no more than [`LANES`].
    fn hash_blocks(&mut self, data: &[u8]) -> Result<(), ResourceError> {
        let block_len = self.params.block_len().as_usize();
        let count = data.len() / block_len;
        let (mut weak, mut strong, mut blocks) =
            ([0; LANES], [Digest::default(); LANES], [&data[..0]; LANES]);
        for (place, block) in blocks.iter_mut().zip(data.chunks_exact(block_len)) {
            *place = block;
        }
        let format = self.params.format();
        weak::sums(self.isa, format.weak, data, block_len, &mut weak[..count]);
        strong::sums(self.isa, format.strong, &blocks[..count], &mut strong[..count]);
        weak.iter().zip(&strong).take(count).try_for_each(|(weak, strong)| self.record(*weak, strong))
    }

    /// Hashes what lies inside one block, and no further than to its end.
    fn hash_part(&mut self, part: &[u8]) -> Result<(), ResourceError> {
        if part.is_empty() {
            return Ok(());
        }
        let format = self.params.format();
        let open = self.open.get_or_insert_with(|| OpenBlock {
            weak: RollingSum::new(format.weak),
            strong: Hasher::new(format.strong),
        });
        open.weak.update(self.isa, part);
        open.strong.update(self.isa, part);
        if open.weak.len() == self.params.block_len().as_usize() { self.finish_block() } else { Ok(()) }
    }

    fn finish_block(&mut self) -> Result<(), ResourceError> {
        match self.open.take() {
            Some(open) => self.record(open.weak.digest(), &open.strong.finish()),
            None => Ok(()),
        }
    }

    fn record(&mut self, weak: u32, strong: &Digest) -> Result<(), ResourceError> {
        self.stats.blocks += 1;
        self.produced += self.params.record_len() as u64;
        self.limits.check_records(self.stats.blocks)?;
        self.limits.check_output(self.produced)?;
        self.pending.extend(&weak.to_be_bytes());
        self.pending.extend(&strong[..StrongLen::as_usize(self.params.strong_len())]);
        Ok(())
    }
}

impl Job for SignatureJob {
    type Status = Status;
    type Error = ResourceError;

    fn step(&mut self, input: Input<'_>, output: &mut [u8]) -> Result<Progress, ResourceError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        // Done is done: what a caller offers afterwards is not input.
        let input = if self.finished { Input::last(&[]) } else { input };
        let mut room = Room::new(input, output);
        let advanced = self.advance(&mut room).map(|status| room.progress(status));
        let sealed = advanced.and_then(|progress| match &mut self.follower {
            Some(follower) => Ok(follower.follow(input.bytes(), output, progress, &self.limits)?),
            None => Ok(progress),
        });
        match sealed {
            Ok(progress) => Ok(progress),
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    fn stats(&self) -> &Stats {
        &self.stats
    }
}
