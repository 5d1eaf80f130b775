//! What keeps panics out of C.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of an exported function; if it panics, which is a bug, the caller gets `otherwise`.
///
/// What the body was changing is left as the panic found it: whoever keeps state across calls marks it as broken.
pub(crate) fn guarded<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_the_other_value() {
        assert_eq!(guarded(107, || 0), 0);
        let silent = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let caught = guarded(107, || panic!("a bug"));
        std::panic::set_hook(silent);
        assert_eq!(caught, 107);
    }
}
