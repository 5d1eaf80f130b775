//! MD4 in the vectors of aarch64.

use super::lanes::digests;
use crate::vector::{Neon, Pair};

/// The digests of up to eight messages of one length.
#[target_feature(enable = "neon")]
pub(super) fn digests_neon(messages: &[&[u8]], put: impl FnMut(usize, [u8; 16])) {
    match messages.len() {
        // SAFETY: this function is called only where there is NEON; so below.
        ..=4 => unsafe { digests::<Neon, 4>(messages, put) },
        // SAFETY: NEON.
        _ => unsafe { digests::<Pair<Neon>, 8>(messages, put) },
    }
}
