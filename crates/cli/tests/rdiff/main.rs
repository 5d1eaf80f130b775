//! The `rdiff` program as its users run it, beside the real one where that is installed.

mod arguments;
mod differences;
mod failures;
mod golden;
mod output_file;
mod profiles;
mod program;
mod seals;
#[cfg(unix)]
mod signals;
mod statistics;
mod streams;
