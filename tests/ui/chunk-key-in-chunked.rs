// `chunk_key` is an attribute of its own.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunked(chunk_key, primary_key)]
    id: i64,
}

fn main() {}
