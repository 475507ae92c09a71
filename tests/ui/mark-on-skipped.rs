// A mark is about a column.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique, skip)]
    a: i64,
    #[chunked(rename = "x")]
    #[sqlx(flatten)]
    b: (i64,),
}

fn main() {}
