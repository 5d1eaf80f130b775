//! The engine against its contract, the golden vectors and the slow reference.

mod ahead;
mod allocation;
mod collisions;
mod command;
mod compact;
mod contract;
mod draw;
mod empty_basis;
mod engine;
mod families;
mod files;
mod hostile;
mod joined;
mod limits;
mod memory;
mod pushes;
mod records;
mod reference;
mod seal;
mod searched;
mod slicing;
mod turns;
mod twins;
mod vectors;
mod work;

/// Memory bounds are measured, not reasoned about.
#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;
