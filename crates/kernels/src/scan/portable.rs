//! The scan in plain Rust, a position at a time: the twin that every other implementation must equal.

use super::{Filter, Hit, Hits};
use crate::weak::RollingSum;

/// Decides one position for each byte of `outgoing` (the first byte of that position's window), moving `window`
/// along; `incoming` holds the bytes that enter. `start` is the first position's number.
pub(super) fn scan(
    filter: &Filter,
    window: &mut RollingSum,
    outgoing: &[u8],
    incoming: &[u8],
    start: usize,
    hits: &mut Hits,
) {
    for (i, (&out, &next)) in outgoing.iter().zip(incoming).enumerate() {
        let digest = window.digest();
        // Written whether it counts or not: the branch would be mispredicted, the store is not.
        hits.list[hits.len] = Hit { position: start + i, digest };
        hits.len += usize::from(filter.may_contain(digest));
        window.rotate(out, next);
    }
}
