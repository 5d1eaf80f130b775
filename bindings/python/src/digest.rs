//! What a seal knows a file by.

use pyo3::prelude::*;
use rollsync::seal::FileDigest;

/// Length and BLAKE3 of a file.
#[pyclass(frozen, eq, hash, get_all, module = "rollsync")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Digest {
    /// Bytes.
    len: u64,
    /// 64 hexadecimal digits.
    blake3: String,
}

impl From<FileDigest> for Digest {
    fn from(digest: FileDigest) -> Self {
        Self { len: digest.len, blake3: digest.hex().to_string() }
    }
}

#[pymethods]
impl Digest {
    fn __repr__(&self) -> String {
        format!("Digest(len={}, blake3='{}')", self.len, self.blake3)
    }
}
