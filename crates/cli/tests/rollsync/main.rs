//! The `rollsync` program as its users run it. What it says is held in `snapshots`; after a change of words,
//! `INSTA_UPDATE=always cargo test -p rollsync-cli --test rollsync` writes them anew, to be read before they are
//! committed.

#![cfg(target_os = "linux")]

mod errors;
mod help;
mod limits;
mod results;
mod seals;
mod session;
mod signals;
mod terminal;
