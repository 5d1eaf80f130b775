//! The library as programs meet it: its symbols, its structs, and each function beside that of the real librsync 2.3.4.

mod cancelled;
mod driven;
mod examples;
mod exports;
mod files;
mod jobs;
mod layout;
mod library;
mod log;
mod misuse;
mod patches;
mod program;
mod rdiff;
mod sealed_jobs;
mod streams;
mod text;
mod threads;
mod whole_files;
