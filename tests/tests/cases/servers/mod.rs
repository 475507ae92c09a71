//! The cases that take a server: those of PostgreSQL and MySQL. What they have to know of theirs is
//! in `server.rs` beside their `main.rs`.

pub(crate) mod cuts;
mod dead;
mod kills;
mod names;
mod outages;
mod round_trips;
mod sessions;
pub(crate) mod settings;
mod snapshot;
