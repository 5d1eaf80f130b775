//! librsync's words: what its log, its statistics and its `rdiff` say, letter for letter, since scripts read them.
//!
//! For whoever takes the place of one of its programs or of the library.

mod buffer_sizes;
mod cause;
mod log_line;
mod statistics;

pub use buffer_sizes::BufferSizes;
pub use cause::{Cause, Hex, strerror};
pub use log_line::{Severity, log_line};
pub use statistics::{JobStatistics, MatchStatistics};
