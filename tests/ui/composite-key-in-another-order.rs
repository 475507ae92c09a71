// A key contains a unique set in the order in which it is declared.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", unique(b, a))]
struct Entry {
    #[chunk_key]
    a: i64,
    #[chunk_key]
    b: i64,
}

fn main() {}
