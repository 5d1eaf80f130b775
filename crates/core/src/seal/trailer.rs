//! What stands behind a delta's END.

use super::{FileHasher, SEAL_LEN, SEAL_MAGIC, Seal, SealError, SealFault};

/// Gathers the bytes behind END until the delta is over. Those that may stand there: none; three zeros, for librsync.net
/// writes its END as four bytes; a seal.
#[derive(Clone, Debug)]
pub struct Trailer {
    bytes: [u8; SEAL_LEN + 1],
    len: usize,
}

impl Trailer {
    /// Nothing so far.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; SEAL_LEN + 1], len: 0 }
    }

    /// Takes the next bytes; `false` when there are too many, whatever they are.
    pub fn take(&mut self, bytes: &[u8]) -> bool {
        let taken = bytes.len().min(self.bytes.len() - self.len);
        self.bytes[self.len..self.len + taken].copy_from_slice(&bytes[..taken]);
        self.len += taken;
        self.len <= SEAL_LEN
    }

    /// Whether it begins as a seal does.
    #[must_use]
    pub fn looks_sealed(&self) -> bool {
        self.bytes[..self.len].starts_with(&SEAL_MAGIC)
    }

    /// Judges what it has, `end` being the offset behind END. With a `carrier` that has seen everything up to there, a seal is
    /// checked; without one it is out of place.
    ///
    /// # Errors
    /// When something else stands there, or a seal that does not hold.
    pub fn judge(&self, end: u64, carrier: Option<&FileHasher>) -> Result<Option<Seal>, SealError> {
        let bytes = &self.bytes[..self.len];
        let fault = |at: usize, fault| Err(SealError { offset: end + at as u64, fault });
        if bytes.is_empty() || bytes == [0; 3] {
            return Ok(None);
        }
        let magic = bytes.len().min(SEAL_MAGIC.len());
        let (Some(carrier), true) = (carrier, bytes[..magic] == SEAL_MAGIC[..magic]) else {
            return fault(0, SealFault::Trailing);
        };
        if bytes.len() > SEAL_LEN {
            return fault(SEAL_LEN, SealFault::Trailing);
        }
        let Some(record) = bytes.first_chunk() else {
            return fault(bytes.len(), SealFault::Cut);
        };
        match Seal::parse(record, carrier)? {
            seal @ Seal::Delta { .. } => Ok(Some(seal)),
            Seal::Signature { .. } => fault(9, SealFault::Kind { found: record[9] }),
        }
    }
}

impl Default for Trailer {
    fn default() -> Self {
        Self::new()
    }
}
