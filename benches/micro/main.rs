//! The cost of small things, each by itself: `cargo bench -p sqlx-chunked-benches`, with a regular
//! expression after `--` to choose them by name. SQLite runs in memory, so that no server and no
//! disk takes part.

mod batch;
mod cursor;
mod query;
mod table;

use criterion::{criterion_group, criterion_main};

criterion_group!(micro, cursor::benches, query::benches, batch::benches);
criterion_main!(micro);
