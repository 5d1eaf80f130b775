//! The library as its users see it.

#[cfg(unix)]
mod output_file;
