// A field that is not read has a default; one that is converted can be.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(skip)]
    cache: Other,
    #[sqlx(default)]
    late: String,
    #[sqlx(try_from = "i64")]
    level: Other,
}

struct Other;

fn main() {}
