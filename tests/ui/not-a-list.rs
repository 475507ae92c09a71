// An attribute holds words, separated by commas.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked = "entries"]
#[chunked]
#[chunked(table: "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key rename = "x")]
    id: i64,
    #[chunked("unique")]
    a: i64,
}

fn main() {}
