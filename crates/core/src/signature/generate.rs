//! Making a signature of a basis.

use crate::{
    Input, Isa, Job, Limits, Progress, ResourceError, SignatureParams, Stats, Status, StrongLen,
    pending::Pending, step::Room,
};
use rollsync_kernels::{
    strong::{self, Digest, Hasher, LANES},
    weak::{self, RollingSum},
};

/// The longest record: 4 bytes of weak sum and 32 of strong.
const RECORD_MAX: usize = 36;

/// Turns a basis into its signature.
///
/// Memory is constant: blocks that lie whole in the input are hashed side by side from there, others as they come.
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
    /// A block of which a part has come.
    open: Option<OpenBlock>,
    produced: u64,
    finished: bool,
    failed: Option<ResourceError>,
    stats: Stats,
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
            open: None,
            finished: false,
            failed: None,
            stats,
        }
    }

    /// The same with limits: of `output` and `records`.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the signature is made with.
    #[must_use]
    pub const fn params(&self) -> &SignatureParams {
        &self.params
    }

    fn advance(&mut self, room: &mut Room<'_, '_>) -> Result<Status, ResourceError> {
        self.limits.check_output(self.produced)?;
        loop {
            if !self.pending.drain(room) {
                return Ok(Status::NeedOutput);
            }
            if self.finished {
                return Ok(Status::Done);
            }
            if self.open.is_some() || room.input.len() < self.params.block_len().as_usize() {
                self.hash_part(room)?;
            } else {
                self.hash_whole_blocks(room)?;
            }
            if room.input.is_empty() {
                if room.last {
                    self.finish_block()?;
                    self.finished = true;
                } else if self.pending.drain(room) {
                    return Ok(Status::NeedInput);
                }
            }
        }
    }

    fn hash_whole_blocks(&mut self, room: &mut Room<'_, '_>) -> Result<(), ResourceError> {
        let block_len = self.params.block_len().as_usize();
        let count = (room.input.len() / block_len).min(LANES);
        let data = room.take(count * block_len);
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

    /// Hashes input up to the end of the block that it is in.
    fn hash_part(&mut self, room: &mut Room<'_, '_>) -> Result<(), ResourceError> {
        if room.input.is_empty() {
            return Ok(());
        }
        let format = self.params.format();
        let block_len = self.params.block_len().as_usize();
        let open = self.open.get_or_insert_with(|| OpenBlock {
            weak: RollingSum::new(format.weak),
            strong: Hasher::new(format.strong),
        });
        let part = room.take(block_len - open.weak.len());
        open.weak.update(self.isa, part);
        open.strong.update(self.isa, part);
        if open.weak.len() == block_len { self.finish_block() } else { Ok(()) }
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
        match self.advance(&mut room) {
            Ok(status) => Ok(room.progress(status)),
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
