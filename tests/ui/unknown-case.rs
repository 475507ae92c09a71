// A case is one of those that sqlx knows.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
#[sqlx(rename_all = "camelcase")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "entries")]
#[sqlx(rename_all = "sponge")]
struct Other {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

fn main() {}
