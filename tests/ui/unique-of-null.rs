// `unique(…)` is about columns that are NOT NULL.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries", unique(a, id))]
#[chunked(unique(b, id))]
#[chunked(unique(c, id))]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    a: Option<i64>,
    #[chunked(skip)]
    b: i64,
    #[sqlx(flatten)]
    c: (i64,),
}

fn main() {}
