//! What a call has done.

use crate::errors::refused_memory;
use pyo3::{prelude::*, types::PyBytes};
use rollsync::{Stats as Counted, seal::Seal};

/// What a call comes to: the bytes, when they go back to the caller, and what was counted.
pub(crate) struct Made {
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) stats: Counted,
}

impl Made {
    /// The bytes; or, when they went elsewhere, what was counted.
    pub(crate) fn into_python(self, py: Python<'_>, seal: Option<Seal>) -> PyResult<Bound<'_, PyAny>> {
        match self.bytes {
            Some(bytes) => Ok(to_bytes(py, &bytes)?.into_any()),
            None => Ok(Bound::new(py, Stats::new(&self.stats, seal.is_some()))?.into_any()),
        }
    }
}

/// Python's copy of what was made; there may be no memory for it.
pub(crate) fn to_bytes<'py>(py: Python<'py>, made: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let copied = PyBytes::new_with(py, made.len(), |place| {
        place.copy_from_slice(made);
        Ok(())
    });
    copied.map_err(|raised| refused_memory(py, raised, "the output"))
}

/// What a call or a job has counted. Lengths are in bytes.
#[pyclass(frozen, get_all, module = "rollsync")]
pub(crate) struct Stats {
    /// Bytes read; the basis of a patch is not counted.
    bytes_in: u64,
    /// Bytes written.
    bytes_out: u64,
    /// Records of the signature.
    blocks: u64,
    /// Bytes a block.
    block_len: u32,
    /// Literals, and the bytes of the new file that they hold.
    literals: u64,
    literal_bytes: u64,
    /// Copies, and the bytes of the new file that they stand for.
    copies: u64,
    copy_bytes: u64,
    /// Positions at which a block of the basis was found, and those with its weak sum alone.
    matches: u64,
    false_matches: u64,
    /// Positions that were passed over to bound the work.
    skipped: u64,
    /// Whether a patch's result was held to a seal.
    verified: bool,
}

impl Stats {
    pub(crate) const fn new(counted: &Counted, verified: bool) -> Self {
        Self {
            bytes_in: counted.bytes_in,
            bytes_out: counted.bytes_out,
            blocks: counted.blocks,
            block_len: counted.block_len,
            literals: counted.literal.commands,
            literal_bytes: counted.literal.bytes,
            copies: counted.copy.commands,
            copy_bytes: counted.copy.bytes,
            matches: counted.search.matches,
            false_matches: counted.search.false_matches(),
            skipped: counted.search.skipped,
            verified,
        }
    }
}

#[pymethods]
impl Stats {
    fn __repr__(&self) -> String {
        let Self { bytes_in, bytes_out, blocks, block_len, literal_bytes, copy_bytes, verified, .. } = self;
        format!(
            "Stats(bytes_in={bytes_in}, bytes_out={bytes_out}, blocks={blocks}, block_len={block_len}, \
             literals={}, literal_bytes={literal_bytes}, copies={}, copy_bytes={copy_bytes}, verified={})",
            self.literals,
            self.copies,
            if *verified { "True" } else { "False" },
        )
    }
}
