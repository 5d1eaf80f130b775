//! The loop around a job.

mod between_files;
mod feed;
mod holding;
mod pipe;
#[cfg(test)]
mod tests;
mod window;

use crate::{Basis, Error, FileBacked, NoBasis, Side, buffer::Buffer};
use between_files::BetweenFiles;
pub use feed::Fed;
use holding::Holding;
use rollsync_core::{BasisRange, Input, Job, PatchStatus, Stats};
use std::{
    fs::File,
    io::{self, Read, Write},
};
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
    /// copies nothing.
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

    /// Drives the job to its end, from `input` to `output`. The output is not flushed.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run(&mut self, input: impl Read, output: impl Write) -> Result<(), Error> {
        self.run_with_basis(input, &mut NoBasis, output)
    }

    /// The same for a job that needs the basis.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run_with_basis(
        &mut self,
        input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: impl Write,
    ) -> Result<(), Error> {
        self.run_watched(input, basis, output, &mut |_, _| Ok(()))
    }

    /// The same onto a file: what it and the basis' file can copy by themselves is not read here.
    ///
    /// # Errors
    /// When a stream fails or the job does.
    pub fn run_onto(
        &mut self,
        input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: impl FileBacked,
    ) -> Result<(), Error> {
        self.run_onto_watched(input, basis, output, &mut |_, _| Ok(()))
    }

    pub(crate) fn run_onto_watched(
        &mut self,
        input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: impl FileBacked,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        self.run_looking_for_file(input, basis, output, FileBacked::as_file, watch)
    }

    /// Drives with somebody who is told of every turn and may stop it.
    pub(crate) fn run_watched(
        &mut self,
        input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: impl Write,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        self.run_looking_for_file(input, basis, output, no_file, watch)
    }

    fn run_looking_for_file<W: Write>(
        &mut self,
        mut input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        mut output: W,
        file_of: FileOf<W>,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        loop {
            watch(self.bytes_in, self.bytes_out)?;
            if self.turn_with(Supply::Reader(&mut input), basis, &mut output, file_of)? == Turn::Done {
                return watch(self.bytes_in, self.bytes_out);
            }
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

    /// Asks for one action and does it.
    pub(crate) fn turn<W: Write>(
        &mut self,
        input: &mut impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
    ) -> Result<Turn, Error> {
        self.turn_with(Supply::Reader(input), basis, output, no_file)
    }

    fn turn_with<R: Read, W: Write>(
        &mut self,
        mut input: Supply<'_, '_, R>,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
        file_of: FileOf<W>,
    ) -> Result<Turn, Error> {
        let beside = match &mut input {
            Supply::Memory(bytes) => Some(&mut **bytes),
            Supply::Reader(_) | Supply::Nothing => None,
        };
        match self.next_over(beside)? {
            Action::Read(place) => {
                let Supply::Reader(input) = input else { return Ok(Turn::Starved) };
                let read = uninterrupted(|| input.read(place));
                let len = read.map_err(|source| failed(Side::Read, self.bytes_in, source))?;
                self.was_read(len);
                Ok(Turn::Read(len))
            }
            Action::ReadBasis { offset, .. } => self.copy(offset, basis, output, file_of),
            Action::Write(_) => {
                if let Some(turn) = self.drain_first(file_of(output))? {
                    return Ok(turn);
                }
                let bytes = self.output.used();
                let written = uninterrupted(|| match output.write(bytes)? {
                    0 => Err(io::ErrorKind::WriteZero.into()),
                    len => Ok(len),
                });
                let len = written.map_err(|source| failed(Side::Write, self.bytes_out, source))?;
                self.was_written(len);
                Ok(Turn::Written(len))
            }
            Action::Done => Ok(self.drain_first(file_of(output))?.unwrap_or(Turn::Done)),
        }
    }

    /// As [`turn`](Self::turn), with input that is in memory and is not copied into the buffer. What is taken off its front
    /// counts as read.
    pub(crate) fn turn_over<W: Write>(
        &mut self,
        input: &mut &[u8],
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
    ) -> Result<Turn, Error> {
        self.turn_with(Supply::<io::Empty>::Memory(input), basis, output, no_file)
    }

    /// As [`turn`](Self::turn), but an action that takes input is not done.
    pub(crate) fn turn_without_input<W: Write>(
        &mut self,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
    ) -> Result<Turn, Error> {
        self.turn_with(Supply::<io::Empty>::Nothing, basis, output, no_file)
    }

    /// Answers [`Action::ReadBasis`].
    fn copy<W: Write>(
        &mut self,
        offset: u64,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
        file_of: FileOf<W>,
    ) -> Result<Turn, Error> {
        let wanted = if self.suspects_basis()?.is_some() { u64::MAX } else { self.job.basis_wanted() };
        let mut asked = self.asked;
        if let (Some(from), Some(to), None) = (basis.as_file(), file_of(output), &self.holding) {
            match self.copy_between((from, offset), to, wanted)? {
                None => return Ok(Turn::ReadBasis),
                Some(most) => asked = asked.min(usize::try_from(most).unwrap_or(usize::MAX)),
            }
        }
        let place = &mut self.output.free()[..asked];
        let seen = basis.as_file().map_or(0, |file| self.window.read(file, offset, wanted, place));
        let read = match seen {
            0 => uninterrupted(|| match basis.read_at(offset, place)? {
                len if len > asked => Err(io::Error::other("the basis gave more than there is place for")),
                len => Ok(len),
            }),
            len => Ok(len),
        };
        self.basis_was_read(read.map_err(|source| failed(Side::Basis, offset, source))?);
        Ok(Turn::ReadBasis)
    }
}

/// Where a turn takes its input from.
enum Supply<'s, 'b, R> {
    Reader(&'s mut R),
    Memory(&'s mut &'b [u8]),
    /// Nowhere: what takes input is not done.
    Nothing,
}

/// How the file behind an output is found.
type FileOf<W> = fn(&W) -> Option<&File>;

const fn no_file<W>(_: &W) -> Option<&File> {
    None
}

/// Is told the bytes read and the bytes written; an error stops the loop.
pub(crate) type Watch<'a> = dyn FnMut(u64, u64) -> Result<(), Error> + 'a;

/// What a turn of the loop did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Read(usize),
    ReadBasis,
    Written(usize),
    /// Nothing: it takes input.
    Starved,
    Done,
}

fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

const fn failed(side: Side, offset: u64, source: io::Error) -> Error {
    Error::Io { side, offset, source }
}
