//! What small things cost, each by itself: `cargo bench -p sqlx-chunked-benches`, with part of a
//! name behind `--` for some of them. SQLite in memory, so that no server and no disk takes part.

mod batch;
mod cursor;
mod query;
mod table;

use criterion::{criterion_group, criterion_main};

criterion_group!(micro, cursor::benches, query::benches, batch::benches);
criterion_main!(micro);
