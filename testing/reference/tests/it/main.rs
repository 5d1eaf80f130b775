//! The reference against published values, golden vectors, hand-worked deltas and the real tool.

mod compact;
mod examples;
mod golden;
mod leniency;
mod naive;
mod primitives;
mod random;
mod rdiff;
mod sig_args;
