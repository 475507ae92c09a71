// A word of `sqlx` in `chunked`, and the reverse.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", rename_all = "camelCase")]
struct Entry {
    #[chunk_key]
    #[sqlx(primary_key)]
    id: i64,
    #[chunked(json)]
    meta: Vec<i64>,
    #[chunked(try_from = "i64")]
    level: i64,
}

fn main() {}
