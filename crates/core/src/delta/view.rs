//! What a search sees.

use super::scan::offset_in;
use crate::SignatureIndex;

/// What of the new file can be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) index: &'a SignatureIndex,
    /// Where `rest` begins.
    pub(super) position: u64,
    pub(super) rest: &'a [u8],
    /// Whether the file ends with it.
    pub(super) last: bool,
    /// No chunk goes beyond it.
    pub(super) stop: u64,
}

impl<'a> View<'a> {
    /// The bytes from a position on.
    pub(super) fn from(&self, position: u64) -> &'a [u8] {
        self.rest.get(offset_in(self.position, position)..).unwrap_or(&[])
    }
}
