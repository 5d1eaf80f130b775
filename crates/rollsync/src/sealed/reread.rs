//! Reading files once more, as long as nobody stops it.

use crate::{Basis, Error};
use std::io::{self, Read};

/// Who may stop work that takes long: an error does.
pub(super) type GoOn<'a> = dyn FnMut() -> Result<(), Error> + 'a;

/// Does work that reads `input`, as long as it may go on.
pub(super) fn watched<R: Read, T>(
    input: R,
    go_on: &mut GoOn<'_>,
    work: impl FnOnce(&mut Watched<'_, '_, R>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut input = Watched { input, go_on, stopped: None };
    let done = work(&mut input);
    input.stopped.map_or(done, Err)
}

/// Input that is read as long as it may go on.
pub(super) struct Watched<'a, 'g, R> {
    input: R,
    go_on: &'a mut GoOn<'g>,
    stopped: Option<Error>,
}

impl<R> Watched<'_, '_, R> {
    pub(super) const fn input(&self) -> &R {
        &self.input
    }
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if let Err(error) = (self.go_on)() {
            self.stopped = Some(error);
            return Err(io::Error::other("stopped"));
        }
        self.input.read(place)
    }
}

/// A basis, read from front to back.
pub(super) struct FrontToBack<'a, B: ?Sized> {
    basis: &'a mut B,
    offset: u64,
}

impl<'a, B: ?Sized> FrontToBack<'a, B> {
    pub(super) const fn new(basis: &'a mut B) -> Self {
        Self { basis, offset: 0 }
    }

    /// How far it is read.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }
}

impl<B: Basis + ?Sized> Read for FrontToBack<'_, B> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = self.basis.read_at(self.offset, place)?.min(place.len());
        self.offset += len as u64;
        Ok(len)
    }
}
