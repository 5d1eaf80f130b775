//! The library as its users see it.

mod asynchronous;
mod between_files;
mod busy;
mod data;
mod examples;
mod fed;
mod files;
mod held;
mod loaded_together;
mod moody;
mod narrow;
#[cfg(unix)]
mod output_file;
mod sealed;
mod slow_input;
#[cfg(unix)]
mod special_files;
mod streams;
mod threads;
