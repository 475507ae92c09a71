// Floats do not compare exactly.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    score: f64,
}

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Single {
    #[chunk_key]
    #[chunked(unique)]
    score: f32,
}

fn main() {}
