//! The header of a signature: magic, block length, strong length, each 4 bytes, big-endian.

use crate::SignatureParams;

pub(crate) const SIGNATURE_HEADER_LEN: usize = 12;

impl SignatureParams {
    /// The 12 bytes with which a signature of these parameters begins.
    #[must_use]
    pub fn header(&self) -> [u8; SIGNATURE_HEADER_LEN] {
        let mut header = [0; SIGNATURE_HEADER_LEN];
        let fields = [self.format().magic(), self.block_len().get(), u32::from(self.strong_len().get())];
        for (place, field) in header.as_chunks_mut::<4>().0.iter_mut().zip(fields) {
            *place = field.to_be_bytes();
        }
        header
    }
}
