//! The command line programs of rollsync. Each is a module with a `main`; its binary only calls it.

pub mod rdiff;
pub mod rollsync;
