//! The basis of a patch.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use rollsync::Basis;

use super::input::Input;

/// A file from which copies are taken: by seeking and reading, as the original does, so that a pipe fails in the same
/// way and a standard input that is the delta as well is shared in the same way. What can go faster in a file of its own
/// does; where that fails, seeking and reading say why.
#[derive(Debug)]
pub(crate) struct PatchBasis {
    file: Input,
    step: &'static str,
}

impl PatchBasis {
    pub(crate) fn new(file: Input) -> Self {
        Self { file, step: "" }
    }

    /// What failed, when reading has.
    pub(crate) fn step(&self) -> &'static str {
        self.step
    }

    /// The number under which the process has the file open.
    pub(crate) fn descriptor(&self) -> i32 {
        self.file.descriptor()
    }
}

impl Basis for PatchBasis {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        self.step = "seek failed";
        self.file.seek(SeekFrom::Start(offset))?;
        self.step = "read error";
        self.file.read(place)
    }

    fn as_file(&self) -> Option<&File> {
        self.file.own_file()
    }
}
