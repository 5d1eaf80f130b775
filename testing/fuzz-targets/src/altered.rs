//! Files of a format, with some bytes changed.

use crate::plan::Plan;

/// The most changes.
const STEPS: usize = 32;

/// Changes `bytes`: a kind (1 byte, 0 ends it), a place (2 bytes) and what the kind takes.
pub(crate) fn alter(bytes: &mut Vec<u8>, plan: &mut Plan<'_>) {
    for _ in 0..STEPS {
        let kind = plan.byte();
        if kind == 0 {
            return;
        }
        let at = plan.short() % (bytes.len() + 1);
        match kind % 5 {
            0 => bytes.truncate(at),
            1 => {
                let byte = plan.byte();
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            2 => {
                let (len, byte) = (usize::from(plan.byte() % 9), plan.byte());
                let end = bytes.len().min(at + len);
                bytes[at..end].fill(byte);
            }
            // What stands elsewhere.
            3 => {
                let (from, len) = (plan.short() % (bytes.len() + 1), usize::from(plan.byte() % 41));
                let len = len.min(bytes.len() - from).min(bytes.len() - at);
                bytes.copy_within(from..from + len, at);
            }
            _ => {
                let len = plan.byte();
                bytes.splice(at..at, plan.bytes(len.into()).iter().copied());
            }
        }
    }
}
