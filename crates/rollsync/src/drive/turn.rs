//! The loop that does what a drive asks for.

use super::{Action, Drive};
use crate::{Basis, Error, FileBacked, NoBasis, Side};
use rollsync_core::Job;
use std::{
    fs::File,
    io::{self, Read, Write},
};

impl<J: Job> Drive<J> {
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
        self.run_looking_behind(input, basis, output, behind, watch)
    }

    /// Drives with somebody who is told of every turn and may stop it.
    pub(crate) fn run_watched(
        &mut self,
        input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: impl Write,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        self.run_looking_behind(input, basis, output, nothing, watch)
    }

    fn run_looking_behind<W: Write>(
        &mut self,
        mut input: impl Read,
        basis: &mut (impl Basis + ?Sized),
        mut output: W,
        behind: BehindOf<W>,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        loop {
            watch(self.bytes_in, self.bytes_out)?;
            if self.turn_with(Supply::Reader(&mut input), basis, &mut output, behind)? == Turn::Done {
                return watch(self.bytes_in, self.bytes_out);
            }
        }
    }

    /// Asks for one action and does it.
    pub(crate) fn turn<W: Write>(
        &mut self,
        input: &mut impl Read,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
    ) -> Result<Turn, Error> {
        self.turn_with(Supply::Reader(input), basis, output, nothing)
    }

    fn turn_with<R: Read, W: Write>(
        &mut self,
        mut input: Supply<'_, '_, R>,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
        behind: BehindOf<W>,
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
            Action::ReadBasis { offset, .. } => self.copy(offset, basis, output, behind),
            Action::Write(_) => {
                if let Some(turn) = self.drain_first(behind(output))? {
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
            Action::Busy => Ok(Turn::Busy),
            Action::Done => Ok(self.drain_first(behind(output))?.unwrap_or(Turn::Done)),
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
        self.turn_with(Supply::<io::Empty>::Memory(input), basis, output, nothing)
    }

    /// As [`turn`](Self::turn), but an action that takes input is not done.
    pub(crate) fn turn_without_input<W: Write>(
        &mut self,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
    ) -> Result<Turn, Error> {
        self.turn_with(Supply::<io::Empty>::Nothing, basis, output, nothing)
    }

    /// Answers [`Action::ReadBasis`].
    fn copy<W: Write>(
        &mut self,
        offset: u64,
        basis: &mut (impl Basis + ?Sized),
        output: &mut W,
        behind: BehindOf<W>,
    ) -> Result<Turn, Error> {
        let wanted = if self.suspects_basis()?.is_some() { u64::MAX } else { self.job.basis_wanted() };
        let mut asked = self.asked;
        if let (Some(from), Some(to), None) = (basis.as_file(), behind(output), &self.holding) {
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

/// The file behind an output.
#[derive(Clone, Copy)]
pub(super) struct Behind<'o> {
    pub(super) file: &'o File,
    pub(super) writer: &'o dyn FileBacked,
}

fn behind<W: FileBacked>(writer: &W) -> Option<Behind<'_>> {
    Some(Behind { file: writer.as_file()?, writer })
}

/// How the file behind an output is found.
type BehindOf<W> = for<'o> fn(&'o W) -> Option<Behind<'o>>;

const fn nothing<W>(_: &W) -> Option<Behind<'_>> {
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
    /// Work that is not over, and of which nothing is seen.
    Busy,
    Done,
}

pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

pub(crate) const fn failed(side: Side, offset: u64, source: io::Error) -> Error {
    Error::Io { side, offset, source }
}
