//! `librsync.so.2` on the rollsync engine: the functions, structs and variables of librsync 2.3.4, and `rollsync_*` beside
//! them.
//!
//! This crate only translates: pointers in, result codes out. `include/librsync.h` and `include/rollsync.h` are its
//! interface; there is none for Rust. Every exported function stands behind a [boundary] that no panic crosses.

// Streams have file descriptors, and signals masks.
#![cfg(unix)]

mod base64;
mod basis;
mod boundary;
mod buffer_sizes;
mod buffers;
mod cancel;
mod cause;
mod copy_callback;
mod delta_work;
mod exports;
mod extension;
mod file;
mod file_options;
mod file_work;
mod hexify;
mod job;
mod job_drive;
mod job_error;
mod limits;
mod mdfour;
mod patch_work;
mod result_code;
mod seal;
mod settings;
mod sig_args;
mod signal_mask;
mod signature;
mod signature_dump;
mod signature_work;
mod sized;
mod statistics;
mod stats;
mod step;
mod stream;
mod trace;
mod watch;
mod whole_file;
