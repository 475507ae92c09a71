// A database has to be able to read the type of every field.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    size: u128,
    other: Other,
    #[sqlx(try_from = "u128")]
    level: i64,
    #[sqlx(flatten)]
    inner: Other,
}

struct Other;

fn read(pool: &sqlx::SqlitePool) {
    let _ = Entry::iter(pool);
}

fn main() {}
