// One of several columns of a primary key is not unique.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(primary_key)]
    version: i64,
}

fn main() {}
