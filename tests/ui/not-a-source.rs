// What can be read from: a pool, a connection or a transaction of an enabled database.
use sqlx::{AnyPool, SqlitePool};
use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn sources(any: &AnyPool, url: &str, pool: std::sync::Arc<SqlitePool>) {
    let _ = Entry::iter(any);
    let _ = Entry::iter(url);
    let _ = Entry::iter(&pool);
}

fn main() {}
