//! Machines and files that fail under the programs `rollsync` and `rdiff`: each fault has its exit status and its words, nothing
//! is left behind, and old files stay as they were. What a single program says of its arguments and files is in its own tests.

#![cfg(target_os = "linux")]

mod case;
mod changing_files;
mod failing_reads;
mod full_disk;
mod killed;
mod odd_files;
mod permissions;
