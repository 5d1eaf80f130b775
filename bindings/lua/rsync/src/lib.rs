//! What luapower's `rsync` does, for LuaJIT's FFI: its sums, its signature records, its search and its delta commands.
//!
//! The formats are its own, not librsync's. The declarations that LuaJIT reads stand in `lua/rsync.lua`; who calls these
//! functions keeps to what each says of its pointers.

mod clock;
mod commands;
mod index;
mod search;
mod sums;

pub use clock::rollsync_seconds;
pub use commands::{Command, rollsync_search_commands, rollsync_search_encoded};
pub use search::{
    Search, rollsync_search_add_strong, rollsync_search_add_weak, rollsync_search_free,
    rollsync_search_limit_work, rollsync_search_new, rollsync_search_room, rollsync_search_step,
};
pub use sums::{
    Blake2sp, Rollsum, rollsync_blake2sp_final, rollsync_blake2sp_free, rollsync_blake2sp_new,
    rollsync_blake2sp_reset, rollsync_blake2sp_update, rollsync_records, rollsync_rollsum_rotate,
    rollsync_rollsum_update,
};
