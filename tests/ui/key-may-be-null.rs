// A chunk key is never NULL.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    id: Option<i64>,
}

fn main() {}
