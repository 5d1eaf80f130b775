use blake2::Blake2b;
use blake2::digest::Digest;
use blake2::digest::consts::U32;
use md4::Md4;

use crate::StrongKind;

/// The first `len` bytes of the strong sum of a block; all of it when `len` is the digest's length or more.
pub fn strong_sum(kind: StrongKind, block: &[u8], len: usize) -> Vec<u8> {
    let mut digest = match kind {
        StrongKind::Md4 => Md4::digest(block).to_vec(),
        // The digest length is a parameter of BLAKE2b: this is not a truncated BLAKE2b-512.
        StrongKind::Blake2 => Blake2b::<U32>::digest(block).to_vec(),
    };
    digest.truncate(len);
    digest
}
