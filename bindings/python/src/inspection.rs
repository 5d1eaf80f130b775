//! What a signature or a delta says of itself.

use crate::{digest::Digest, settings::name_of_format};
use pyo3::prelude::*;
use rollsync::{DeltaSummary, SignatureSummary, seal::Seal};

/// What a signature says of itself and its basis. Lengths are in bytes.
#[pyclass(frozen, get_all, module = "rollsync")]
pub(crate) struct SignatureInfo {
    /// Which sums it holds, as `signature` takes it.
    format: &'static str,
    /// Bytes a block.
    block_len: u32,
    /// Bytes of the strong sum that a record keeps.
    strong_len: u8,
    /// Blocks of the basis.
    blocks: u64,
    /// Its length.
    len: u64,
    /// The least and the most bytes that its basis can have.
    basis_len_min: u64,
    basis_len_max: u64,
    /// The basis, if the signature is sealed; the seal holds.
    basis: Option<Digest>,
}

impl SignatureInfo {
    pub(crate) fn new(summary: &SignatureSummary) -> Self {
        Self {
            format: name_of_format(summary.params.format()),
            block_len: summary.params.block_len().get(),
            strong_len: summary.params.strong_len().get(),
            blocks: summary.blocks,
            len: summary.len,
            basis_len_min: summary.basis_len_min(),
            basis_len_max: summary.basis_len_max(),
            basis: summary.basis.map(Digest::from),
        }
    }
}

#[pymethods]
impl SignatureInfo {
    fn __repr__(&self) -> String {
        let Self { format, block_len, strong_len, blocks, len, .. } = self;
        format!(
            "SignatureInfo(format='{format}', block_len={block_len}, strong_len={strong_len}, blocks={blocks}, len={len})"
        )
    }
}

/// What a delta says of itself, its basis and the new file. Lengths are in bytes.
#[pyclass(frozen, get_all, module = "rollsync")]
pub(crate) struct DeltaInfo {
    /// Bytes of the new file.
    new_len: u64,
    /// Copies, and the bytes of the new file that they stand for.
    copies: u64,
    copy_bytes: u64,
    /// Literals, and their bytes.
    literals: u64,
    literal_bytes: u64,
    /// Its length, a seal included.
    len: u64,
    /// As far as its copies reach.
    basis_len_min: u64,
    /// Whether it has a seal, which holds.
    sealed: bool,
    /// What the seal says of the files.
    basis: Option<Digest>,
    new: Option<Digest>,
}

impl DeltaInfo {
    pub(crate) fn new(summary: &DeltaSummary) -> Self {
        let (basis, new) = match summary.seal {
            Some(Seal::Delta { basis, new }) => (basis, Some(new)),
            _ => (None, None),
        };
        Self {
            new_len: summary.new_len,
            copies: summary.copy.commands,
            copy_bytes: summary.copy.bytes,
            literals: summary.literal.commands,
            literal_bytes: summary.literal.bytes,
            len: summary.file_len(),
            basis_len_min: summary.basis_len_min,
            sealed: summary.seal.is_some(),
            basis: basis.map(Digest::from),
            new: new.map(Digest::from),
        }
    }
}

#[pymethods]
impl DeltaInfo {
    fn __repr__(&self) -> String {
        let Self { new_len, copies, literals, len, .. } = self;
        format!("DeltaInfo(new_len={new_len}, copies={copies}, literals={literals}, len={len})")
    }
}
