//! The cases that need a server: those of PostgreSQL and MySQL. The details of each server are in
//! `server.rs` next to its `main.rs`.

mod checkpoint_cuts;
mod contention;
pub(crate) mod cuts;
mod dead;
mod isolation;
mod kills;
pub(crate) mod locks;
mod names;
mod others;
mod outages;
mod round_trips;
mod schemas;
mod sessions;
pub(crate) mod settings;
mod snapshot;
mod transaction_cuts;
mod write_cuts;
