//! The basis of `rs_patch_file`.

use crate::{stream::Stream, watch::Watched};
use rollsync::Basis;
use std::fs::File;
use std::io::{self, Read as _};
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt as _;

/// A stream from which copies are taken: by seeking and reading, as `rs_file_copy_cb` does. What can go faster in a regular
/// file of its own does; where that fails, seeking and reading say why.
#[derive(Debug)]
pub(crate) struct StreamBasis<'w> {
    stream: Watched<'w>,
    own_file: Option<ManuallyDrop<File>>,
    step: &'static str,
}

impl<'w> StreamBasis<'w> {
    /// `others` are the streams that are read and written meanwhile.
    pub(crate) fn new(watched: Watched<'w>, others: [Stream; 2]) -> Self {
        let stream = watched.stream();
        let is_own = stream.len().is_some() && !others.iter().any(|other| stream.is_same_file(*other));
        if is_own {
            // A program that has just written the basis may have left some of it in the stream.
            stream.flush_out();
        }
        Self { stream: watched, own_file: stream.file().filter(|_| is_own), step: "" }
    }

    /// What failed, when reading has.
    pub(crate) const fn step(&self) -> &'static str {
        self.step
    }

    pub(crate) const fn stream(&self) -> Stream {
        self.stream.stream()
    }
}

impl Basis for StreamBasis<'_> {
    fn read_at(&mut self, offset: u64, place: &mut [u8]) -> io::Result<usize> {
        if let Some(file) = self.own_file.as_deref() {
            self.step = "read error";
            self.stream.look()?;
            // A stream would fill its own buffer first, and the rest of the place from where that ends: the system copies badly
            // to an address that is no multiple of 32.
            if let Ok(len @ 1..) = file.read_at(place, offset) {
                return Ok(len);
            }
        }
        self.step = "seek failed";
        let position = i64::try_from(offset).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
        self.stream().seek(position)?;
        self.step = "read error";
        self.stream.read(place)
    }

    fn as_file(&self) -> Option<&File> {
        self.own_file.as_deref()
    }
}
