// A word that takes a value has one.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table, schema =, unique, crate)]
#[sqlx(rename_all)]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key, rename)]
    id: i64,
    #[sqlx(try_from)]
    a: i64,
}

fn main() {}
