//! rollsync beside the real librsync 2.3.2 and 2.3.4, `rdiff` beside Debian's, and programs that load librsync on ours.

mod clients;
mod compare;
mod corpus;
mod edges;
mod empty_basis;
mod errors;
mod generated;
mod sealed;
mod statistics;

/// How `rdiff` is asked for a format.
fn kinds(format: rollsync::Format) -> [&'static str; 4] {
    use rollsync::{StrongKind, WeakKind};
    let hash = match format.strong {
        StrongKind::Md4 => "md4",
        StrongKind::Blake2 => "blake2",
    };
    let sum = match format.weak {
        WeakKind::Rollsum => "rollsum",
        WeakKind::RabinKarp => "rabinkarp",
    };
    ["-H", hash, "-R", sum]
}
