// The type of a key is the one that its column is read as.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(unique)]
    #[sqlx(try_from = "f64")]
    score: Score,
}

struct Score(f64);

impl From<f64> for Score {
    fn from(score: f64) -> Self {
        Self(score)
    }
}

fn main() {}
