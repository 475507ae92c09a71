// An alias of a float is a float.

use sqlx_chunked::Chunked;

type Score = f64;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    score: Score,
}

fn main() {}
