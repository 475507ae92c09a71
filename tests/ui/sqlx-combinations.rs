// What `sqlx::FromRow` does not know how to read.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(flatten, json)]
    a: Vec<i64>,
    #[sqlx(json(nullable), try_from = "i64")]
    b: Option<i64>,
}

fn main() {}
