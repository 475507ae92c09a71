// A query has no name of its own.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(query = "SELECT id FROM entries WHERE published")]
struct Published {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
}

fn main() {}
