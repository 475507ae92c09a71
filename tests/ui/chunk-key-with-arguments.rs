// `chunk_key` takes nothing.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key(desc)]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Other {
    #[chunk_key = 1]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
