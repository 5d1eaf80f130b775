//! The loop around a job.

mod between_files;
mod feed;
mod holding;
mod pipe;
#[cfg(test)]
mod tests;
mod turn;
mod window;

use crate::{Error, buffer::Buffer};
use between_files::BetweenFiles;
pub use feed::Fed;
use holding::Holding;
use rollsync_core::{BasisRange, Input, Job, PatchStatus, Stats};
pub(crate) use turn::{Turn, Watch, failed, uninterrupted};
use window::Window;

/// How many bytes are read and written at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// Bytes of the input buffer, at least 1 and at most [`MAX`](Self::MAX): others count as the nearest.
    pub input: usize,
    /// Bytes of the output buffer, likewise.
    pub output: usize,
}

impl Buffers {
    /// The longest buffer: 16 MiB.
    pub const MAX: usize = 16 << 20;

    /// The same, with an input buffer that holds a whole number of batches of `batch_len` bytes: as many as fit, or one,
    /// unless that is above [`MAX`](Self::MAX). A [`SignatureJob`](rollsync_core::SignatureJob) then hashes from it and
    /// copies nothing, a [`DeltaJob`](rollsync_core::DeltaJob) little.
    #[must_use]
    pub fn in_batches(self, batch_len: usize) -> Self {
        let input = (self.input / batch_len.max(1)).max(1).saturating_mul(batch_len);
        Self { input: if input <= Self::MAX { input } else { self.input }, ..self }
    }
}

impl Default for Buffers {
    /// 256 KiB each: few calls, and both stay in the second-level cache.
    fn default() -> Self {
        Self { input: 256 << 10, output: 256 << 10 }
    }
}

/// A job with an input and an output buffer: the loop that feeds the one and empties the other.
///
/// [`run`](Self::run) and [`run_with_basis`](Self::run_with_basis) do the whole of it over readers and writers. Who
/// does I/O in another way (a poll loop, an async runtime) asks [`next`](Self::next) for one [`Action`] at a time and
/// answers it:
///
/// ```
/// use rollsync::{Action, Drive, SignatureJob, SignatureParams};
/// let (mut basis, mut signature) = (&b"hello world"[..], Vec::new());
/// let mut drive = Drive::new(SignatureJob::new(SignatureParams::recommended(None)));
/// loop {
///     match drive.next()? {
///         Action::Read(place) => {
///             let len = basis.len().min(place.len());
///             place[..len].copy_from_slice(&basis[..len]);
///             basis = &basis[len..];
///             drive.was_read(len); // 0 says that this was all
///         }
///         Action::Write(bytes) => {
///             signature.extend_from_slice(bytes);
///             let len = bytes.len();
///             drive.was_written(len);
///         }
///         Action::ReadBasis { .. } => unreachable!("only a patch asks for the basis"),
///         Action::Busy => {}
///         Action::Done => break,
///     }
/// }
/// assert_eq!(signature.len(), 48);
/// # Ok::<(), rollsync::Error>(())
/// ```
#[derive(Debug)]
pub struct Drive<J> {
    job: J,
    input: Buffer,
    output: Buffer,
    /// The input has ended.
    ended: bool,
    /// The output buffer is to be emptied before anything else.
    writing: bool,
    /// How many bytes of the basis the action that is not answered yet asks for.
    asked: usize,
    done: bool,
    bytes_in: u64,
    bytes_out: u64,
    window: Window,
    between: BetweenFiles,
    /// Of a patch that is held to a seal.
    holding: Option<Box<Holding<J>>>,
}

/// What a [`Drive`] asks for.
#[derive(Debug)]
pub enum Action<'a> {
    /// Input, to the front of this place. The answer is [`Drive::was_read`].
    Read(&'a mut [u8]),
    /// Bytes of the basis, to the front of this place. The answer is [`Drive::basis_was_read`].
    ReadBasis {
        /// Where they begin.
        offset: u64,
        /// As many as fit are wanted.
        place: &'a mut [u8],
    },
    /// That these bytes are written. The answer is [`Drive::was_written`].
    Write(&'a [u8]),
    /// Nothing: the job has [worked for a while](rollsync_core::Status::Busy) and goes on when it is asked again. Here others may have
    /// their turn.
    Busy,
    /// Nothing: the job is done, and all of its output is written.
    Done,
}

impl<J: Job> Drive<J> {
    /// A drive with [default buffers](Buffers::default).
    #[must_use]
    pub fn new(job: J) -> Self {
        Self::with_buffers(job, Buffers::default())
    }

    /// A drive with buffers of these lengths. They change how often it reads and writes, never what comes out.
    #[must_use]
    pub fn with_buffers(job: J, buffers: Buffers) -> Self {
        Self {
            job,
            input: Buffer::new(buffers.input.clamp(1, Buffers::MAX)),
            output: Buffer::new(buffers.output.clamp(1, Buffers::MAX)),
            ended: false,
            writing: false,
            asked: 0,
            done: false,
            bytes_in: 0,
            bytes_out: 0,
            window: Window::default(),
            between: BetweenFiles::default(),
            holding: None,
        }
    }

    /// The next action, after the last one has been answered.
    ///
    /// # Errors
    /// When the job fails, again and again.
    #[expect(clippy::should_implement_trait, reason = "what it returns borrows from the drive")]
    pub fn next(&mut self) -> Result<Action<'_>, Error> {
        self.next_over(None)
    }

    /// The same; while the input buffer is empty the job is offered `beside`, which lies in memory. What is taken off its
    /// front counts as read.
    fn next_over(&mut self, mut beside: Option<&mut &[u8]>) -> Result<Action<'_>, Error> {
        loop {
            if self.writing && !self.output.is_empty() {
                self.show_output();
                return Ok(Action::Write(self.output.used()));
            }
            self.writing = false;
            if self.done {
                return Ok(Action::Done);
            }
            if let Some(offset) = self.suspects_basis()? {
                let place = self.output.free();
                self.asked = place.len();
                return Ok(Action::ReadBasis { offset, place });
            }
            let mut beside = beside.as_deref_mut().filter(|_| self.input.is_empty() && !self.ended);
            let bytes = beside.as_deref().map_or(self.input.used(), |bytes| *bytes);
            let input = if self.ended { Input::last(bytes) } else { Input::more(bytes) };
            let progress = match self.job.step(input, self.output.free()) {
                Ok(progress) => progress,
                Err(_) if self.forgoes_basis() => continue,
                Err(error) => return Err(error.into().into()),
            };
            match &mut beside {
                Some(bytes) => {
                    **bytes = &bytes[progress.consumed..];
                    self.bytes_in += progress.consumed as u64;
                }
                None => self.input.consume(progress.consumed),
            }
            self.came_out(progress.produced);
            match progress.status.into() {
                PatchStatus::NeedInput => {
                    assert!(!self.ended, "a job asks for input behind the last");
                    return Ok(Action::Read(self.input.free()));
                }
                PatchStatus::NeedBasis(BasisRange { offset, len }) => {
                    let place = self.output.free();
                    let wanted = usize::try_from(self.job.basis_wanted()).unwrap_or(usize::MAX);
                    self.asked = wanted.min(place.len()).max(len);
                    return Ok(Action::ReadBasis { offset, place: &mut place[..self.asked] });
                }
                PatchStatus::NeedOutput => self.writing = true,
                PatchStatus::Busy => return Ok(Action::Busy),
                PatchStatus::Done => (self.writing, self.done) = (true, self.holds()),
            }
        }
    }

    /// Answers [`Action::Read`]: `len` bytes came, 0 when there are no more.
    ///
    /// # Panics
    /// When that is more than the place has.
    pub fn was_read(&mut self, len: usize) {
        assert!(len <= self.input.free().len(), "no more than there is place for");
        self.input.end += len;
        self.ended = len == 0;
        self.bytes_in += len as u64;
    }

    /// Answers [`Action::Write`]: the first `len` bytes are written.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn was_written(&mut self, len: usize) {
        assert!(len <= self.output.used().len(), "no more than there are");
        self.output.consume(len);
        self.forget_output(len);
        self.bytes_out += len as u64;
    }

    /// Answers [`Action::ReadBasis`]: `len` bytes came, 0 when the basis has ended before.
    ///
    /// # Panics
    /// When that is more than was asked for.
    pub fn basis_was_read(&mut self, len: usize) {
        assert!(len <= self.asked, "no more than was asked for");
        self.asked = 0;
        if self.suspected_was_read(len) {
            return;
        }
        self.came_out(len);
        if len as u64 <= self.job.basis_wanted() && len > 0 {
            self.job.basis_given(len as u64);
        } else {
            self.job.basis_copied(len);
        }
    }

    /// Makes the next action write what has been produced, though the buffer is not full.
    pub const fn flush(&mut self) {
        self.writing = true;
    }

    /// What the job has counted, with the bytes read and written here; also after a failure.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.job.stats().clone();
        (stats.bytes_in, stats.bytes_out) = (self.bytes_in, self.bytes_out);
        stats
    }

    /// The job.
    #[must_use]
    pub const fn job(&self) -> &J {
        &self.job
    }

    /// The job, when the drive is no longer needed.
    #[must_use]
    pub fn into_job(self) -> J {
        self.job
    }

    pub(crate) const fn job_mut(&mut self) -> &mut J {
        &mut self.job
    }

    /// The job was given what `len` bytes of the input say.
    pub(crate) const fn was_taken(&mut self, len: usize) {
        self.bytes_in += len as u64;
    }

    pub(crate) const fn bytes_in(&self) -> u64 {
        self.bytes_in
    }

    pub(crate) const fn bytes_out(&self) -> u64 {
        self.bytes_out
    }

    /// Output that is not written yet.
    pub(crate) const fn has_output(&self) -> bool {
        !self.output.is_empty()
    }
}
