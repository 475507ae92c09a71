// No name is empty.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "", schema = "")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(rename = "")]
    a: i64,
    #[sqlx(rename = "")]
    b: i64,
}

fn main() {}
