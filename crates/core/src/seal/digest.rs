//! Length and digest of a file.

use core::fmt;

/// A file's length and its BLAKE3-256: what a [`Seal`](super::Seal) knows it by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileDigest {
    /// Bytes.
    pub len: u64,
    /// BLAKE3-256 of all of them.
    pub digest: [u8; 32],
}

impl FileDigest {
    /// That of bytes in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = FileHasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The digest as 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> impl fmt::Display {
        blake3::Hash::from_bytes(self.digest).to_hex()
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {}", self.len, self.hex())
    }
}

/// Makes a [`FileDigest`] of bytes that come piece by piece. Pieces of 16 KiB and more are hashed fastest.
#[derive(Clone, Debug, Default)]
pub struct FileHasher {
    len: u64,
    state: blake3::Hasher,
}

impl FileHasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        self.state.update(bytes);
    }

    /// How many bytes it has seen.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has seen none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Length and digest of all that was appended.
    #[must_use]
    pub fn finish(&self) -> FileDigest {
        FileDigest { len: self.len, digest: *self.state.finalize().as_bytes() }
    }
}
