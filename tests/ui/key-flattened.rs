// A key is one column.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    #[sqlx(flatten)]
    id: (i64,),
    headline: String,
}

fn main() {}
