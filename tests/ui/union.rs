// A row is not read into a union.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
union Entry {
    id: i64,
}

fn main() {}
