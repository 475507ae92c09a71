// No member of a chunk key is ever NULL.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
    #[chunk_key]
    written: std::option::Option<String>,
}

fn main() {}
