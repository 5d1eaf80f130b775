//! The `rdiff` program as its users run it, beside the real one where that is installed.

mod arguments;
mod program;
